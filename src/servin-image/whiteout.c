/* Whiteouts of OCI layers, and what they become. */
#include "servin-image/tree.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/resolve.h"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define PREFIX ".wh."
#define OPAQUE ".wh..wh..opq"
#define DIR_READ (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int
tree_set_opaque(struct tree *t, int fd)
{
	const char *name = t->rootless ? "user.overlay.opaque" : "trusted.overlay.opaque";

	return fsetxattr(fd, name, "y", 1, 0) < 0 ? fail(errno, "set %s", name) : 0;
}

/*
 * --- to a tree ------------------------------------------------------------------------------
 *
 * What this layer has put there stays, wherever its whiteout stands in the tar.
 */

static int remove_lower(struct tree *t, int dir, const char *name);

static int
remove_lower_children(struct tree *t, int fd)
{
	autodir dir = NULL;
	struct dirent *d;
	int r = 0, again = openat(fd, ".", DIR_READ);

	dir = again < 0 ? NULL : fdopendir(again);
	if (!dir)
		return fail(errno, "list a directory");
	while (r == 0 && (errno = 0, d = readdir(dir)))
		if (!streq(d->d_name, ".") && !streq(d->d_name, ".."))
			r = remove_lower(t, fd, d->d_name);
	return r;
}

static int
remove_lower(struct tree *t, int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(errno, "stat %s", name);
	bool ours = inodes_has(&t->made, st.st_ino);
	if (!S_ISDIR(st.st_mode))
		return ours || unlinkat(dir, name, 0) == 0 ? 0 : fail(errno, "remove %s", name);
	autoclose int fd = openat(dir, name, DIR_READ);
	int r = fd < 0 ? fail(errno, "open %s", name) : remove_lower_children(t, fd);
	if (r < 0 || ours || unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY)
		return r;
	return fail(errno, "remove %s", name);
}

/* --- to a layer of overlayfs ------------------------------------------------------------------ */

static int
hide_lower(struct tree *t, int dir, const char *name)
{
	struct stat st;

	if (mknodat(dir, name, S_IFCHR, makedev(0, 0)) == 0)
		return 0;
	if (errno != EEXIST)
		return fail(errno, "make a whiteout");
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "stat %s", name);
	/* What is no directory hides what is below by itself. */
	if (!S_ISDIR(st.st_mode))
		return 0;
	autoclose int fd = openat(dir, name, DIR_READ);
	return fd < 0 ? fail(errno, "open %s", name) : tree_set_opaque(t, fd);
}

/* ---------------------------------------------------------------------------------------------- */

int
tree_hide(struct tree *t, const char *path)
{
	const char *leaf;
	int dir;

	dir = t->kind == TREE_OVERLAY ? tree_parent(t, path, &leaf)
				      : tree_find_parent(t, path, &leaf);
	/* It is gone already, or there is a file in the place of the directory. */
	if (dir == -ENOENT || dir == -ENOTDIR)
		return 0;
	if (dir < 0)
		return dir;
	return t->kind == TREE_OVERLAY ? hide_lower(t, dir, leaf) : remove_lower(t, dir, leaf);
}

static int
hide_children(struct tree *t, const char *path)
{
	const char *leaf;
	int dir = tree_parent(t, path, &leaf);
	autoclose int fd = dir < 0 ? dir : openat(dir, ".", DIR_READ);

	if (fd < 0)
		return dir < 0 ? dir : fail(errno, "open a directory");
	if (t->kind == TREE_MERGE)
		return remove_lower_children(t, fd);
	t->opaque |= leaf == path;
	return tree_set_opaque(t, fd);
}

/* A directory with a whiteout's name: those of aufs are skipped, no other has a meaning. */
static int
check_above(const char *path, const char *leaf)
{
	for (const char *at = path; at < leaf; at = strchr(at, '/') + 1) {
		if (strncmp(at, PREFIX, strlen(PREFIX)) != 0)
			continue;
		if (!strncmp(at, PREFIX PREFIX, 2 * strlen(PREFIX)) &&
		    strncmp(at, OPAQUE "/", sizeof(OPAQUE)) != 0)
			return 1;
		return fail(0, "a whiteout with something in it");
	}
	return 0;
}

int
tree_whiteout(struct tree *t, const char *path)
{
	const char *slash = strrchr(path, '/'), *leaf = slash ? slash + 1 : path;
	const char *name = str_after(leaf, PREFIX);
	int r;

	if (t->kind == TREE_PLAIN)
		return 0;
	r = check_above(path, leaf);
	if (r != 0 || !name)
		return r;
	if (streq(leaf, OPAQUE)) {
		r = hide_children(t, path);
		return r < 0 ? r : 1;
	}
	if (str_after(name, PREFIX))
		return 1;
	if (!*name || streq(name, ".") || streq(name, ".."))
		return fail(0, "a whiteout of no name");
	autofree char *hidden = xasprintf("%.*s%s", (int)(leaf - path), path, name);
	r = tree_hide(t, hidden);
	return r < 0 ? r : 1;
}
