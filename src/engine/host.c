#include "engine/host.h"

#include "kernel/cgroupfs.h"

#include "base/err.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/str.h"
#include "base/strv.h"

#include <sys/mman.h>
#include <sys/mount.h>

enum { TEXT_MAX = 64 << 10, VERSION_MS = 5000 };

int
host_runtime_version(const struct engine *e, char **line)
{
	autofree char *path = NULL, *text = NULL;
	autoclose int out = memfd_create("version", MFD_CLOEXEC);
	int r = engine_find_runtime(e, &path);

	if (r < 0)
		return r;
	if (out < 0)
		return fail(errno, "memfd_create");
	char *const argv[] = { path, "--version", NULL };
	r = spawn_run(&(const struct spawn){ .path = path, .argv = argv, .out = out,
					     .timeout_ms = VERSION_MS });
	if (r == 0 && lseek(out, 0, SEEK_SET) < 0)
		r = fail(errno, "read what it says");
	if (r == 0)
		r = fd_read_all(out, "its version", TEXT_MAX, &text, NULL);
	if (r == 0)
		*line = xstrndup(text, strcspn(text, "\n"));
	return wrap(r, "runtime %s", path);
}

bool
host_has_filesystem(const char *name)
{
	autowords words = err_keep();
	autofree char *text = NULL;
	autofree char *line = xasprintf("\t%s\n", name);
	autoclose int fd = fsopen(name, FSOPEN_CLOEXEC);

	if (fd >= 0 || errno == ENODEV)
		return fd >= 0;
	return file_read_at(AT_FDCWD, "/proc/filesystems", TEXT_MAX, &text, NULL) == 0 &&
	       strstr(text, line);
}

/* The names in a file such as cgroup.controllers. */
static bool
has_word(int root, const char *path, const char *word)
{
	char text[1024];
	autostrv names = NULL;

	if (cgroupfs_read(root, path, text, sizeof(text)) < 0)
		return false;
	names = strv_split(text, ' ');
	return strv_has(names, word);
}

/* In v2: what the cgroup that ours is in has for us; root begins at the top. */
static bool
has_v2_controller(const struct engine *e, const char *controller)
{
	autoclose int root = cgroupfs_open_root();
	autofree char *own = NULL, *file = NULL;

	if (root < 0)
		return false;
	if (!e->rootless)
		return has_word(root, "./cgroup.controllers", controller);
	if (cgroupfs_v2_path(0, &own) < 0)
		return false;
	/* Of one that is delegated the user may write the list of members. */
	file = xasprintf(".%s/cgroup.procs", own);
	if (faccessat(root, file, W_OK, AT_EACCESS) < 0)
		return false;
	free(file);
	file = xasprintf(".%s/cgroup.controllers", own);
	return has_word(root, file, controller);
}

bool
host_has_controller(const struct engine *e, const char *controller)
{
	autowords words = err_keep();
	struct cgroupfs fs = { 0 };

	if (cgroupfs_find(&fs) < 0)
		return false;
	if (fs.version == CGROUPFS_V2)
		return has_v2_controller(e, controller);
	return !e->rootless && cgroupfs_of(&fs, controller);
}

char *
host_system(void)
{
	autowords words = err_keep();
	autofree char *text = NULL;
	const char *name;

	if (file_read_at(AT_FDCWD, "/etc/os-release", TEXT_MAX, &text, NULL) < 0 &&
	    file_read_at(AT_FDCWD, "/usr/lib/os-release", TEXT_MAX, &text, NULL) < 0)
		return xstrdup("Linux");
	name = strstr(text, "PRETTY_NAME=");
	if (!name)
		return xstrdup("Linux");
	name += strlen("PRETTY_NAME=");
	name += *name == '"';
	return xstrndup(name, strcspn(name, "\"\n"));
}
