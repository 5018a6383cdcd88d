#include "kernel/cgroupfs.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

/* Deeper than anybody nests, shallower than the limit of open files. */
#define DEPTH_MAX 200

/* cgroup.procs of the largest host: 4 million numbers of 7 digits. */
#define PROCS_MAX (32u << 20)

/* /proc/PID/cgroup: a path for each hierarchy. */
#define LIST_MAX (1u << 20)

/* A path as a person knows it. */
#define SHOWN CGROUPFS_ROOT "/%s"

static const char *
shown(const char *path)
{
	return strncmp(path, "./", 2) == 0 ? path + 2 : path;
}

/* Calls entry() for each subdirectory until it returns other than 0, and returns that. */
static int
each_dir(int dir, int (*entry)(void *arg, const char *name), void *arg)
{
	/* A cgroup's name may be as long as a path. */
	_Alignas(struct dirent64) char buf[2 * PATH_MAX];
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = getdents64(dir, buf, sizeof(buf))) > 0)
		for (char *p = buf; r == 0 && p < buf + n; p += ((struct dirent64 *)p)->d_reclen) {
			const struct dirent64 *d = (struct dirent64 *)p;

			if (d->d_type == DT_DIR && !streq(d->d_name, ".") &&
			    !streq(d->d_name, ".."))
				r = entry(arg, d->d_name);
		}
	return r == 0 && n < 0 ? fail(errno, "read a directory of " CGROUPFS_ROOT) : r;
}

/* -- what is mounted -- */

/* A hierarchy mounted twice, as "cpu" and as "cpuacct", is one with two names. */
static bool
is_alias(struct cgroupfs *fs, const char *dir, uint64_t id)
{
	for (struct cgroupfs_hierarchy *h = fs->h; h < fs->h + fs->n; h++)
		if (id != 0 && h->id == id) {
			size_t n = strlen(h->controllers);

			snprintf(h->controllers + n, sizeof(h->controllers) - n, ",%s", dir);
			return true;
		}
	return false;
}

static void
put_first(struct cgroupfs *fs, size_t i)
{
	struct cgroupfs_hierarchy first = fs->h[i];

	fs->h[i] = fs->h[0];
	fs->h[0] = first;
}

static int
add_hierarchy(struct cgroupfs *fs, const char *dir, const struct statfs *st)
{
	uint64_t id = (uint64_t)(unsigned)st->f_fsid.__val[0] << 32 | (unsigned)st->f_fsid.__val[1];
	struct cgroupfs_hierarchy *h = fs->h + fs->n;

	if (is_alias(fs, dir, id))
		return 0;
	if (fs->n == CGROUPFS_MAX || strlen(dir) >= sizeof(h->dir))
		return fail(E2BIG, CGROUPFS_ROOT "/%s: too many hierarchies", dir);
	snprintf(h->dir, sizeof(h->dir), "%s", dir);
	snprintf(h->controllers, sizeof(h->controllers), "%s", dir);
	h->id = id;
	h->v2 = st->f_type == CGROUP2_SUPER_MAGIC;
	fs->n++;
	return 0;
}

/* Directories are named by their controllers everywhere; links are further names for them. */
static int
add_mounted(void *arg, const char *name)
{
	char path[sizeof(CGROUPFS_ROOT) + 1 + NAME_MAX];
	struct statfs st;

	snprintf(path, sizeof(path), CGROUPFS_ROOT "/%s", name);
	if (statfs(path, &st) < 0)
		return fail(errno, "statfs %s", path);
	if (st.f_type != CGROUP_SUPER_MAGIC && st.f_type != CGROUP2_SUPER_MAGIC)
		return 0;
	return add_hierarchy(arg, name, &st);
}

static int
find_v1(struct cgroupfs *fs)
{
	autoclose int root = cgroupfs_open_root();

	if (root < 0)
		return root;

	int r = each_dir(root, add_mounted, fs);
	if (r < 0)
		return r;
	fs->version = fs->n ? CGROUPFS_V1 : CGROUPFS_NONE;
	for (size_t i = 0; i < fs->n; i++)
		if (streq(fs->h[i].dir, "freezer"))
			put_first(fs, i);
	for (size_t i = 0; i < fs->n; i++)
		if (fs->h[i].v2)
			put_first(fs, i);
	return 0;
}

int
cgroupfs_find(struct cgroupfs *fs)
{
	struct statfs st;

	*fs = (struct cgroupfs){ .version = CGROUPFS_NONE };
	if (statfs(CGROUPFS_ROOT, &st) < 0)
		return errno == ENOENT ? 0 : fail(errno, "statfs " CGROUPFS_ROOT);
	if (st.f_type != CGROUP2_SUPER_MAGIC)
		return find_v1(fs);
	fs->version = CGROUPFS_V2;
	return add_hierarchy(fs, ".", &st);
}

const struct cgroupfs_hierarchy *
cgroupfs_of(const struct cgroupfs *fs, const char *controller)
{
	size_t len = strlen(controller);

	for (const struct cgroupfs_hierarchy *h = fs->h; h < fs->h + fs->n; h++)
		for (const char *at = h->controllers; at && !h->v2; at = strchr(at, ',')) {
			at += *at == ',';
			if (strncmp(at, controller, len) == 0 && (at[len] == ',' || !at[len]))
				return h;
		}
	return NULL;
}

/* v2 is "0::/box"; where there are hierarchies of v1, theirs are other lines. */
int
cgroupfs_v2_path(pid_t pid, char **path)
{
	autofree char *name = pid ? xasprintf("/proc/%d/cgroup", pid) :
				    xstrdup("/proc/self/cgroup");
	autofree char *list = NULL;
	char *rest, *line;
	int r = file_read_at(AT_FDCWD, name, LIST_MAX, &list, NULL);

	for (rest = list; r >= 0 && (line = strsep(&rest, "\n"));) {
		const char *own = str_after(line, "0::");

		if (own) {
			*path = xstrdup(own);
			return 0;
		}
	}
	return r < 0 ? r : fail(ENOENT, "no cgroup v2 in %s", name);
}

/* -- files -- */

int
cgroupfs_open_root(void)
{
	int fd = open(CGROUPFS_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? fail(errno, "open " CGROUPFS_ROOT) : fd;
}

int
cgroupfs_open(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? fail(errno, "open " SHOWN, shown(path)) : (int)fd;
}

int
cgroupfs_write_fd(int fd, const char *path, const char *value)
{
	size_t len = strlen(value);
	ssize_t n = write(fd, value, len);

	if (n < 0)
		return fail(errno, "write \"%s\" to " SHOWN, value, shown(path));
	return (size_t)n == len ? 0 : fail(EIO, "write %s: %zd of %zu bytes", path, n, len);
}

int
cgroupfs_write(int root, const char *path, const char *value)
{
	autoclose int fd = cgroupfs_open(root, path, O_WRONLY);

	return fd < 0 ? fd : cgroupfs_write_fd(fd, path, value);
}

static int
read_small(int fd, const char *path, char *buf, size_t len)
{
	ssize_t n = pread(fd, buf, len, 0);

	if (n < 0)
		return fail(errno, "read " SHOWN, shown(path));
	if ((size_t)n == len)
		return fail(EFBIG, "read " SHOWN, shown(path));
	buf[n] = 0;
	if (n > 0 && buf[n - 1] == '\n')
		buf[n - 1] = 0;
	return 0;
}

int
cgroupfs_read(int root, const char *path, char *buf, size_t len)
{
	autoclose int fd = cgroupfs_open(root, path, O_RDONLY);

	return fd < 0 ? fd : read_small(fd, path, buf, len);
}

static int
fd_has(int fd, const char *path, const char *line)
{
	char text[4096];
	size_t len = strlen(line);
	int r = read_small(fd, path, text, sizeof(text));

	if (r < 0)
		return r;
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, line, len) == 0 && (at[len] == '\n' || !at[len]))
			return 1;
	}
	return 0;
}

int
cgroupfs_has(int root, const char *path, const char *line)
{
	autoclose int fd = cgroupfs_open(root, path, O_RDONLY);

	return fd < 0 ? fd : fd_has(fd, path, line);
}

/* The kernel reports a change since the last read, so that none between read and poll is lost. */
int
cgroupfs_await(int root, const char *path, const char *line, int timeout_ms)
{
	autoclose int fd = cgroupfs_open(root, path, O_RDONLY);
	int64_t end = clock_ms() + timeout_ms;
	struct pollfd event = { .fd = fd, .events = POLLPRI };

	if (fd < 0)
		return fd;
	for (;;) {
		int r = fd_has(fd, path, line);
		if (r != 0)
			return r < 0 ? r : 0;

		int64_t left = end - clock_ms();
		if (left <= 0)
			return fail(ETIMEDOUT, "wait for \"%s\" in " SHOWN, line, shown(path));
		if (poll(&event, 1, (int)left) < 0 && errno != EINTR)
			return fail(errno, "poll " SHOWN, shown(path));
	}
}

/* -- members -- */

void
cgroupfs_pids_done(struct cgroupfs_pids *pids)
{
	free(take(pids->pid));
}

/* A number 0 is a process of a pid namespace that is not ours: not to be named, so left out. */
static void
add_numbers(struct cgroupfs_pids *pids, char *text)
{
	char *rest;
	uint64_t n;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (parse_uint(line, INT32_MAX, &n) < 0 || n == 0)
			continue;
		if ((pids->n & (pids->n - 1)) == 0)	/* full at each power of two */
			pids->pid = xrealloc(pids->pid, pids->n ? pids->n * 2 : 1, sizeof(pid_t));
		pids->pid[pids->n++] = (pid_t)n;
	}
}

struct walk {
	struct cgroupfs_pids *pids;
	int dir, depth;
};

static int add_pids_below(void *arg, const char *name);

static int
add_pids_in(const struct walk *w)
{
	autofree char *text = NULL;
	int r = file_read_at(w->dir, "cgroup.procs", PROCS_MAX, &text, NULL);

	/* EOPNOTSUPP: a threaded cgroup, whose processes its parent lists. */
	if (r < 0 && r != -EOPNOTSUPP && r != -ENOENT && r != -ENODEV)
		return r;
	if (r == 0)
		add_numbers(w->pids, text);
	return each_dir(w->dir, add_pids_below, (void *)w);
}

static int
add_pids_below(void *arg, const char *name)
{
	const struct walk *up = arg;
	autoclose int dir = openat(up->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct walk w = { .pids = up->pids, .dir = dir, .depth = up->depth + 1 };

	if (dir < 0)	/* removed meanwhile */
		return errno == ENOENT || errno == ENODEV ? 0 : fail(errno, "open cgroup %s", name);
	if (w.depth > DEPTH_MAX)
		return fail(0, "cgroups nested more than %d deep", DEPTH_MAX);
	return add_pids_in(&w);
}

int
cgroupfs_add_pids(int root, const char *path, struct cgroupfs_pids *pids)
{
	autoclose int dir = cgroupfs_open(root, path, O_RDONLY | O_DIRECTORY);
	struct walk w = { .pids = pids, .dir = dir };

	return dir < 0 ? dir : add_pids_in(&w);
}

/* -- making and removing -- */

int
cgroupfs_make(int root, const char *path)
{
	return mkdirat(root, path, 0755) < 0 ? fail(errno, "make " SHOWN, shown(path)) : 0;
}

static int
keep_name(void *name, const char *found)
{
	snprintf(name, PATH_MAX, "%s", found);
	return 1;
}

static int
first_dir(int dir, char name[PATH_MAX])
{
	if (lseek(dir, 0, SEEK_SET) < 0)
		return fail(errno, "rewind a directory of " CGROUPFS_ROOT);
	return each_dir(dir, keep_name, name);
}

static int
step_to(int *dir, const char *name)
{
	int fd = openat(*dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return fail(errno, "open cgroup %s", name);
	close(*dir);
	*dir = fd;
	return 0;
}

/* 1: gone; 0: busy. */
static int
remove_in(int dir, const char *name)
{
	if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 1;
	return errno == EBUSY ? 0 : fail(errno, "remove cgroup %s", name);
}

/*
 * Removes what is below a directory.  One fd goes down to a cgroup without
 * children and up again, so that a container that nests its cgroups deeper
 * than there are descriptors or bytes in a path can be removed all the same.
 */
static int
remove_below(int root, const char *path)
{
	autoclose int dir = cgroupfs_open(root, path, O_RDONLY | O_DIRECTORY);
	char name[PATH_MAX];
	bool emptied = false;	/* we come up from a cgroup that has no children any more */
	int r = dir;

	for (size_t depth = 0; r >= 0;) {
		int found = first_dir(dir, name);
		int gone = found > 0 ? remove_in(dir, name) : 0;

		if (found < 0 || gone < 0 || (found == 0 && depth == 0))
			return found < 0 ? found : gone;
		if (found > 0 && !gone && emptied)
			return fail(EBUSY, "remove cgroup %s", name);
		emptied = found == 0;
		if (gone)
			continue;
		r = step_to(&dir, found ? name : "..");
		depth += found ? 1 : (size_t)-1;
	}
	return r;
}

int
cgroupfs_remove(int root, const char *path)
{
	if (unlinkat(root, path, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY)
		return fail(errno, "remove " SHOWN, shown(path));

	int r = remove_below(root, path);
	if (r == -ENOENT)	/* gone meanwhile */
		return 0;
	if (r == 0 && unlinkat(root, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return fail(errno, "remove " SHOWN, shown(path));
	return wrap(r, SHOWN, shown(path));
}
