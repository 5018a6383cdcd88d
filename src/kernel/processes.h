/* Some processes as a table, with the columns of "ps -f". */
#ifndef KERNEL_PROCESSES_H
#define KERNEL_PROCESSES_H

#include "base/str.h"

#include <sys/types.h>

struct processes {
	const pid_t *pid;
	size_t n;
};

/* From /proc: users by number; those that have ended are left out. */
int processes_table(const struct processes *p, struct str *out);

/*
 * What ps(1) prints with these options, but the lines of other processes.  Its table must have a
 * column PID.
 */
int processes_by_ps(const struct processes *p, char *const *options, struct str *out);

#endif
