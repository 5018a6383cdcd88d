#include "engine/disk.h"

#include "engine/container.h"
#include "engine/layer.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <search.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 256 };

/* A file that has several names. */
struct seen {
	dev_t dev;
	ino_t ino;
};

struct walk {
	uint64_t bytes;
	void *seen;		/* a tree of tsearch(3) */
	int depth;
};

static int
compare_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->dev == y->dev ? 0 : x->dev < y->dev ? -1 : 1;
}

static bool
is_new(struct walk *w, const struct stat *st)
{
	const struct seen key = { st->st_dev, st->st_ino };

	if (st->st_nlink < 2)
		return true;
	if (tfind(&key, &w->seen, compare_seen))
		return false;
	if (!tsearch(xmemdup(&key, sizeof(key)), &w->seen, compare_seen))
		out_of_memory();
	return true;
}

static int walk(struct walk *w, int dir);

/* One that went meanwhile counts nothing. */
static int
count(struct walk *w, int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(errno, "stat %s", name);
	if (S_ISDIR(st.st_mode)) {
		autoclose int below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
							O_CLOEXEC);

		if (below < 0)
			return errno == ENOENT ? 0 : fail(errno, "open %s", name);
		return wrap(walk(w, below), "%s", name);
	}
	if (S_ISREG(st.st_mode) && is_new(w, &st))
		w->bytes += (uint64_t)st.st_size;
	return 0;
}

/* Takes no fd: its own is another. */
static int
walk(struct walk *w, int dir)
{
	autoclose int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir list = fd < 0 ? NULL : fdopendir(fd);
	int r = 0;

	if (!list)
		return fail(errno, "list");
	take_fd(fd);
	if (w->depth == DEPTH_MAX)
		return 0;
	w->depth++;
	for (struct dirent *d; r == 0 && (d = readdir(list));)
		if (!streq(d->d_name, ".") && !streq(d->d_name, ".."))
			r = count(w, dirfd(list), d->d_name);
	w->depth--;
	return r;
}

int
disk_below(int dir, uint64_t *bytes)
{
	struct walk w = { 0 };
	int r = walk(&w, dir);

	tdestroy(w.seen, free);
	*bytes = w.bytes;
	return r;
}

/* What it has changed: the upper directory, or where there is no overlay nothing that we know. */
static int
changed(const struct engine *e, const struct container *c, uint64_t *bytes)
{
	autoclose int dir = container_dir(e, c);
	autoclose int upper = dir < 0 ? -EBADF : openat(dir, "upper", O_RDONLY | O_DIRECTORY |
								      O_CLOEXEC);

	*bytes = 0;
	if (dir < 0)
		return dir;
	if (upper < 0)
		return errno == ENOENT ? 0 : fail(errno, "container %s: open upper", c->name);
	return wrap(disk_below(upper, bytes), "container %s", c->name);
}

int
container_size(const struct engine *e, const struct container *c, struct container_size *size)
{
	int r = changed(e, c, &size->rw);
	uint64_t layer;

	size->root_fs = size->rw;
	for (char *const *id = c->layers; r == 0 && id && *id; id++) {
		r = layer_size(e, *id, &layer);
		size->root_fs += r == 0 ? layer : 0;
	}
	return r;
}
