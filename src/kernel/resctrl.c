#include "kernel/resctrl.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define MOUNT_POINT "/sys/fs/resctrl"
#define STATUS_MAX  4096

int
resctrl_open(void)
{
	struct statfs fs;
	/* By path: the kernel makes that directory for this mount alone. */
	autoclose int root = open(MOUNT_POINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root < 0 && errno == ENOENT)
		return fail(ENODEV, "this kernel or processor has no resctrl");
	if (root < 0)
		return fail(errno, "open " MOUNT_POINT);
	if (fstatfs(root, &fs) < 0)
		return fail(errno, "statfs " MOUNT_POINT);
	if (fs.f_type != RDTGROUP_SUPER_MAGIC)
		return fail(ENODEV, "resctrl is not mounted on " MOUNT_POINT);
	return take_fd(root);
}

/* The words of a failure with errno's number, and the kernel's own if it left some. */
static int
fail_told(int root, int code, const char *what)
{
	autofree char *said = NULL;
	int r = file_read_at(root, "info/last_cmd_status", STATUS_MAX, &said, NULL);

	if (r == 0)
		said[strcspn(said, "\n")] = 0;
	if (r < 0 || !*said || streq(said, "ok"))
		return fail(code, "%s", what);
	return fail(code, "%s: %s", what, said);
}

int
resctrl_make(int root, const char *path)
{
	autofree char *what = xasprintf("make the resctrl group %s", path);

	return mkdirat(root, path, 0755) < 0 ? fail_told(root, errno, what) : 0;
}

int
resctrl_remove(int root, const char *path)
{
	if (unlinkat(root, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return fail(errno, "remove the resctrl group %s", path);
	return 0;
}

int
resctrl_write(int root, const char *group, const char *file, const char *line)
{
	autofree char *path = xasprintf("%s/%s", group, file);
	autofree char *text = xasprintf("%s\n", line);
	autofree char *what = xasprintf("write %s to the resctrl file %s", line, path);
	int r = file_write_at(root, path, text);

	return r < 0 ? fail_told(root, -r, what) : 0;
}
