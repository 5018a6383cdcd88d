/*
 * Filters of system calls (seccomp(2)): what this kernel has of them, and
 * loading one.  How a filter comes about is the affair of others.
 */
#ifndef KERNEL_SECCOMP_H
#define KERNEL_SECCOMP_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV	/* before the headers of Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1u << 5)
#endif

/* Whether the kernel takes a filter with all of these flags together; loads nothing. */
bool seccomp_has_flags(unsigned flags);

/* Whether the kernel knows the action, SECCOMP_RET_*. */
bool seccomp_has_action(uint32_t action);

/*
 * Loads it for this thread, for good.  With SECCOMP_FILTER_FLAG_NEW_LISTENER
 * in flags the listener is returned, close-on-exec, else 0.
 */
int seccomp_load_filter(const struct sock_filter *code, size_t n, unsigned flags);

#endif
