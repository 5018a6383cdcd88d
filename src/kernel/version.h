/* The kernel that we run on. */
#ifndef KERNEL_VERSION_H
#define KERNEL_VERSION_H

/* -ENOSYS with words unless it is that version or a later one. */
int kernel_at_least(unsigned major, unsigned minor);

#endif
