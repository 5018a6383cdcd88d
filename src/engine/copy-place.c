#include "engine/copy-place.h"

#include "engine/container.h"

#include "kernel/resolve.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"

#include <limits.h>

#define LINKS_MAX 40	/* as the kernel has it */

void
place_done(struct place *p)
{
	close_at(&p->root);
	close_at(&p->lock);
	close_at(&p->dir);
	close_at(&p->parent);
	free(p->path);
	free(p->leaf);
}

static int
not_found(const struct place *p)
{
	if (p->end->c)
		return fail_plain(ENOENT, "could not find the file %s in container %s",
				  p->end->path, p->end->c->name);
	return fail(ENOENT, "%s", p->end->path);
}

/* --- the root --------------------------------------------------------------------------------- */

static int
enter_host(struct place *p)
{
	autofree char *here = *p->end->path == '/' ? xstrdup("") : getcwd(NULL, 0);

	if (!here)
		return fail(errno, "the working directory");
	p->path = xasprintf("%s/%s", here, p->end->path);
	p->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return p->root < 0 ? fail(errno, "open /") : 0;
}

/* What an open directory or file is called below the root, in the eyes of the container. */
static char *
canonical(int root, int fd)
{
	struct fd_path links[] = { fd_path(root), fd_path(fd) };
	char text[2][PATH_MAX];

	for (size_t i = 0; i < 2; i++) {
		ssize_t n = readlink(links[i].s, text[i], sizeof(text[i]) - 1);

		text[i][n < 0 ? 0 : n] = 0;
	}
	const char *rest = streq(text[0], "/") ? text[1] : str_after(text[1], text[0]);
	return xstrdup(rest && !streq(rest, "/") ? rest : "");
}

/* What we mount in each container: see container.h. */
static const char *const etc_files[] = { "hosts", "hostname", "resolv.conf" };

/* The source of what is mounted there when the container runs, and whether that can be written. */
static char *
source_of(const struct engine *e, const struct container *c, const char *place, bool *read_only)
{
	const char *file = str_after(place, "/etc/");
	char *source = NULL;

	for (struct mount_point **m = c->mounts; m && *m; m++)
		if (streq((*m)->destination, place) && has_text((*m)->source)) {
			*read_only = (*m)->rw.set && !(*m)->rw.v;
			free(source);
			source = xstrdup((*m)->source);
		}
	for (size_t i = 0; !source && file && i < countof(etc_files); i++)
		if (streq(file, etc_files[i])) {
			*read_only = false;
			source = xasprintf("%s/containers/%s/%s", e->root, c->id, file);
		}
	return source;
}

/* Where these components lead to, in the eyes of the container. */
static char *
place_of(const struct place *p, const char *base, char *const *parts, size_t n)
{
	autostr path = { 0 };
	autofree char *above = NULL, *name = NULL;
	autowords words = err_keep();
	autoclose int fd = -EBADF;

	for (size_t i = 0; i < n; i++)
		str_addf(&path, "/%s", parts[i]);
	fd = resolve_open(p->root, path.len ? path.s : "/", O_PATH);
	if (fd >= 0) {
		name = canonical(p->root, fd);
		return xasprintf("%s%s", base, name);
	}
	/* What was never mounted may not be there, and is no link then. */
	above = n ? place_of(p, base, parts, n - 1) : xstrdup(base);
	return xasprintf("%s/%s", above, n ? parts[n - 1] : "");
}

static char *
join(char *const *parts, const char *slash)
{
	autostr path = { 0 };

	for (; parts && *parts; parts++)
		str_addf(&path, "/%s", *parts);
	str_add(&path, path.len ? slash : "/");
	return str_take(&path);
}

/* Goes on at the source of the mount; that may be a file. */
static int
enter_mount(struct place *p, const char *source, char *const *rest, const char *end)
{
	const char *slash = strrchr(source, '/');
	autofree char *parent = xstrndup(source, slash ? (size_t)(slash - source) + 1 : 0);
	int fd = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool is_file = fd == -1 && errno == ENOTDIR && slash;

	if (is_file)
		fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(errno, "open %s", source);
	close_at(&p->root);
	p->root = fd;
	free(p->path);
	p->path = is_file ? xstrdup(slash) : join(rest, end);
	p->is_mount = is_file;
	return is_file && *rest ? fail(ENOTDIR, "%s", p->end->path) : 0;
}

/* The way leads out of it again, perhaps. */
static bool
goes_up(char *const *parts)
{
	return strv_has(parts, "..");
}

/*
 * In a container that does not run nothing is mounted: the way to a place leads to the source of
 * the last mount on it.  Links in a volume that lead out of it are not
 * followed into the container, but end at the volume's root.
 */
static int
enter_mounts(const struct engine *e, struct place *p)
{
	autofree char *base = xstrdup("");
	const char *last = strrchr(p->path, '/');
	const char *end = !last ? "" : !last[1] ? "/" : streq(last, "/.") ? "/." : "";
	autostrv parts = strv_split(p->path, '/');
	size_t from = 0, n = strv_len(parts);
	int r = 0;

	if (streq(end, "/.") && n)
		free(take(parts[--n]));
	for (size_t i = 1; r == 0 && i <= n - from; i++) {
		autofree char *place = place_of(p, base, parts + from, i);
		bool read_only;
		autofree char *source = source_of(e, p->end->c, place, &read_only);

		if (!source || goes_up(parts + from + i))
			continue;
		p->read_only = read_only;
		free(base);
		base = take(place);
		from += i;
		i = 0;
		r = enter_mount(p, source, parts + from, end);
	}
	return r;
}

/* Nobody starts it while we are at its files; one that runs needs no such care. */
static int
keep_still(const struct engine *e, struct place *p)
{
	int r;

	p->lock = container_lock(e, p->end->c);
	if (p->lock < 0)
		return p->lock;
	r = container_is_up(e, p->end->c);
	if (r > 0)
		close_at(&p->lock);
	if (r > 0)
		p->lock = -EBADF;
	return r;
}

static int
enter_container(const struct engine *e, struct place *p)
{
	int up = keep_still(e, p);

	if (up < 0)
		return up;
	p->path = xasprintf("/%s", p->end->path);
	p->root = container_root(e, p->end->c);
	if (p->root < 0 || up)
		return p->root < 0 ? p->root : 0;
	p->read_only = p->end->c->host->readonly_rootfs.v;
	return enter_mounts(e, p);
}

/* --- the end of the path ------------------------------------------------------------------ */

/* Takes slashes from the end, and the name; NULL if there is none. */
static char *
split_leaf(char *path)
{
	size_t n = strlen(path);
	char *slash;

	while (n && path[n - 1] == '/')
		path[--n] = 0;
	slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	char *leaf = xstrdup(slash + 1);
	slash[1] = 0;
	return leaf;
}

static bool
is_name(const char *leaf)
{
	return leaf && !streq(leaf, ".") && !streq(leaf, "..");
}

/* The path itself is a directory, or it is an error. */
static int
open_dir(struct place *p, const char *path)
{
	p->dir = resolve_open(p->root, path, O_RDONLY | O_DIRECTORY);
	if (p->dir == -ENOENT)
		return not_found(p);
	if (p->dir == -ENOTDIR)
		return fail(ENOTDIR, "%s", p->end->path);
	p->is_there = true;
	return p->dir < 0 ? p->dir : 0;
}

static int
open_parent(struct place *p, const char *path)
{
	close_at(&p->parent);
	p->parent = resolve_open(p->root, path, O_RDONLY | O_DIRECTORY);
	return p->parent == -ENOENT ? not_found(p) : p->parent < 0 ? p->parent : 0;
}

/* The path that a link stands for: read here, and resolved below the root again. */
static int
follow(struct place *p, char **path)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(p->parent, p->leaf, target, sizeof(target) - 1);

	if (n < 0)
		return fail(errno, "read link %s", p->leaf);
	target[n] = 0;
	char *next = xasprintf("%s%s", *target == '/' ? "" : *path, target);
	free(*path);
	*path = next;
	return 0;
}

/* 1: it was a link, and *path is where that leads. */
static int
look_at_leaf(struct place *p, enum place_link how, char **path)
{
	struct stat st;

	if (fstatat(p->parent, p->leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(errno, "stat %s", p->end->path);
	if (S_ISLNK(st.st_mode) && (how == PLACE_LINK_FOLLOWED || p->asks_dir)) {
		int r = follow(p, path);

		return r < 0 ? r : 1;
	}
	p->is_there = true;
	if (!S_ISDIR(st.st_mode))
		return p->asks_dir ? fail(ENOTDIR, "%s", p->end->path) : 0;
	p->dir = openat(p->parent, p->leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return p->dir < 0 ? fail(errno, "open %s", p->end->path) : 0;
}

static int
find_end(struct place *p, enum place_link how)
{
	autofree char *path = xstrdup(p->path);

	for (int links = 0; links <= LINKS_MAX; links++) {
		autofree char *whole = xstrdup(path);
		int r;

		free(p->leaf);
		p->leaf = split_leaf(path);
		if (!is_name(p->leaf))
			return open_dir(p, whole);
		r = open_parent(p, path);
		if (r == 0)
			r = look_at_leaf(p, how, &path);
		if (r <= 0)
			return r;
	}
	return fail(ELOOP, "%s", p->end->path);
}

int
place_find(const struct engine *e, const struct copy_end *end, enum place_link how,
	   struct place *p)
{
	autofree char *path = xasprintf("/%s", end->path);
	const char *last = strrchr(path, '/');
	int r;

	p->end = end;
	p->asks_dir = !last[1];
	/* Of the root there is no name, and ".." has none that anybody said. */
	p->is_content = streq(last, "/.") || streq(last, "/..") ||
			strspn(path, "/") == strlen(path);
	r = end->c ? enter_container(e, p) : enter_host(p);
	return r < 0 ? r : find_end(p, how);
}

char *
place_name(const struct place *p)
{
	autofree char *path = xasprintf("/%s", p->end->path);

	return split_leaf(path);
}
