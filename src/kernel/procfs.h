/*
 * A procfs of our own.
 *
 * It is mounted nowhere, so nothing can be mounted over a file in it and no
 * image can put links in its place: what is written below it reaches the
 * kernel.  It shows the pid namespace of the process that opened it.
 */
#ifndef KERNEL_PROCFS_H
#define KERNEL_PROCFS_H

int procfs_open(void);

/* The one on /proc, where that is the host's. */
int procfs_open_host(void);

/*
 * Opens a path below it; flags as for open(2).  No link is followed, "self"
 * included: a process is named by its number.
 */
int procfs_open_at(int proc, const char *path, int flags);

/* Writes text, whole or not at all, to a file below it such as "sys/net/ipv4/ip_forward". */
int procfs_write(int proc, const char *path, const char *text);

#endif
