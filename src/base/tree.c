#include "base/tree.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <limits.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>

#define IN_DIR (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define DEPTH_MAX 256

/* A file with several names, and where its copy is below the top. */
struct linked {
	dev_t dev;
	ino_t ino;
	char *path;
};

struct copying {
	int top;			/* the copy */
	struct linked *links;
	size_t n;
};

/* A directory and its copy, and how that is called from the top: "a/b/". */
struct level {
	int from, to, depth;
	const char *path;
};

static int copy_level(struct copying *c, const struct level *l);

static int
copy_xattr(int from, int to, const char *name)
{
	ssize_t n = fgetxattr(from, name, NULL, 0);

	if (n < 0)
		return fail(errno, "read attribute %s", name);
	autofree char *value = xcalloc((size_t)n + 1, 1);
	n = fgetxattr(from, name, value, (size_t)n);
	if (n < 0)
		return fail(errno, "read attribute %s", name);
	/* A tmpfs does not have all kinds. */
	if (fsetxattr(to, name, value, (size_t)n, 0) < 0 && errno != ENOTSUP)
		return fail(errno, "set attribute %s", name);
	return 0;
}

static int
copy_xattrs(int from, int to)
{
	ssize_t n = flistxattr(from, NULL, 0);

	if (n <= 0)	/* none, or a file system without them */
		return n < 0 && errno != ENOTSUP ? fail(errno, "list attributes") : 0;
	autofree char *names = xcalloc((size_t)n + 1, 1);
	n = flistxattr(from, names, (size_t)n);
	if (n < 0)
		return fail(errno, "list attributes");

	int r = 0;
	for (char *name = names; r == 0 && name < names + n; name += strlen(name) + 1)
		r = copy_xattr(from, to, name);
	return r;
}

/* The owner first, for that clears set-id bits and capabilities; the times last. */
int
tree_copy_inode(int from, int to, const struct stat *st)
{
	struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (fchown(to, st->st_uid, st->st_gid) < 0)
		return fail(errno, "chown");

	int r = copy_xattrs(from, to);
	if (r < 0)
		return r;
	if (fchmod(to, st->st_mode & 07777) < 0)
		return fail(errno, "chmod");
	return futimens(to, times) < 0 ? fail(errno, "set times") : 0;
}

static int
copy_data(int from, int to)
{
	ssize_t n;

	do
		n = sendfile(to, from, NULL, 1 << 30);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? fail(errno, "copy") : 0;
}

static void
remember(struct copying *c, const struct level *l, const char *name, const struct stat *st)
{
	if (st->st_nlink < 2)
		return;
	c->links = xrealloc(c->links, c->n + 1, sizeof(*c->links));
	c->links[c->n++] = (struct linked){ st->st_dev, st->st_ino,
					    xasprintf("%s%s", l->path, name) };
}

static int
copy_file(struct copying *c, const struct level *l, const char *name)
{
	autoclose int from = openat(l->from, name, O_RDONLY | IN_DIR);
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0)
		return fail(errno, "open");
	if (!S_ISREG(st.st_mode))
		return fail(EBUSY, "changed while it was copied");
	autoclose int to = openat(l->to, name, O_WRONLY | O_CREAT | O_EXCL | IN_DIR, 0600);
	if (to < 0)
		return fail(errno, "create");
	remember(c, l, name, &st);

	int r = copy_data(from, to);
	return r < 0 ? r : tree_copy_inode(from, to, &st);
}

static int
copy_dir(struct copying *c, const struct level *l, const char *name)
{
	autoclose int from = openat(l->from, name, O_RDONLY | O_DIRECTORY | IN_DIR);
	autofree char *path = xasprintf("%s%s/", l->path, name);
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0)
		return fail(errno, "open");
	if (mkdirat(l->to, name, 0700) < 0)
		return fail(errno, "mkdir");
	autoclose int to = openat(l->to, name, O_RDONLY | O_DIRECTORY | IN_DIR);
	if (to < 0)
		return fail(errno, "open");

	int r = copy_level(c, &(struct level){ from, to, l->depth + 1, path });
	return r < 0 ? r : tree_copy_inode(from, to, &st);
}

static int
copy_link(int dir, const char *name, int to_dir)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);

	if (n < 0)
		return fail(errno, "read link");
	target[n] = 0;
	return symlinkat(target, to_dir, name) < 0 ? fail(errno, "symlink") : 0;
}

/* For links and special files, which have no descriptor; the copy is our own, a name will do. */
static int
copy_named(int to_dir, const char *name, const struct stat *st)
{
	struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (fchownat(to_dir, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "chown");
	if (!S_ISLNK(st->st_mode) && fchmodat(to_dir, name, st->st_mode & 07777, 0) < 0)
		return fail(errno, "chmod");
	if (utimensat(to_dir, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "set times");
	return 0;
}

static int
copy_special(int to_dir, const char *name, const struct stat *st)
{
	return mknodat(to_dir, name, st->st_mode, st->st_rdev) < 0 ? fail(errno, "mknod") : 0;
}

/* The copy that one of its other names has already; NULL if there is none. */
static const char *
find_copy(const struct copying *c, const struct stat *st)
{
	for (size_t i = 0; st->st_nlink > 1 && i < c->n; i++)
		if (c->links[i].ino == st->st_ino && c->links[i].dev == st->st_dev)
			return c->links[i].path;
	return NULL;
}

static int
copy_entry(struct copying *c, const struct level *l, const char *name)
{
	const char *copy;
	struct stat st;

	if (fstatat(l->from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "stat");
	if (S_ISDIR(st.st_mode))
		return copy_dir(c, l, name);
	copy = find_copy(c, &st);
	if (copy)
		return linkat(c->top, copy, l->to, name, 0) < 0 ? fail(errno, "link") : 0;
	if (S_ISREG(st.st_mode))
		return copy_file(c, l, name);

	int r = S_ISLNK(st.st_mode) ? copy_link(l->from, name, l->to)
				    : copy_special(l->to, name, &st);
	if (r == 0)
		remember(c, l, name, &st);
	return r < 0 ? r : copy_named(l->to, name, &st);
}

static int
copy_level(struct copying *c, const struct level *l)
{
	autodir d = NULL;
	struct dirent *e;
	int r = 0;

	if (l->depth > DEPTH_MAX)
		return fail(ELOOP, "more than %d directories deep", DEPTH_MAX);
	int fd = openat(l->from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || !(d = fdopendir(fd)))
		return fail(errno, "open");
	while (r == 0 && (errno = 0, e = readdir(d)))
		if (!streq(e->d_name, ".") && !streq(e->d_name, ".."))
			r = wrap(copy_entry(c, l, e->d_name), "%s", e->d_name);
	return r == 0 && errno ? fail(errno, "read directory") : r;
}

int
tree_copy(int from, int to)
{
	struct copying c = { .top = to };
	int r = copy_level(&c, &(struct level){ from, to, 0, "" });

	while (c.n > 0)
		free(c.links[--c.n].path);
	free(c.links);
	return r;
}
