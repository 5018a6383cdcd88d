/*
 * The words of linux.seccomp and the numbers of libseccomp and the kernel:
 * what is here is what works.
 */
#ifndef RUNTIME_SECCOMP_WORDS_H
#define RUNTIME_SECCOMP_WORDS_H

#include "base/words.h"

extern const struct word seccomp_action_words[];	/* without their data */
extern const struct word seccomp_operator_words[];
extern const struct word seccomp_arch_words[];
extern const struct word seccomp_flag_words[];		/* of seccomp(2) */

#endif
