/* The mounts of a mount namespace: /proc/PID/mountinfo (proc(5)). */
#ifndef KERNEL_MOUNTINFO_H
#define KERNEL_MOUNTINFO_H

#include "base/mem.h"

#include <stdint.h>
#include <sys/types.h>

struct mountinfo_row {
	uint64_t id;
	dev_t device;
	char *root, *place;	/* what of the file system is mounted, and where: unescaped */
};

/* In the order in which they were mounted.  All zeros is the empty one. */
struct mountinfo {
	struct mountinfo_row *row;
	size_t n;
};

/* As the process sees them; 0 is the caller. */
int mountinfo_read(struct mountinfo *m, pid_t pid);

/* One line of it; -EPROTO if it is none. */
int mountinfo_parse(struct mountinfo *m, char *line);

const struct mountinfo_row *mountinfo_find(const struct mountinfo *m, uint64_t id);
void mountinfo_done(struct mountinfo *m);

#endif
