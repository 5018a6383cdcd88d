/*
 * resctrl: shares of caches and memory bandwidth (Intel RDT, AMD QoS).
 *
 * Groups are directories below the mount; the root is the default group.
 * What the kernel says in words about a refused write or a group that could
 * not be made stands in info/last_cmd_status, and comes with the error.
 * root is an open directory: of resctrl_open(), or a test's.
 */
#ifndef KERNEL_RESCTRL_H
#define KERNEL_RESCTRL_H

/* The mount, /sys/fs/resctrl.  -ENODEV where kernel or processor lack it, or nobody mounted it. */
int resctrl_open(void);

/* Makes a group; path is below root.  -EEXIST if there is one. */
int resctrl_make(int root, const char *path);

/* Removes one; none is no error.  What was in it goes to the group above. */
int resctrl_remove(int root, const char *path);

/* Writes a line to a file of a group, whose path is "." for the root. */
int resctrl_write(int root, const char *group, const char *file, const char *line);

#endif
