#include "servin-image/source.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"

#include <stdio.h>
#include <sys/stat.h>

static void
progress_tell(struct progress *p)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "%llu %llu %s\n", (unsigned long long)p->done,
			 (unsigned long long)p->total, p->what);

	/* Who does not listen any more is no reason to stop. */
	if (write(p->fd, line, (size_t)n) < 0)
		p->fd = -EBADF;
}

void
progress_add(struct progress *p, uint64_t n)
{
	if (!p || p->fd < 0)
		return;
	p->done += n;
	if (clock_ms() - p->told < 100)
		return;
	p->told = clock_ms();
	progress_tell(p);
}

void
progress_end(struct progress *p)
{
	if (p->fd >= 0)
		progress_tell(p);
}

/* As much as there is room for, unless the end comes first. */
static ssize_t
read_full(int fd, const char *name, char *buf, size_t room)
{
	size_t n = 0;

	while (n < room) {
		ssize_t got = read(fd, buf + n, room - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(errno, "read %s", name);
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

static ssize_t
file_next(struct source *s, const void **piece)
{
	struct file_source *f = (struct file_source *)s;
	ssize_t n = read_full(f->fd, f->name, f->buf, PIECE_MAX);

	*piece = f->buf;
	if (n > 0)
		progress_add(f->progress, (uint64_t)n);
	return n;
}

int
file_source_init(struct file_source *f, int fd, const char *name)
{
	*f = (struct file_source){ .source = { file_next }, .fd = fd, .name = name };
	if (lseek(fd, 0, SEEK_SET) < 0 && errno != ESPIPE)
		return fail(errno, "seek in %s", name);
	f->buf = xrealloc(NULL, PIECE_MAX, 1);
	return 0;
}

void
file_source_done(struct file_source *f)
{
	free(take(f->buf));
}

static ssize_t
tap_next(struct source *s, const void **piece)
{
	struct tap *t = (struct tap *)s;
	ssize_t n = t->of->next(t->of, piece);
	int r = 0;

	if (n <= 0)
		return n;
	if (t->hash)
		hash_add(t->hash, *piece, (size_t)n);
	if (t->keep)
		r = t->keep(t->arg, *piece, (size_t)n);
	return r < 0 ? r : n;
}

void
tap_init(struct tap *t, struct source *of)
{
	*t = (struct tap){ .source = { tap_next }, .of = of };
}

void
tap_done(struct tap *t)
{
	hash_free(take(t->hash));
}

int
source_drain(struct source *s)
{
	const void *piece;
	ssize_t n;

	do
		n = s->next(s, &piece);
	while (n > 0);
	return (int)n;
}

static int
spool(int from, int to, uint64_t max, struct progress *p)
{
	autofree char *buf = xrealloc(NULL, PIECE_MAX, 1);
	uint64_t all = 0;
	ssize_t n;

	while ((n = read_full(from, "the archive", buf, PIECE_MAX)) > 0) {
		all += (uint64_t)n;
		if (all > max)
			return fail_plain(EFBIG, "the archive has more than %llu bytes",
				    (unsigned long long)max);
		int r = fd_write_all(to, "a copy of the archive", buf, (size_t)n);
		if (r < 0)
			return r;
		progress_add(p, (uint64_t)n);
	}
	return (int)n;
}

static int
open_nameless(int dir)
{
	static const char name[] = "copy";
	int fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 || unlinkat(dir, name, 0) == 0 ? fd : -1;
}

int
seekable(int fd, int dir, uint64_t max, struct progress *p)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(errno, "stat the archive");
	if (S_ISREG(st.st_mode)) {
		p->total = (uint64_t)st.st_size;
		return fd;
	}
	autoclose int copy = open_nameless(dir);
	if (copy < 0)
		return fail(errno, "make a copy of the archive");
	int r = spool(fd, copy, max, p);
	p->total = p->done;
	p->done = 0;
	return r < 0 ? r : take_fd(copy);
}
