#include "servin-image/tree.h"

#include "servin-image/members.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/resolve.h"

#include <stdio.h>
#include <sys/sysmacros.h>

#define DIR_PATH (O_PATH | O_DIRECTORY | O_CLOEXEC)

void
tree_init(struct tree *t, int root, enum tree_kind kind)
{
	*t = (struct tree){ .root = root, .kind = kind, .owners = true, .at_fd = -EBADF,
			    .max_size = UINT64_MAX, .max_entries = UINT64_MAX };
}

void
tree_done(struct tree *t)
{
	tree_forget(t);
	for (size_t i = 0; i < t->n_late; i++)
		free(t->late[i].path);
	free(t->late);
	inodes_done(&t->late_done);
	inodes_done(&t->made);
}

/* A directory of a lower layer, in which a layer only changes something, keeps its time. */
static void
restore_time(struct tree *t)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, t->at_mtime };

	if (t->kind == TREE_MERGE && t->at_fd >= 0 &&
	    utimensat(t->at_fd, "", times, AT_EMPTY_PATH) < 0)
		return;	/* it is a nicety */
}

void
tree_forget(struct tree *t)
{
	restore_time(t);
	free(take(t->at));
	close_at(&t->at_fd);
	t->at_fd = -EBADF;
}

static int
tree_stay(struct tree *t, char *path, int fd)
{
	struct stat st = { 0 };

	tree_forget(t);
	if (t->kind == TREE_MERGE && fstat(fd, &st) < 0)
		return fail(errno, "stat %s", path);
	t->at = path;
	t->at_fd = fd;
	t->at_mtime = st.st_mtim;
	return fd;
}

bool
tree_is_whiteout(const struct tree *t, const struct stat *st)
{
	return t->kind == TREE_OVERLAY && S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

/* What hides a directory of lower layers becomes a new one, which still hides it. */
static int
raise_whiteout(struct tree *t, const char *path)
{
	const char *slash = strrchr(path, '/'), *leaf = slash ? slash + 1 : path;
	autofree char *above = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup("/");
	autoclose int dir = resolve_open(t->root, above, DIR_PATH), fd = -EBADF;
	struct stat st;

	if (dir < 0)
		return dir;
	if (fstatat(dir, leaf, &st, AT_SYMLINK_NOFOLLOW) < 0 || !tree_is_whiteout(t, &st))
		return 0;
	if (unlinkat(dir, leaf, 0) < 0 || mkdirat(dir, leaf, 0755) < 0)
		return fail(errno, "mkdir %s", path);
	fd = openat(dir, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open %s", path) : tree_set_opaque(t, fd);
}

/* The same for each directory of a path, until one is not there. */
static int
raise_whiteouts(struct tree *t, const char *path)
{
	int r = 0;

	for (const char *end = path; r == 0 && end; ) {
		end = strchr(end, '/');
		autofree char *front = end ? xstrndup(path, (size_t)(end - path)) : xstrdup(path);

		r = raise_whiteout(t, front);
		end += end != NULL;
	}
	return r == -ENOENT ? 0 : r;
}

static int
open_dir(struct tree *t, const char *path, bool make)
{
	int fd = resolve_open(t->root, *path ? path : "/", DIR_PATH);

	if (fd >= 0 || !make || (fd != -ENOENT && fd != -ENOTDIR))
		return fd;
	if (fd == -ENOTDIR) {
		int r = raise_whiteouts(t, path);

		if (r < 0)
			return r;
	}
	return resolve_make_dir(t->root, path);
}

static int
find_parent(struct tree *t, const char *path, const char **leaf, bool make)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	*leaf = slash ? slash + 1 : path;
	if (t->at && strlen(t->at) == n && !strncmp(t->at, path, n))
		return t->at_fd;
	autofree char *dir = xstrndup(path, n);
	int fd = open_dir(t, dir, make);
	return fd < 0 ? fd : tree_stay(t, take(dir), fd);
}

int
tree_parent(struct tree *t, const char *path, const char **leaf)
{
	return find_parent(t, path, leaf, true);
}

int
tree_find_parent(struct tree *t, const char *path, const char **leaf)
{
	return find_parent(t, path, leaf, false);
}

