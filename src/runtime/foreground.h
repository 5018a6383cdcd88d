/*
 * A process that we wait for in the foreground: run and exec without detach.
 *
 * Signals go on to it, its terminal is copied to and from ours, and its exit
 * status becomes ours.
 */
#ifndef RUNTIME_FOREGROUND_H
#define RUNTIME_FOREGROUND_H

#include <sys/types.h>

/* Before the process is made: blocks signals that will be handed on; an fd to read them. */
int foreground_signals(void);

struct foreground {
	int signals;	/* of foreground_signals() */
	int pidfd;	/* a child of ours */
	pid_t pid;
	int master;	/* of its terminal, or -EBADF */
	int notify;	/* see notify.h, or -EBADF */
};

/* Its exit status, 128+n for a signal; or -errno. */
int foreground_wait(struct foreground *f);

#endif
