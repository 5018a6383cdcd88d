#include "kernel/mountfd.h"

#include "base/err.h"
#include "base/str.h"

#include <stdio.h>
#include <sys/stat.h>

/* fsconfig(2) takes no more; it says EINVAL and no word. */
#define VALUE_MAX 255

/* Adds the first error that the kernel logged for the file system: "e tmpfs: Bad value ...". */
static int
fail_fs(int fs, const char *what)
{
	int code = errno;
	char said[512];
	ssize_t n;

	while ((n = read(fs, said, sizeof(said) - 1)) > 0) {
		said[n] = 0;
		said[strcspn(said, "\n")] = 0;
		if (str_after(said, "e "))
			return fail(code, "%s: %s", what, said + 2);
	}
	return fail(code, "%s", what);
}

static int
set_value(int fs, const char *key, const char *value)
{
	if (strlen(value) > VALUE_MAX)
		return fail(E2BIG, "%s: a value of more than %d characters", key, VALUE_MAX);
	if (fsconfig(fs, FSCONFIG_SET_STRING, key, value, 0) == 0)
		return 0;

	autofree char *what = xasprintf("%s=%s", key, value);
	return fail_fs(fs, what);
}

static int
set_option(int fs, const char *option)
{
	const char *value = strchr(option, '=');

	if (!value && fsconfig(fs, FSCONFIG_SET_FLAG, option, NULL, 0) < 0)
		return fail_fs(fs, option);
	if (!value)
		return 0;
	autofree char *key = xstrndup(option, (size_t)(value - option));
	return set_value(fs, key, value + 1);
}

static int
set_options(int fs, const char *const *data)
{
	int r = 0;

	for (; r == 0 && data && *data; data++)
		r = set_option(fs, *data);
	return r;
}

int
mountfd_new(const struct mountfd_fs *new)
{
	autoclose int fs = fsopen(new->type, FSOPEN_CLOEXEC);
	int r = 0;

	if (fs < 0)
		return fail(errno, "file system %s", new->type);
	if (new->source)
		r = set_value(fs, "source", new->source);
	if (r == 0)
		r = set_options(fs, new->data);
	if (r == 0 && new->readonly)
		r = set_option(fs, "ro");
	if (r < 0)
		return r;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return fail_fs(fs, new->type);

	int mnt = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)new->attrs);
	return mnt < 0 ? fail_fs(fs, new->type) : mnt;
}

int
mountfd_clone(int dir, const char *path, unsigned flags)
{
	int mnt = open_tree(dir, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | flags);

	return mnt < 0 ? fail(errno, "open %s", *path ? path : "the mount") : mnt;
}

int
mountfd_change(int mount, const struct mount_attr *change, unsigned flags)
{
	struct mount_attr attr = *change;

	if (!attr.attr_set && !attr.attr_clr && !attr.propagation)
		return 0;
	if (mount_setattr(mount, "", AT_EMPTY_PATH | flags, &attr, sizeof(attr)) < 0)
		return fail(errno, "mount_setattr");
	return 0;
}

int
mountfd_reconfigure(int mount, const char *const *data)
{
	autoclose int fs = fspick(mount, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);

	if (fs < 0)
		return fail(errno, "fspick");

	int r = set_options(fs, data);
	if (r < 0)
		return r;
	if (fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
		return fail_fs(fs, "remount");
	return 0;
}

/* The kernel says EINVAL to much; of this case people want to know. */
static bool
is_same_kind(int a, int b)
{
	struct stat as, bs;

	return fstat(a, &as) < 0 || fstat(b, &bs) < 0
	       || S_ISDIR(as.st_mode) == S_ISDIR(bs.st_mode);
}

int
mountfd_attach(int mount, int place)
{
	if (move_mount(mount, "", place, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0)
		return 0;
	if (errno == EINVAL && !is_same_kind(mount, place))
		return fail(ENOTDIR, "a directory onto a file, or a file onto a directory");
	return fail(errno, "move_mount");
}

int
mountfd_attach_at(int mount, int dir, const char *name)
{
	if (move_mount(mount, "", dir, name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return fail(errno, "move_mount to %s", name);
	return 0;
}

int
mountfd_detach(int fds, int mount)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", mount);
	if (fchdir(fds) < 0)
		return fail(errno, "chdir to our descriptors");
	return umount2(name, MNT_DETACH) < 0 ? fail(errno, "unmount") : 0;
}

int
mountfd_id(int dir, const char *path, uint64_t *id)
{
	struct statx st;

	if (statx(dir, path, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &st) < 0)
		return fail(errno, "statx %s", path);
	*id = st.stx_mnt_id;
	return 0;
}
