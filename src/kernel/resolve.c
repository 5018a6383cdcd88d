#include "kernel/resolve.h"

#include "base/err.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Somebody who renames all day disturbs a few lookups in a hundred: so many in a row never. */
#define TRIES_MAX 128
#define LINKS_MAX 40	/* as the kernel has it */

#define DIR_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int
open_below(int root, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
	};
	long fd;
	int tries = 0;

	do
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && (errno == EAGAIN || errno == EINTR) && ++tries < TRIES_MAX);
	return fd < 0 ? fail(errno, "open %s", path) : (int)fd;
}

int
resolve_open(int root, const char *path, int flags)
{
	return open_below(root, path, flags, 0);
}

int
resolve_open_plain(int root, const char *path, int flags)
{
	return open_below(root, path, flags, RESOLVE_NO_SYMLINKS);
}

/*
 * A walk makes what is missing, one component at a time on descriptors.  It
 * never opens more than one name in a directory, and no link: links are read
 * and put in front of what is still to be walked.
 */
struct walk {
	int root;
	int dir;		/* where we are; -EBADF is the root */
	struct str at;		/* the same as a path without links, for ".." */
	char *rest, *next;	/* still to be walked: next points into rest */
	int links;
};

static void
walk_done(struct walk *w)
{
	close_at(&w->dir);
	str_done(&w->at);
	free(w->rest);
}

static int
walk_dir(const struct walk *w)
{
	return w->dir < 0 ? w->root : w->dir;
}

static void
walk_to_root(struct walk *w)
{
	close_at(&w->dir);
	w->dir = -EBADF;
	str_done(&w->at);
}

static int
walk_down(struct walk *w, const char *name, int fd)
{
	close_at(&w->dir);
	w->dir = fd;
	str_addf(&w->at, "/%s", name);
	return 0;
}

/* ".." of a descriptor could have been moved out of the root; the path is resolved anew instead. */
static int
walk_up(struct walk *w)
{
	char *slash = w->at.len ? strrchr(w->at.s, '/') : NULL;

	if (!slash || slash == w->at.s) {
		walk_to_root(w);
		return 0;
	}
	*slash = 0;
	w->at.len = (size_t)(slash - w->at.s);

	int fd = resolve_open_plain(w->root, w->at.s, DIR_FLAGS);
	if (fd < 0)
		return fd;
	close_at(&w->dir);
	w->dir = fd;
	return 0;
}

/* Puts the target of the link in front of the rest; -EINVAL without words if name is no link. */
static int
walk_link(struct walk *w, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(walk_dir(w), name, target, sizeof(target));

	if (n < 0)
		return errno == EINVAL ? -EINVAL : fail(errno, "read link %s", name);
	if ((size_t)n == sizeof(target))
		return fail(ENAMETOOLONG, "read link %s", name);
	if (++w->links > LINKS_MAX)
		return fail(ELOOP, "follow link %s", name);

	char *rest = xasprintf("%.*s/%s", (int)n, target, w->next);
	free(w->rest);
	w->rest = w->next = rest;
	if (*rest == '/')
		walk_to_root(w);
	return 0;
}

/* The next component of the rest, NULL at its end; *last if none follows. */
static char *
walk_next(struct walk *w, bool *last)
{
	char *name = w->next + strspn(w->next, "/");

	if (!*name)
		return NULL;
	w->next = name + strcspn(name, "/");
	if (*w->next)
		*w->next++ = 0;
	w->next += strspn(w->next, "/");
	*last = !*w->next;
	return name;
}

/* Makes or enters a directory; a link changes the rest. */
static int
walk_into(struct walk *w, const char *name)
{
	int dir = walk_dir(w), fd = -1;

	errno = ENOENT;
	if (*w->next)	/* the last component is most often the one that is missing */
		fd = openat(dir, name, DIR_FLAGS);
	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
			return fail(errno, "mkdir %s", name);
		fd = openat(dir, name, DIR_FLAGS);
	}
	if (fd >= 0)
		return walk_down(w, name, fd);
	if (errno != ENOTDIR && errno != ELOOP)
		return fail(errno, "open %s", name);

	int r = walk_link(w, name);
	return r == -EINVAL ? fail(ENOTDIR, "open %s", name) : r;
}

/* Makes the file at the end; what is there already is taken unless it is a link. */
static int
walk_onto(struct walk *w, const char *name)
{
	int dir = walk_dir(w);
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd >= 0) {
		/* The caller was promised one that stands for the file and cannot write. */
		close(fd);
	} else if (errno != EEXIST) {
		return fail(errno, "create %s", name);
	}

	int r = walk_link(w, name);
	if (r != -EINVAL)
		return r;
	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(errno, "open %s", name);
	return walk_down(w, name, fd);
}

typedef int (*walk_leaf)(struct walk *w, const char *name);

static int
walk_all(struct walk *w, walk_leaf leaf)
{
	bool last;
	char *name;
	int r = 0;

	while (r == 0 && (name = walk_next(w, &last))) {
		/* The component lives in rest, which a link replaces. */
		autofree char *copy = xstrdup(name);

		if (streq(copy, "."))
			continue;
		r = streq(copy, "..") ? walk_up(w) : last ? leaf(w, copy) : walk_into(w, copy);
	}
	return r;
}

int
resolve_make(int root, const char *path, mode_t kind)
{
	struct walk w = { .root = root, .dir = -EBADF, .rest = xstrdup(path) };
	mode_t saved = umask(0);

	w.next = w.rest;
	int r = walk_all(&w, kind == S_IFDIR ? walk_into : walk_onto);
	if (r == 0)	/* a path of nothing but dots is the root */
		r = w.dir >= 0 ? take_fd(w.dir) : resolve_open(root, "/", O_PATH);
	umask(saved);
	walk_done(&w);
	return wrap(r, "make %s", path);
}

int
resolve_make_dir(int root, const char *path)
{
	int fd = resolve_open(root, path, O_PATH | O_DIRECTORY);

	return fd == -ENOENT ? resolve_make(root, path, S_IFDIR) : fd;
}

int
resolve_make_file(int root, const char *path)
{
	int fd = resolve_open(root, path, O_PATH);

	return fd == -ENOENT ? resolve_make(root, path, S_IFREG) : fd;
}

int
resolve_parent(int root, const char *path, const char **leaf)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (!*name || streq(name, ".") || streq(name, ".."))
		return fail(0, "%s: does not end with a name", path);
	*leaf = name;
	autofree char *parent = name == path ? xstrdup("/") : xstrndup(path, (size_t)(name - path));
	return resolve_make_dir(root, parent);
}
