/*
 * The cgroup file systems: which hierarchies there are, and their files.
 *
 * Every path here is relative to an fd of /sys/fs/cgroup and looks like
 * "memory/web" (v1, hybrid) or "./web" (v2): the directory of a hierarchy,
 * then a path that begins with "/" and has no "..", which is the caller's
 * promise.  Nothing here follows a symbolic link.
 *
 * An fd of a cgroup is a way out of a container: it never outlives the
 * function that opened it, but for cgroupfs_open(), and is close-on-exec.
 */
#ifndef KERNEL_CGROUPFS_H
#define KERNEL_CGROUPFS_H

#include "base/str.h"

#include <stdint.h>
#include <sys/types.h>

#define CGROUPFS_ROOT "/sys/fs/cgroup"
#define CGROUPFS_MAX  32	/* hierarchies; Linux has fewer than 20 v1 controllers */

enum cgroupfs_version { CGROUPFS_NONE, CGROUPFS_V1, CGROUPFS_V2 };

struct cgroupfs_hierarchy {
	char dir[64];		/* "memory", "cpu,cpuacct", "systemd", "unified"; "." on v2 */
	char controllers[128];	/* of a v1 hierarchy, with commas; other names for others */
	bool v2;		/* has cgroup.events, cgroup.freeze, cgroup.kill */
	uint64_t id;		/* of the file system */
};

/*
 * What is mounted.  h[0] is the hierarchy to ask for the members of a cgroup:
 * the v2 one if there is any, else the freezer, else just one.
 */
struct cgroupfs {
	enum cgroupfs_version version;	/* a hybrid is CGROUPFS_V1 */
	size_t n;
	struct cgroupfs_hierarchy h[CGROUPFS_MAX];
};

/* One system call on v2, about 6 + one a hierarchy on v1.  Nothing mounted is no error. */
int cgroupfs_find(struct cgroupfs *fs);

/* The v1 hierarchy of a controller, or NULL. */
const struct cgroupfs_hierarchy *cgroupfs_of(const struct cgroupfs *fs, const char *controller);

/* The cgroup of a process in v2, "/box", as its namespace shows it to us; pid 0 is the caller. */
int cgroupfs_v2_path(pid_t pid, char **path);

/* An fd for the functions below. */
int cgroupfs_open_root(void);

/* Opens a file or a directory; O_CLOEXEC is added. */
int cgroupfs_open(int root, const char *path, int flags);

/* One write(2) to a file that exists. */
int cgroupfs_write(int root, const char *path, const char *value);

/* The same to a file that is open; path is for the words. */
int cgroupfs_write_fd(int fd, const char *path, const char *value);

/* A small file in one read(2), without the last newline; -EFBIG if it does not fit. */
int cgroupfs_read(int root, const char *path, char *buf, size_t len);

/*
 * Whether a flat-keyed file such as cgroup.events has the line "frozen 1":
 * 1 or 0.  The other waits until it has it: -ETIMEDOUT, and -ENODEV when the
 * cgroup is removed meanwhile.
 */
int cgroupfs_has(int root, const char *path, const char *line);
int cgroupfs_await(int root, const char *path, const char *line, int timeout_ms);

/* Adds the processes of a cgroup and of those below it; -ENOENT if it is not there. */
struct cgroupfs_pids { pid_t *pid; size_t n; };
#define autopids auto_(cgroupfs_pids_done) struct cgroupfs_pids
void cgroupfs_pids_done(struct cgroupfs_pids *pids);
int cgroupfs_add_pids(int root, const char *path, struct cgroupfs_pids *pids);

/* Makes one cgroup; -EEXIST, -ENOENT without its parent. */
int cgroupfs_make(int root, const char *path);

/*
 * Removes a cgroup and those below it; one that is not there is no error.
 * -EBUSY while a process is in one of them.
 */
int cgroupfs_remove(int root, const char *path);

#endif
