/*
 * Processes named so that a reused number is never mistaken for them.
 *
 * A pid alone says nothing a moment later.  A pidfd holds on to one process;
 * between programs, the pid with its start time (and the boot) does.
 */
#ifndef KERNEL_PIDFD_H
#define KERNEL_PIDFD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_stat {
	bool forked_only;	/* has not called execve since its fork */
	uint64_t start;		/* clock ticks after the boot */
};

/* From /proc/PID/stat of the procfs on /proc.  -ESRCH when there is no such process. */
int proc_stat(pid_t pid, struct proc_stat *st);

/*
 * An fd of the process, if it is the one that started then and has not ended; else -ESRCH.
 * One whose first thread alone has ended, a zombie for /proc, has not.
 */
int pidfd_open_started(pid_t pid, uint64_t start);

int pidfd_signal(int pidfd, int signal);

/* Waits until the process has ended (a zombie has).  -ETIMEDOUT after timeout_ms, -1 for never. */
int pidfd_wait_end(int pidfd, int timeout_ms);

/*
 * For a process whose close-on-exec descriptors were closed: -ESRCH if that was
 * by its end and not by execve.  start tells it from a later one with its
 * number; 0 for a child, which keeps it.  One that was reaped meanwhile is
 * taken to have executed its program.
 */
int proc_check_executed(pid_t pid, uint64_t start);

/* Reaps a child: its exit status, 128+n if a signal ended it. */
int pidfd_reap(int pidfd);

/* Unique to this boot of the kernel; 36 characters. */
struct boot_id { char s[37]; };
int boot_id(struct boot_id *id);

#endif
