#include "kernel/userns.h"

#include "base/err.h"
#include "base/file.h"
#include "kernel/caps.h"
#include "kernel/clone.h"
#include "kernel/ns.h"
#include "kernel/pidfd.h"

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>

int
userns_write(pid_t pid, enum userns_file file, const char *text)
{
	static const char *const names[] = {
		[USERNS_UID_MAP] = "uid_map", [USERNS_GID_MAP] = "gid_map",
		[USERNS_SETGROUPS] = "setgroups",
	};
	autofree char *path = xasprintf("/proc/%d/%s", pid, names[file]);

	return file_write_at(AT_FDCWD, path, text);
}

int
userns_of(pid_t pid)
{
	autofree char *path = xasprintf("/proc/%d/ns/user", pid);

	return ns_open(path, CLONE_NEWUSER);
}

/*
 * Holds the namespace until somebody has an fd of it, or has died: then the
 * gate is closed.  A signal might be refused, and we waited for for ever.
 */
static _Noreturn void
hold(int gate, int others)
{
	char c;

	close(others);
	_exit(read(gate, &c, 1) != 0);
}

static int
fill(pid_t pid, const char *uid_map, const char *gid_map)
{
	int r = userns_write(pid, USERNS_UID_MAP, uid_map);

	if (r == 0)
		r = userns_write(pid, USERNS_GID_MAP, gid_map);
	return r < 0 ? r : userns_of(pid);
}

int
userns_make(const char *uid_map, const char *gid_map)
{
	struct clone_req req = { .namespaces = CLONE_NEWUSER, .cgroup = -EBADF };
	autoclose int pidfd = -EBADF;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	autoclose int gate = ends[0], own = ends[1];
	pid_t pid = clone_process(&req, &pidfd);
	if (pid == 0)
		hold(gate, own);
	if (pid < 0)
		return pid;

	int fd = fill(pid, uid_map, gid_map);
	close(take_fd(own));
	pidfd_reap(pidfd);
	return fd;
}

static int
take_ids(uid_t uid, gid_t gid)
{
	if (setresgid(0, 0, 0) < 0 && (errno != EINVAL || setresgid(gid, gid, gid) < 0))
		return fail(errno, "become group %u of the user namespace", gid);
	if (setresuid(0, 0, 0) < 0 && (errno != EINVAL || setresuid(uid, uid, uid) < 0))
		return fail(errno, "become user %u of the user namespace", uid);
	return 0;
}

int
userns_drop_groups(void)
{
	return setgroups(0, NULL) < 0 && errno != EPERM ? fail(errno, "drop the groups") : 0;
}

int
userns_become_root(uid_t uid, gid_t gid, enum userns_groups groups)
{
	int r = groups == USERNS_DROP ? userns_drop_groups() : 0;

	return r < 0 ? r : take_ids(uid, gid);
}

bool
userns_may_map(void)
{
	static const uint64_t needed = 1ull << CAP_SETUID | 1ull << CAP_SETGID;
	struct caps have;

	return caps_read(&have) == 0 && (have.effective & needed) == needed;
}

int
userns_show(bool on)
{
	return prctl(PR_SET_DUMPABLE, on, 0, 0, 0) < 0 ? fail(errno, "prctl") : 0;
}
