/*
 * newuidmap(1) and newgidmap(1): they write maps of more IDs than a user's own for him, from the
 * ranges that /etc/subuid and /etc/subgid give him.
 */
#ifndef KERNEL_IDTOOL_H
#define KERNEL_IDTOOL_H

#include "kernel/userns.h"

/* The map as the kernel has it; USERNS_UID_MAP or USERNS_GID_MAP.  -ENOENT without the tool. */
int idtool_map(pid_t pid, enum userns_file file, const char *text);

#endif
