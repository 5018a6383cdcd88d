#include "base/file.h"

#include "base/err.h"
#include "base/str.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

int
fds_fill_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return fail(errno, "open /dev/null");
	return 0;
}

int
fd_read_all(int fd, const char *name, size_t max, char **text, size_t *len)
{
	struct stat st;
	size_t n = 0;

	if (fstat(fd, &st) < 0)
		return fail(errno, "stat %s", name);
	/* Files of /proc and pipes say 0; one byte more shows the end without another turn. */
	size_t room = st.st_size > 0 && (size_t)st.st_size <= max ? (size_t)st.st_size + 1 : 4096;
	autofree char *buf = xrealloc(NULL, room + 1, 1);

	for (;;) {
		ssize_t got = read(fd, buf + n, room - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(errno, "read %s", name);
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > max)
			return fail(EFBIG, "read %s: more than %zu bytes", name, max);
		if (n == room) {
			room *= 2;
			buf = xrealloc(buf, room + 1, 1);
		}
	}
	buf[n] = 0;
	*text = take(buf);
	if (len)
		*len = n;
	return 0;
}

int
file_read_at(int dir, const char *name, size_t max, char **text, size_t *len)
{
	autoclose int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return fail(errno, "open %s", name);
	return fd_read_all(fd, name, max, text, len);
}

int
fd_write_all(int fd, const char *name, const void *text, size_t len)
{
	const char *p = text;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(errno, "write %s", name);
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
fd_write_once(int fd, const char *name, const char *text)
{
	size_t len = strlen(text);
	ssize_t n = write(fd, text, len);

	if (n < 0)
		return fail(errno, "write %s", name);
	/* Half a value is another one. */
	return (size_t)n == len ? 0 : fail(EIO, "write %s: %zd of %zu bytes", name, n, len);
}

int
file_write_at(int dir, const char *name, const char *text)
{
	autoclose int fd = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? fail(errno, "open %s", name) : fd_write_once(fd, name, text);
}

enum replace { REPLACE_PLAINLY, REPLACE_SYNCED };

struct text {
	const void *s;
	size_t len;
};

static int
replace_at(int dir, const char *name, const struct text *text, mode_t mode, enum replace how)
{
	autofree char *tmp = xasprintf("%s.tmp", name);
	autoclose int fd =
		openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		return fail(errno, "create %s", tmp);

	int r = fd_write_all(fd, tmp, text->s, text->len);
	if (r == 0 && how == REPLACE_SYNCED && fsync(fd) < 0)
		r = fail(errno, "write %s", tmp);
	if (r == 0 && renameat(dir, tmp, dir, name) < 0)
		r = fail(errno, "rename %s to %s", tmp, name);
	if (r < 0)
		unlinkat(dir, tmp, 0);
	return r;
}

int
file_replace_at(int dir, const char *name, const void *text, size_t len, mode_t mode)
{
	return replace_at(dir, name, &(struct text){ text, len }, mode, REPLACE_PLAINLY);
}

int
file_replace_synced_at(int dir, const char *name, const void *text, size_t len, mode_t mode)
{
	return replace_at(dir, name, &(struct text){ text, len }, mode, REPLACE_SYNCED);
}

/* A file without a name, in the directory of that name. */
static int
open_nameless(const char *name, mode_t mode)
{
	const char *slash = strrchr(name, '/');
	autofree char *dir = slash ? xstrndup(name, (size_t)(slash - name) + 1) : xstrdup(".");

	return open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

static int
name_file(int fd, const char *name)
{
	int r = linkat(AT_FDCWD, fd_path(fd).s, AT_FDCWD, name, AT_SYMLINK_FOLLOW);

	return r < 0 ? -errno : 0;
}

int
file_place(const char *name, const void *text, size_t len, mode_t mode)
{
	autoclose int fd = open_nameless(name, mode);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		return file_replace_at(AT_FDCWD, name, text, len, mode);
	if (fd < 0)
		return fail(errno, "create %s", name);

	int r = fd_write_all(fd, name, text, len);
	if (r < 0)
		return r;
	r = name_file(fd, name);
	if (r == -EEXIST && (unlink(name) == 0 || errno == ENOENT))
		r = name_file(fd, name);
	return r < 0 ? fail(-r, "create %s", name) : 0;
}

/*
 * No fd goes down: a directory that is not empty in one that is not empty is
 * moved to the top, where its turn comes.  So neither the depth counts, nor
 * where ".." leads.
 */
struct removal {
	int top;
	const char *but;	/* in the top */
	unsigned moved;
	bool again;
};

static int
each_name(int dir, int (*entry)(struct removal *w, int dir, const char *name), struct removal *w)
{
	_Alignas(struct dirent64) char buf[2 * PATH_MAX];
	ssize_t n = 0;
	int r = 0;

	while (r >= 0 && (n = getdents64(dir, buf, sizeof(buf))) > 0)
		for (char *p = buf; r >= 0 && p < buf + n; p += ((struct dirent64 *)p)->d_reclen) {
			const char *name = ((struct dirent64 *)p)->d_name;

			if (!streq(name, ".") && !streq(name, ".."))
				r = entry(w, dir, name);
		}
	if (n < 0 && errno != ENOENT)	/* removed itself */
		return fail(errno, "list a directory");
	return r < 0 ? r : 0;
}

/* 1: gone; 0: a directory that is not empty. */
static int
remove_name(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 1;
	if (errno == EISDIR && (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT))
		return 1;
	return errno == ENOTEMPTY ? 0 : fail(errno, "remove %s", name);
}

static int
remove_or_move(struct removal *w, int dir, const char *name)
{
	char to[24];
	int r = remove_name(dir, name);

	if (r != 0)
		return r;
	do
		snprintf(to, sizeof(to), "removed.%u", w->moved++);
	while ((r = renameat(dir, name, w->top, to)) < 0 &&
	       (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR));
	return r < 0 ? fail(errno, "move %s", name) : 0;
}

static int
remove_in_top(struct removal *w, int dir, const char *name)
{
	int r = w->but && streq(name, w->but) ? 1 : remove_name(dir, name);

	if (r != 0)
		return r;
	w->again = true;
	autoclose int sub = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return sub < 0 ? fail(errno, "open %s", name) : each_name(sub, remove_or_move, w);
}

int
dir_remove_below(int dir, const char *but)
{
	struct removal w = { .top = dir, .but = but };
	int r;

	do {
		w.again = false;
		if (lseek(dir, 0, SEEK_SET) < 0)
			return fail(errno, "rewind a directory");
		r = each_name(dir, remove_in_top, &w);
	} while (r == 0 && w.again);
	return r;
}

int
tree_remove_at(int dir, const char *name)
{
	int r = remove_name(dir, name);

	if (r != 0)
		return r < 0 ? r : 0;
	autoclose int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(errno, "open %s", name);
	r = dir_remove_below(fd, NULL);
	if (r == 0 && unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = fail(errno, "remove %s", name);
	return r;
}

struct fd_path
fd_path(int fd)
{
	struct fd_path p;

	snprintf(p.s, sizeof(p.s), "/proc/self/fd/%d", fd);
	return p;
}
