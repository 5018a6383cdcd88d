/*
 * A preamble for a filter: calls that are newer than its profile do not exist.
 *
 * A program that finds a new system call missing (ENOSYS) does the same
 * by an old one; told that it may not (EPERM), it gives up, or is killed
 * for having asked.  The author of a profile could not decide on a call that
 * came later, and a container does not differ from an old kernel then.
 * Which calls are later is seen by their numbers, which only grow:
 * those behind the last one that the profile names.
 */
#ifndef RUNTIME_SECCOMP_ENOSYS_H
#define RUNTIME_SECCOMP_ENOSYS_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The calls of one architecture. */
struct call_numbers {
	uint32_t arch;		/* AUDIT_ARCH_* */
	uint32_t last;		/* that the profile names */
	uint32_t end;		/* numbers from here on tell no age */
	bool zero_is_none;	/* the kernel says 0 for a number that it does not have */
};

#define ENOSYS_ARCHS_MAX 32
#define ENOSYS_CODE_MAX	 (6 * ENOSYS_ARCHS_MAX + 2)

/*
 * Writes instructions that end with ENOSYS or run into what follows; returns
 * how many, 0 for none.  Of two entries for one arch the lower numbers come first.
 */
size_t enosys_code(struct sock_filter code[ENOSYS_CODE_MAX], const struct call_numbers *archs,
		   size_t n);

#endif
