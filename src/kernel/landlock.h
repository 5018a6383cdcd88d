/* Landlock (landlock(7)): a process that gives up the file system but for some directories. */
#ifndef KERNEL_LANDLOCK_H
#define KERNEL_LANDLOCK_H

#include <stddef.h>

/*
 * From now on only what is below these directories can be opened: to be read,
 * and below the latter to be changed as well.  What is open stays so, and an fd that is no
 * directory counts for nothing.  A kernel without Landlock is no error, nor is one whose Landlock
 * cannot allow links from one directory to another (before Linux 5.19).
 */
int landlock_only_below(const int *read, size_t n_read, const int *write, size_t n_write);

#endif
