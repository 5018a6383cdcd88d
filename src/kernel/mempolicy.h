/*
 * On which NUMA nodes memory is placed (set_mempolicy(2)); execve keeps it and
 * children inherit it.
 */
#ifndef KERNEL_MEMPOLICY_H
#define KERNEL_MEMPOLICY_H

#include "base/bits.h"
#include "base/words.h"

/* The kernel's words, also of modes and flags that the kernel we run on may lack. */
extern const struct word memory_policy_mode_words[];	/* MPOL_DEFAULT ... */
extern const struct word memory_policy_flag_words[];	/* MPOL_F_STATIC_NODES ... */

/*
 * Flags are part of the mode.  A node that cannot be had is an error, though
 * the kernel would go on.
 */
int memory_policy_set(uint64_t mode, const struct bits *nodes);

#endif
