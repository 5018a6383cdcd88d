#include "kernel/procfs.h"

#include "base/err.h"
#include "base/file.h"
#include "kernel/mountfd.h"

#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

int
procfs_open(void)
{
	int fd = mountfd_new(&(struct mountfd_fs){
		.type = "proc", .attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
	});

	return wrap(fd, "own procfs");
}

int
procfs_open_host(void)
{
	autoclose int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return fail(errno, "open /proc");
	return fs.f_type == PROC_SUPER_MAGIC ? take_fd(fd) : fail(0, "/proc is no procfs");
}

int
procfs_open_at(int proc, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV
			   | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, proc, path, &how, sizeof(how));

	return fd < 0 ? fail(errno, "open /proc/%s", path) : (int)fd;
}

int
procfs_write(int proc, const char *path, const char *text)
{
	autoclose int fd = procfs_open_at(proc, path, O_WRONLY);
	autofree char *name = xasprintf("/proc/%s", path);

	return fd < 0 ? fd : fd_write_once(fd, name, text);
}
