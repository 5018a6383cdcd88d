#include "servin-image/pack.h"

#include "servin-image/archive.h"

#include "base/err.h"
#include "base/file.h"
#include "base/strv.h"

#include <limits.h>
#include <linux/limits.h>
#include <search.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define DIR_READ (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* --- files with several names ----------------------------------------------------------------- */

struct linked {
	dev_t dev;
	ino_t ino;
	char *path;		/* the first one that was packed */
};

static int
by_inode(const void *a, const void *b)
{
	const struct linked *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

static void
linked_free(void *p)
{
	free(((struct linked *)p)->path);
	free(p);
}

/* The name that the file was packed as already, or NULL. */
static const char *
packed_as(struct pack *p, const struct stat *st, const char *path)
{
	struct linked *l, **there;

	if (st->st_nlink < 2 || S_ISDIR(st->st_mode))
		return NULL;
	l = xcalloc(1, sizeof(*l));
	*l = (struct linked){ st->st_dev, st->st_ino, xstrdup(path) };
	there = tsearch(l, &p->links, by_inode);
	if (!there)
		out_of_memory();
	if (*there == l)
		return NULL;
	linked_free(l);
	return (*there)->path;
}

/* --- attributes ------------------------------------------------------------------------------- */

static bool
is_ours(const char *name)
{
	return str_after(name, "trusted.overlay.") || str_after(name, "user.overlay.") ||
	       streq(name, "security.selinux");
}

static int
add_xattr(const char *file, const char *name, struct str *records)
{
	autofree char *value = xrealloc(NULL, XATTR_VALUE_MAX, 1);
	autofree char *key = xasprintf("SCHILY.xattr.%s", name);
	ssize_t n = lgetxattr(file, name, value, XATTR_VALUE_MAX);

	if (n < 0)
		return errno == ENODATA ? 0 : fail(errno, "read %s of %s", name, file);
	tar_add_record(records, key, value, (size_t)n);
	return 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* file is a name in the working directory. */
static int
add_xattrs(const char *file, struct str *records)
{
	ssize_t n = llistxattr(file, NULL, 0);
	autofree char *names = NULL;
	autostrv sorted = NULL;
	int r = 0;

	if (n <= 0)
		return n == 0 || errno == ENOTSUP || errno == ENOENT ? 0 :
		       fail(errno, "list the attributes of %s", file);
	names = xrealloc(NULL, XATTR_LIST_MAX, 1);
	n = llistxattr(file, names, XATTR_LIST_MAX);
	for (char *name = names; n > 0 && name < names + n; name += strlen(name) + 1)
		if (!is_ours(name))
			strv_add(&sorted, name);
	if (sorted)
		qsort(sorted, strv_len(sorted), sizeof(*sorted), by_text);
	for (char **name = sorted; r == 0 && name && *name; name++)
		r = add_xattr(file, *name, records);
	return r;
}

/* --- entries ---------------------------------------------------------------------------------- */

struct item {
	char *name;
	struct stat st;
};

static int walk(struct pack *p, int dir, const char *path);

/* A file that changes while it is read has the size that it had first. */
static int
put_content(struct pack *p, int fd, uint64_t size)
{
	autofree char *buf = xcalloc(PIECE_MAX, 1);
	uint64_t left = size;

	while (left) {
		size_t want = left < PIECE_MAX ? (size_t)left : PIECE_MAX;
		ssize_t n = read(fd, buf, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(errno, "read");
		if (n == 0) {
			memset(buf, 0, want);
			n = (ssize_t)want;
		}
		int r = tar_put(&p->out, buf, (size_t)n);
		if (r < 0)
			return r;
		left -= (size_t)n;
		progress_add(p->progress, (uint64_t)n);
	}
	return tar_put_padding(&p->out, size);
}

static int
put_file(struct pack *p, int dir, struct item *i, struct tar_member *m)
{
	autoclose int fd = openat(dir, i->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
				  O_CLOEXEC);

	if (fd < 0)
		return fail(errno, "open");
	if (fstat(fd, &m->st) < 0)
		return fail(errno, "stat");
	if (!S_ISREG(m->st.st_mode))
		return fail(ESTALE, "open");
	int r = tar_put_header(&p->out, m);
	return r < 0 ? r : put_content(p, fd, (uint64_t)m->st.st_size);
}

static int
put_link(struct pack *p, int dir, struct item *i, struct tar_member *m)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, i->name, target, sizeof(target) - 1);

	if (n < 0)
		return fail(errno, "read link");
	target[n] = 0;
	m->link = target;
	return tar_put_header(&p->out, m);
}

/* Whichever of the two overlayfs was told to use; no image brings one along. */
static bool
is_opaque(int fd)
{
	char value = 0;

	return (fgetxattr(fd, "trusted.overlay.opaque", &value, 1) == 1 ||
		fgetxattr(fd, "user.overlay.opaque", &value, 1) == 1) && value == 'y';
}

static int
put_empty(struct pack *p, const char *path)
{
	struct tar_member m = { .path = path, .st = { .st_mode = S_IFREG | 0644 } };

	return tar_put_header(&p->out, &m);
}

static int
put_dir(struct pack *p, int dir, struct item *i, struct tar_member *m)
{
	autoclose int fd = openat(dir, i->name, DIR_READ);

	if (fd < 0)
		return fail(errno, "open");
	int r = tar_put_header(&p->out, m);
	if (r == 0 && p->overlay && is_opaque(fd)) {
		autofree char *path = xasprintf("%s/.wh..wh..opq", m->path);
		r = put_empty(p, path);
	}
	return r < 0 ? r : walk(p, fd, m->path);
}

static int
put_member(struct pack *p, int dir, struct item *i, struct tar_member *m)
{
	const char *first = packed_as(p, &i->st, m->path);

	if (first) {
		m->hard = true;
		m->link = first;
		return tar_put_header(&p->out, m);
	}
	if (fchdir(dir) < 0)
		return fail(errno, "enter the directory");
	int r = add_xattrs(i->name, &m->records);
	if (r < 0)
		return r;
	return S_ISREG(i->st.st_mode) ? put_file(p, dir, i, m) :
	       S_ISLNK(i->st.st_mode) ? put_link(p, dir, i, m) :
	       S_ISDIR(i->st.st_mode) ? put_dir(p, dir, i, m) : tar_put_header(&p->out, m);
}

static int
put(struct pack *p, int dir, struct item *i, const char *path)
{
	struct tar_member m = { .path = path, .st = i->st };

	if (S_ISSOCK(i->st.st_mode))
		return 0;
	if (i->st.st_mtim.tv_sec > p->newest)
		p->newest = i->st.st_mtim.tv_sec;
	int r = put_member(p, dir, i, &m);
	str_done(&m.records);
	return r;
}

/* --- directories ------------------------------------------------------------------------------ */

struct items {
	struct item *at;
	size_t n, room;
};

static void
items_done(struct items *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->at[i].name);
	free(list->at);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

static int
add_item(struct items *list, int dir, const char *name)
{
	struct item i = { 0 };

	if (fstatat(dir, name, &i.st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(errno, "stat %s", name);
	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 32;
		list->at = xrealloc(list->at, list->room, sizeof(*list->at));
	}
	i.name = xstrdup(name);
	list->at[list->n++] = i;
	return 0;
}

static int
list_items(int dir, struct items *list)
{
	int fd = openat(dir, ".", DIR_READ), r = 0;
	autodir d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!d)
		return fail(errno, "list");
	while (r == 0 && (errno = 0, entry = readdir(d)))
		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			r = add_item(list, dir, entry->d_name);
	if (r == 0 && errno)
		return fail(errno, "list");
	if (list->n)
		qsort(list->at, list->n, sizeof(*list->at), by_name);
	return r;
}

static bool
is_whiteout(const struct pack *p, const struct item *i)
{
	return p->overlay && S_ISCHR(i->st.st_mode) && i->st.st_rdev == makedev(0, 0);
}

/* Whiteouts stand first among siblings. */
static int
walk(struct pack *p, int dir, const char *path)
{
	auto_(items_done) struct items list = { 0 };
	int r = list_items(dir, &list);

	for (int whiteouts = 1; r == 0 && whiteouts >= 0; whiteouts--)
		for (size_t i = 0; r == 0 && i < list.n; i++) {
			struct item *item = list.at + i;
			autofree char *at = xasprintf("%s%s%s%s", path, *path ? "/" : "",
						      whiteouts ? ".wh." : "", item->name);

			if (is_whiteout(p, item) != (whiteouts == 1))
				continue;
			r = whiteouts ? put_empty(p, at) : put(p, dir, item, at);
			if (r < 0 && !S_ISDIR(item->st.st_mode))
				wrap(r, "%s", at);
		}
	return r;
}

static int
pack_all(struct pack *p)
{
	struct item root = { .name = (char[]){ "." } };
	int r = 0;

	if (fstat(p->dir, &root.st) < 0)
		return fail(errno, "stat the directory");
	struct tar_member m = { .path = p->name ? p->name : "", .st = root.st };
	if (root.st.st_mtim.tv_sec > p->newest)
		p->newest = root.st.st_mtim.tv_sec;
	if ((p->root || p->name) && fchdir(p->dir) == 0)
		r = add_xattrs(".", &m.records);
	if (r == 0 && (p->root || p->name))
		r = tar_put_header(&p->out, &m);
	str_done(&m.records);
	return r < 0 ? r : walk(p, p->dir, m.path);
}

static int
pack_only(struct pack *p)
{
	struct item item = { .name = xstrdup(p->only) };
	int r = 0;

	if (fstatat(p->dir, p->only, &item.st, AT_SYMLINK_NOFOLLOW) < 0)
		r = fail(errno, "stat %s", p->only);
	if (r == 0)
		r = put(p, p->dir, &item, p->name ? p->name : p->only);
	free(item.name);
	return wrap(r, "%s", p->only);
}

int
pack_tree(struct pack *p)
{
	int r = p->only ? pack_only(p) : pack_all(p);

	if (r == 0)
		r = tar_put_end(&p->out);
	tar_out_done(&p->out);
	tdestroy(p->links, linked_free);
	p->links = NULL;
	return r;
}
