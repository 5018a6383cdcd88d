#include "engine/changes.h"

#include "engine/container.h"
#include "engine/layer.h"

#include "kernel/resolve.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

/* Where a runtime mounts something, or we do, in each container. */
static const char *const mount_places[] = {
	"/dev", "/dev/console", "/dev/mqueue", "/dev/pts", "/dev/shm", "/etc/hostname",
	"/etc/hosts", "/etc/resolv.conf", "/proc", "/sys", "/sys/fs/cgroup",
};

struct search {
	const struct container *c;
	const char *opaque;		/* the attribute */
	int upper, lower;
	struct changes *found;
};

/* What a directory of the upper tree has below it. */
struct below {
	bool shown, hidden;		/* changes that count, and places of mounts */
};

static void
add(struct search *s, enum change_kind kind, const char *path)
{
	struct changes *l = s->found;

	/* Room is doubled at the powers of two. */
	if ((l->n & (l->n - 1)) == 0)
		l->at = xrealloc(l->at, l->n ? 2 * l->n : 1, sizeof(*l->at));
	l->at[l->n++] = (struct change){ kind, xstrdup(path) };
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a directory, sorted: no descriptor stays open on the way down. */
static int
list_names(int root, const char *path, char ***names)
{
	int fd = resolve_open_plain(root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	autodir dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		close_at(&fd);
		return fd < 0 ? fd : fail(errno, "list %s", path);
	}
	for (struct dirent *d; (d = readdir(dir));)
		if (!streq(d->d_name, ".") && !streq(d->d_name, ".."))
			strv_add(names, d->d_name);
	if (*names)
		qsort(*names, strv_len(*names), sizeof(**names), by_name);
	return 0;
}

/* 1, 0 if it is not there. */
static int
look_up(int root, const char *path, struct stat *st)
{
	autoclose int fd = resolve_open_plain(root, path, O_PATH | O_NOFOLLOW);

	if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)
		return 0;
	if (fd < 0)
		return fd;
	return fstat(fd, st) < 0 ? fail(errno, "stat %s", path) : 1;
}

static bool
is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

static bool
is_opaque(const struct search *s, const char *path)
{
	autoclose int fd = resolve_open_plain(s->upper, path, O_RDONLY | O_DIRECTORY);
	char value = 0;

	return fd >= 0 && fgetxattr(fd, s->opaque, &value, 1) == 1 && value == 'y';
}

/* One above it was made for it, too. */
static bool
is_on_the_way(const char *place, const char *path)
{
	const char *rest = str_after(place, path);

	return rest && (!*rest || *rest == '/');
}

static bool
is_mounted_at(const struct container *c, const char *path)
{
	for (size_t i = 0; i < countof(mount_places); i++)
		if (is_on_the_way(mount_places[i], path))
			return true;
	for (struct mount_point **m = c->mounts; m && *m; m++)
		if (is_on_the_way((*m)->destination, path))
			return true;
	return false;
}

/* Made to mount something there, and empty: nobody but us put it there. */
static bool
is_mount_place(const struct search *s, const char *path, const struct stat *st)
{
	return is_mounted_at(s->c, path) &&
	       (S_ISDIR(st->st_mode) || (S_ISREG(st->st_mode) && st->st_size == 0));
}

/* --- what is gone with an opaque directory ------------------------------------------------- */

static int
add_covered(struct search *s, const char *path)
{
	autostrv names = NULL;
	struct stat st;
	int r = list_names(s->lower, path, &names);

	for (char **n = names; r >= 0 && n && *n; n++) {
		autofree char *child = xasprintf("%s/%s", path, *n);

		r = look_up(s->upper, child, &st);
		if (r == 0)
			add(s, CHANGE_DELETED, child);
	}
	return r < 0 ? r : 0;
}

/* --- one after the other --------------------------------------------------------------- */

static int visit(struct search *s, const char *path, struct below *above);

static int
visit_below(struct search *s, const char *path, struct below *b)
{
	autostrv names = NULL;
	int r = list_names(s->upper, *path ? path : "/", &names);

	for (char **n = names; r == 0 && n && *n; n++) {
		autofree char *child = xasprintf("%s/%s", path, *n);

		r = visit(s, child, b);
	}
	return r;
}

/* A directory that is in both: it may be in the upper tree for its children only. */
static bool
is_modified(const struct stat *upper, const struct stat *lower, const struct below *b)
{
	if (b->shown || upper->st_mode != lower->st_mode || upper->st_uid != lower->st_uid ||
	    upper->st_gid != lower->st_gid)
		return true;
	return !b->hidden && (upper->st_mtim.tv_sec != lower->st_mtim.tv_sec ||
			      upper->st_mtim.tv_nsec != lower->st_mtim.tv_nsec);
}

static int
visit_dir(struct search *s, const char *path, const struct stat *st, const struct stat *lower)
{
	bool old_dir = lower && S_ISDIR(lower->st_mode);
	struct below b = { 0 };
	size_t before = s->found->n;
	int r = visit_below(s, path, &b);

	if (r == 0 && old_dir && is_opaque(s, path))
		r = add_covered(s, path);
	b.shown = b.shown || s->found->n > before;
	if (r < 0)
		return r;
	if (!lower && !b.shown && is_mount_place(s, path, st))
		return 0;
	if (!lower)
		add(s, CHANGE_ADDED, path);
	else if (!old_dir || is_modified(st, lower, &b))
		add(s, CHANGE_MODIFIED, path);
	return 0;
}

static int
visit(struct search *s, const char *path, struct below *above)
{
	struct stat st, old;
	size_t before = s->found->n;
	int r = look_up(s->upper, path, &st), was;

	if (r <= 0)	/* it is gone since */
		return r;
	was = look_up(s->lower, path, &old);
	if (was < 0)
		return was;
	if (S_ISDIR(st.st_mode))
		r = visit_dir(s, path, &st, was ? &old : NULL);
	else if (is_whiteout(&st))
		was ? add(s, CHANGE_DELETED, path) : (void)0;
	else if (was)
		add(s, CHANGE_MODIFIED, path);
	else if (!is_mount_place(s, path, &st))
		add(s, CHANGE_ADDED, path);
	if (s->found->n > before)
		above->shown = true;
	else
		above->hidden = true;
	return r < 0 ? r : 0;
}

static int
by_path(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return strcmp(x->path, y->path);
}

int
container_upper(const struct engine *e, const struct container *c)
{
	autoclose int dir = container_dir(e, c);
	autoclose int upper = -EBADF;

	if (dir < 0)
		return dir;
	if (c->rootfs || faccessat(dir, "copied", F_OK, 0) == 0)
		return fail_plain(ENOTSUP, "container %s: its root is %s, not an overlay: "
					   "nobody knows what it was before", c->name,
				  c->rootfs ? "a directory of the host" : "a copy");
	upper = openat(dir, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return upper < 0 ? fail(errno, "container %s: open upper", c->name) : take_fd(upper);
}

int
changes_list(const struct engine *e, const struct container *c, struct changes *list)
{
	autoclose int upper = container_upper(e, c), mount = -EBADF, lower = -EBADF;
	struct search s = { .c = c, .upper = upper, .found = list,
			    .opaque = e->rootless ? "user.overlay.opaque" :
						    "trusted.overlay.opaque" };

	*list = (struct changes){ 0 };
	if (upper < 0)
		return upper;
	mount = overlay_mount(e, &(struct overlay){
		.layers = c->layers, .upper = -EBADF, .work = -EBADF });
	if (mount < 0)
		return mount;
	lower = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lower < 0)
		return fail(errno, "open the image of container %s", c->name);
	s.lower = lower;
	int r = visit_below(&s, "", &(struct below){ 0 });
	if (list->n)
		qsort(list->at, list->n, sizeof(*list->at), by_path);
	return wrap(r, "container %s", c->name);
}

void
changes_done(struct changes *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->at[i].path);
	free(list->at);
	*list = (struct changes){ 0 };
}
