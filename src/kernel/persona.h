/* Execution domains (personality(2)); execve keeps them and children inherit them. */
#ifndef KERNEL_PERSONA_H
#define KERNEL_PERSONA_H

#include "base/words.h"

extern const struct word persona_words[];	/* LINUX, LINUX32 */

int persona_set(uint64_t domain);

#endif
