#include "kernel/lsm.h"

#include "base/err.h"
#include "base/file.h"

#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

bool
apparmor_enabled(void)
{
	autofree char *text = NULL;
	int r = file_read_at(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", 16, &text, NULL);

	return r == 0 && *text == 'Y';
}

bool
selinux_enabled(void)
{
	struct statfs fs;

	return statfs("/sys/fs/selinux", &fs) == 0 && fs.f_type == SELINUX_MAGIC;
}

/* Nothing that is mounted over it is followed, so the file is the kernel's (CVE-2019-16884). */
static int
open_attr(const char *name)
{
	struct open_how how = {
		.flags = O_WRONLY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
	};
	autofree char *path = xasprintf("thread-self/attr/%s", name);
	autoclose int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (proc < 0 || fstatfs(proc, &fs) < 0)
		return fail(errno, "open /proc");
	if (fs.f_type != PROC_SUPER_MAGIC)
		return fail(ENOTTY, "/proc is no procfs");
	long fd = syscall(SYS_openat2, proc, path, &how, sizeof(how));
	return fd < 0 ? fail(errno, "open /proc/%s", path) : (int)fd;
}

int
apparmor_at_exec(const char *profile)
{
	autofree char *text = xasprintf("exec %s", profile);
	autoclose int fd = open_attr("apparmor/exec");

	if (fd < 0)
		return fd;
	int r = fd_write_once(fd, "AppArmor profile", text);
	if (r == -ENOENT)
		return fail(ENOENT, "no AppArmor profile \"%s\" is loaded", profile);
	if (r == -EACCES || r == -EPERM)
		return fail(-r, "the AppArmor profile that we run under does not let us change to "
				"\"%s\"", profile);
	return r;
}

static int
write_label(const char *name, const char *label)
{
	autoclose int fd = open_attr(name);

	if (fd < 0)
		return fd;
	int r = fd_write_once(fd, "SELinux label", label);
	if (r == -EINVAL)
		return fail(0, "\"%s\" is no label of the loaded SELinux policy", label);
	return r;
}

int
selinux_at_exec(const char *label)
{
	return write_label("exec", label);
}

int
selinux_for_keys(const char *label)
{
	return write_label("keycreate", label);
}
