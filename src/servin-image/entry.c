/* One entry of a tar, made in its place. */
#include "servin-image/tree.h"

#include "servin-image/members.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/resolve.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

/* Where an entry goes, and what it is. */
struct put {
	struct tree *t;
	struct tar *from;
	struct tar_entry *e;
	const char *path;	/* clean */
	int dir;
	const char *leaf;
};

/* --- what stands there already ---------------------------------------------------------------- */

/* In a tree that is somebody's, a directory is not replaced by a file, nor the other way round. */
static int
check_replace(const struct put *p, const struct stat *st)
{
	if (p->t->kind != TREE_PLAIN || S_ISDIR(st->st_mode) == S_ISDIR(p->e->mode))
		return 0;
	return S_ISDIR(st->st_mode) ? fail_plain(EISDIR, "replace a directory by what is none")
				    : fail_plain(ENOTDIR, "replace what is no directory by one");
}

/* In a container that runs: to remove the place would unmount it there. */
static int
check_mount(const struct put *p)
{
	struct statx st;

	if (statx(p->dir, p->leaf, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &st) < 0)
		return fail(errno, "stat");
	return st.stx_attributes & STATX_ATTR_MOUNT_ROOT ?
		       fail_plain(EBUSY, "it cannot be replaced, it is a mount") : 0;
}

static int
make_room(struct put *p)
{
	struct stat st;

	if (fstatat(p->dir, p->leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(errno, "stat");
	int r = check_replace(p, &st);
	if (r == 0)
		r = check_mount(p);
	if (r == 0)
		r = tree_remove_at(p->dir, p->leaf);
	if (r < 0 || !S_ISDIR(st.st_mode))
		return r;
	/* The descriptor of where we are may be below what is gone. */
	tree_forget(p->t);
	p->dir = tree_parent(p->t, p->path, &p->leaf);
	return p->dir < 0 ? p->dir : 0;
}

/* --- files ------------------------------------------------------------------------------------ */

#define NEW_FILE (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

static int
write_at(int fd, const struct tar_piece *piece)
{
	const char *data = piece->data;
	uint64_t at = piece->at;

	for (size_t left = piece->len; left;) {
		ssize_t n = pwrite(fd, data, left, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(errno, "write");
		data += n;
		left -= (size_t)n;
		at += (uint64_t)n;
	}
	return 0;
}

/* Zeros at the end of a sparse file are nowhere in the archive. */
static int
write_content(struct put *p, int fd)
{
	struct tar_piece piece;
	uint64_t end = 0;
	int r;

	while ((r = tar_data(p->from, &piece)) > 0) {
		if (piece.len > p->e->size || piece.at > p->e->size - piece.len)
			return fail(0, "more content than its size says");
		r = write_at(fd, &piece);
		if (r < 0)
			return r;
		end = piece.len ? piece.at + piece.len : end;
	}
	if (r == 0 && end < p->e->size && ftruncate(fd, (off_t)p->e->size) < 0)
		return fail(errno, "set the size");
	return r;
}

static int
put_file(struct put *p)
{
	if (p->e->size > p->t->max_size - p->t->size)
		return fail_plain(EFBIG, "%llu bytes, and all are more than --max-size allows",
			    (unsigned long long)p->e->size);
	p->t->size += p->e->size;
	autoclose int fd = openat(p->dir, p->leaf, NEW_FILE, 0600);
	if (fd < 0 && errno == EEXIST) {
		int r = make_room(p);

		if (r < 0)
			return r;
		fd = openat(p->dir, p->leaf, NEW_FILE, 0600);
	}
	if (fd < 0)
		return fail(errno, "create");
	int r = p->e->size ? write_content(p, fd) : 0;
	return r < 0 ? r : tree_set_all(p->t, fd, p->e);
}

/* --- directories ------------------------------------------------------------------------------ */

#define DIR_READ (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int
put_root(struct put *p)
{
	if (p->t->kind == TREE_PLAIN)
		return 0;
	autoclose int fd = openat(p->t->root, ".", DIR_READ);
	return fd < 0 ? fail(errno, "open the root") : tree_set_dir(p->t, fd, "", p->e);
}

/* 1: there was one, which stays; 0: it is new. */
static int
make_dir(struct put *p)
{
	/* Ours to write to until all is in it. */
	mode_t mode = (p->e->mode & 07777) | 0700;
	struct stat st;

	if (mkdirat(p->dir, p->leaf, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return fail(errno, "mkdir");
	if (fstatat(p->dir, p->leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "stat");
	if (S_ISDIR(st.st_mode))
		return 1;
	int r = make_room(p);
	if (r == 0 && mkdirat(p->dir, p->leaf, mode) < 0)
		r = fail(errno, "mkdir");
	/* The layer said before that nothing below is to be seen. */
	return r == 0 && tree_is_whiteout(p->t, &st) ? 2 : r;
}

static int
put_dir(struct put *p)
{
	int there = make_dir(p), r = 0;
	autoclose int fd = there < 0 ? there : openat(p->dir, p->leaf, DIR_READ);

	if (fd < 0)
		return there < 0 ? there : fail(errno, "open");
	if (there == 1)
		tree_clear_xattrs(fd);
	else if (there == 2)
		r = tree_set_opaque(p->t, fd);
	return r < 0 ? r : tree_set_dir(p->t, fd, p->path, p->e);
}

/* --- links and devices ------------------------------------------------------------------------ */

static int
make_symlink(struct put *p)
{
	return symlinkat(p->e->link ? p->e->link : "", p->dir, p->leaf);
}

static int
make_node(struct put *p)
{
	return mknodat(p->dir, p->leaf, p->e->mode, p->e->device);
}

static int
put_by(struct put *p, int (*make)(struct put *p), const char *what)
{
	int r = make(p);

	if (r < 0 && errno == EEXIST) {
		r = make_room(p);
		if (r < 0)
			return r;
		r = make(p);
	}
	return r < 0 ? fail(errno, "%s", what) : tree_set_named(p->t, p->dir, p->leaf, p->e);
}

static int
put_symlink(struct put *p)
{
	return put_by(p, make_symlink, "make a symbolic link");
}

static int
put_fifo(struct put *p)
{
	return put_by(p, make_node, "make a fifo");
}

static int
put_device(struct put *p)
{
	/* What overlayfs takes for a whiteout is one. */
	if (S_ISCHR(p->e->mode) && p->e->device == makedev(0, 0) && p->t->kind != TREE_PLAIN)
		return tree_hide(p->t, p->path);
	if (p->t->rootless) {
		p->t->skipped++;
		return 0;
	}
	return put_by(p, make_node, "make a device");
}

/* --- hard links ------------------------------------------------------------------------------- */

/* Also where a hard link leads, which is in the same archive. */
static int
clean(const struct tree *t, const char *path, char **out)
{
	int r = path_clean(path, out);

	if (r == 0 && t->rename && **out) {
		autofree char *old = *out;
		const char *rest = strchr(old, '/');

		*out = xasprintf("%s%s", t->rename, rest ? rest : "");
	}
	return r;
}

static int
open_target(struct put *p, const char *target, const char **leaf)
{
	const char *slash = strrchr(target, '/');
	autofree char *dir = slash ? xstrndup(target, (size_t)(slash - target)) : xstrdup("/");

	*leaf = slash ? slash + 1 : target;
	return resolve_open(p->t->root, dir, O_PATH | O_DIRECTORY);
}

static int
fail_target(const struct put *p, int code)
{
	if (code != ENOENT || p->t->kind != TREE_OVERLAY)
		return fail(code, "link to %.200s", p->e->link);
	return fail_plain(ENOENT, "link to %.200s, which is not in this layer", p->e->link);
}

static int
put_hard_link(struct put *p)
{
	autofree char *target = NULL;
	const char *leaf;
	struct stat st, there;
	int r = clean(p->t, p->e->link, &target);

	if (r == 0 && !*target)
		r = fail(0, "a link to the root itself");
	if (r < 0)
		return r;
	autoclose int dir = open_target(p, target, &leaf);
	if (dir < 0)
		return fail_target(p, -dir);
	if (fstatat(dir, leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail_target(p, errno);
	if (tree_is_whiteout(p->t, &st))
		return fail_target(p, ENOENT);
	if (fstatat(p->dir, p->leaf, &there, AT_SYMLINK_NOFOLLOW) == 0) {
		if (there.st_ino == st.st_ino && there.st_dev == st.st_dev)
			return 0;
		r = make_room(p);
		if (r < 0)
			return r;
	}
	if (linkat(dir, leaf, p->dir, p->leaf, 0) < 0)
		return fail_target(p, errno);
	return 0;
}

/* ---------------------------------------------------------------------------------------------- */

static const struct {
	mode_t kind;
	int (*put)(struct put *p);
} kinds[] = {
	{ S_IFREG, put_file }, { S_IFDIR, put_dir }, { S_IFLNK, put_symlink },
	{ S_IFIFO, put_fifo }, { S_IFCHR, put_device }, { S_IFBLK, put_device },
};

static int
put(struct put *p)
{
	if (p->e->hard)
		return p->e->link ? put_hard_link(p) : fail(0, "a link to nothing");
	for (size_t i = 0; i < countof(kinds); i++)
		if (kinds[i].kind == (p->e->mode & S_IFMT))
			return kinds[i].put(p);
	p->t->skipped++;	/* a socket is nothing without its process */
	return 0;
}

/* A layer's whiteouts spare what the layer itself brings. */
static int
note_made(struct put *p)
{
	struct stat st;

	if (p->t->kind != TREE_MERGE)
		return 0;
	if (fstatat(p->dir, p->leaf, &st, AT_SYMLINK_NOFOLLOW) == 0)
		inodes_add(&p->t->made, st.st_ino);
	return 0;
}

static int
add_clean(struct put *p)
{
	int r;

	if (!*p->path)
		return S_ISDIR(p->e->mode) ? put_root(p) : fail(0, "the root is no directory");
	r = tree_whiteout(p->t, p->path);
	if (r != 0)
		return r < 0 ? r : 0;
	p->dir = tree_parent(p->t, p->path, &p->leaf);
	if (p->dir < 0)
		return p->dir;
	r = put(p);
	return r < 0 ? r : note_made(p);
}

int
tree_add(struct tree *t, struct tar *from, struct tar_entry *e)
{
	autofree char *path = NULL;
	struct put p = { .t = t, .from = from, .e = e };
	int r = clean(t, e->path, &path);

	if (r < 0)
		return r;
	if (++t->entries > t->max_entries)
		return fail_plain(E2BIG, "more entries than --max-entries allows");
	p.path = path;
	r = add_clean(&p);
	return wrap(r, "%.200s", *path ? path : "/");
}

int
tree_add_all(struct tree *t, struct source *of)
{
	struct tar *tar = NULL;
	struct tar_entry e;
	int r = tar_open(&tar, of);

	while (r == 0 && (r = tar_next(tar, &e)) > 0)
		r = tree_add(t, tar, &e);
	tar_close(tar);
	if (r == 0)
		r = source_drain(of);
	return r < 0 ? r : tree_set_late(t);
}
