/*
 * Labels of Linux security modules: what we become when we execute a program.
 *
 * They are written to the /proc of the mount namespace that we are in, so it
 * must be one that we trust: the host's, before a container's root or mount
 * namespace is entered.  What is written goes to a procfs, or nowhere.  From
 * then on every program that we or our children execute gets the label, and
 * the first one uses it up; a hook must not come in between.
 */
#ifndef KERNEL_LSM_H
#define KERNEL_LSM_H

#include <stdbool.h>

bool apparmor_enabled(void);
bool selinux_enabled(void);	/* and its file system is mounted at /sys/fs/selinux */

/* A profile that is loaded. */
int apparmor_at_exec(const char *profile);

int selinux_at_exec(const char *label);

/* The label of keyrings that we make from here on; "" is the default again. */
int selinux_for_keys(const char *label);

#endif
