/* Resource limits: their names (getrlimit(2)). */
#ifndef KERNEL_RLIMIT_H
#define KERNEL_RLIMIT_H

#include "base/words.h"

extern const struct word rlimit_words[];	/* RLIMIT_CPU ... */

#endif
