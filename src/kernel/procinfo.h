/* A process as ps(1) shows it, from /proc. */
#ifndef KERNEL_PROCINFO_H
#define KERNEL_PROCINFO_H

#include "base/mem.h"

#include <sys/types.h>
#include <time.h>

struct procinfo {
	pid_t pid, ppid;
	unsigned uid;			/* the effective one */
	unsigned tty;			/* device number, 0 for none */
	time_t started;
	unsigned long cpu_seconds;
	unsigned cpu_percent;		/* of its life */
	char *command;			/* without control characters */
};

#define autoprocinfo auto_(procinfo_done) struct procinfo

/* 0, or -ENOENT or -ESRCH when there is no such process any more. */
int procinfo_read(pid_t pid, struct procinfo *p);
void procinfo_done(struct procinfo *p);

/* "pts/3", "tty1", "?"; for free(). */
char *procinfo_tty(const struct procinfo *p);

#endif
