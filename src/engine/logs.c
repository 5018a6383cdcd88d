#include "engine/logs.h"

#include "engine/container.h"
#include "engine/status.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#define CHUNK	      (64u << 10)
#define LOG_FILES_MAX 1000
#define LINE_MAX_     (256u << 10)	/* 16 KiB of text, each byte of it as \u00xx, and more */

TYPE(log_entry, "line of a log",
	F_STRING(log_entry, log, "log", .help = "the text"),
	F_STRING(log_entry, stream, "stream", .help = "stdout or stderr"),
	F_STRING(log_entry, time, "time", .help = "when it was read"),
);

struct reader {
	const struct engine *e;
	const struct container *c;
	const struct logs_request *req;
	int dir, fd, watch;
	struct str rest;		/* of a line that has no end yet */
};

static void
reader_done(struct reader *r)
{
	close_at(&r->dir);
	close_at(&r->fd);
	close_at(&r->watch);
	str_done(&r->rest);
}

static bool
is_wanted(const struct logs_request *req, const struct log_entry *entry)
{
	/* Times are UTC with nanoseconds, all of one form: they compare as text. */
	if (!entry->log || !entry->time)
		return false;
	if (req->since && strcmp(entry->time, req->since) < 0)
		return false;
	return !req->until || strcmp(entry->time, req->until) <= 0;
}

/* A line that is none, of a disk that was full, is passed over. */
static int
tell_line(const struct reader *r, const char *line, size_t n)
{
	struct log_entry entry = { 0 };
	struct oci_source source = { .name = "log.json", .text = line, .len = n };
	int result = 0;

	if (oci_decode(&log_entry_type, &source, &entry) == 0 && is_wanted(r->req, &entry))
		result = r->req->tell(r->req->arg, &entry);
	oci_done(&log_entry_type, &entry);
	return result;
}

static int
tell_lines(struct reader *r)
{
	char *at = r->rest.s, *end = at + r->rest.len;
	int result = 0;

	for (char *nl; result >= 0 && at < end && (nl = memchr(at, '\n', (size_t)(end - at)));
	     at = nl + 1)
		result = tell_line(r, at, (size_t)(nl - at));
	r->rest.len = (size_t)(end - at);
	memmove(r->rest.s, at, r->rest.len);
	if (r->rest.len > LINE_MAX_)
		r->rest.len = 0;
	return result;
}

/* From where the file stands to its end. */
static int
tell_rest(struct reader *r)
{
	autofree char *buf = xcalloc(CHUNK, 1);
	ssize_t n;
	int result = 0;

	while (result >= 0 && (n = read(r->fd, buf, CHUNK)) != 0) {
		if (n < 0)
			return fail(errno, "read log.json");
		str_addn(&r->rest, buf, (size_t)n);
		result = tell_lines(r);
	}
	return result;
}

/* --- the last lines --------------------------------------------------------------------------- */

static char *
file_name(unsigned i)
{
	return i ? xasprintf("log.json.%u", i) : xstrdup("log.json");
}

/*
 * Puts the file before the last *lines of its lines; they are counted down by as many as there
 * are.
 */
static int
seek_lines(int fd, int64_t *lines)
{
	autofree char *buf = xcalloc(CHUNK, 1);
	off_t at = lseek(fd, 0, SEEK_END);
	bool last = true;

	while (at > 0) {
		size_t part = at > (off_t)CHUNK ? CHUNK : (size_t)at;

		at -= (off_t)part;
		if (pread(fd, buf, part, at) != (ssize_t)part)
			return fail_plain(EIO, "read log.json");
		for (size_t i = part; i-- > 0; last = false) {
			if (buf[i] != '\n' || last)
				continue;
			if (--*lines == 0)
				return lseek(fd, at + (off_t)i + 1, SEEK_SET) < 0 ?
					fail(errno, "seek in log.json") : 0;
		}
	}
	--*lines;
	return lseek(fd, 0, SEEK_SET) < 0 ? fail(errno, "seek in log.json") : 0;
}

struct files { int fd[LOG_FILES_MAX + 1]; unsigned n; };

static void
files_done(struct files *f)
{
	while (f->n)
		close(f->fd[--f->n]);
}

/* The newest first, as far back as there are lines that are wanted. */
static int
open_files(const struct reader *r, struct files *f)
{
	int64_t lines = r->req->tail;
	int result = 0;

	while (result == 0 && f->n < countof(f->fd) && (lines != 0 || f->n == 0)) {
		autofree char *name = file_name(f->n);
		int fd = openat(r->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

		if (fd < 0)
			return errno == ENOENT ? 0 : fail(errno, "open %s", name);
		f->fd[f->n++] = fd;
		if (lines > 0)
			result = seek_lines(fd, &lines);
		else if (lines == 0)
			lseek(fd, 0, SEEK_END);
		if (lines < 0 && r->req->tail >= 0)
			lines = 0;
	}
	return result;
}

static int
tell_files(struct reader *r)
{
	auto_(files_done) struct files f = { .n = 0 };
	int result = open_files(r, &f);

	while (result >= 0 && f.n) {
		close_at(&r->fd);
		r->fd = f.fd[--f.n];
		result = tell_rest(r);
	}
	return result;
}

/* --- and those to come ------------------------------------------------------------------------ */

static bool
is_over(const struct reader *r)
{
	struct status *now;
	bool over;

	if (container_status(r->e, r->c, &now) < 0)
		return true;
	over = !status_is_up(now) && !streq(now->status, "restarting");
	oci_free(&status_type, now);
	return over;
}

/* The number of our file among the rotated ones; of one that is no more, that of the oldest + 1. */
static unsigned
number_of_ours(const struct reader *r)
{
	struct stat ours, st;
	unsigned i;

	if (r->fd < 0 || fstat(r->fd, &ours) < 0)
		ours.st_ino = 0;
	for (i = 0; i <= LOG_FILES_MAX; i++) {
		autofree char *name = file_name(i);

		if (fstatat(r->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			break;
		if (st.st_ino == ours.st_ino)
			break;
	}
	return i;
}

/* To the end of our file, and of those that came behind it. */
static int
tell_what_came(struct reader *r)
{
	for (;;) {
		int result = r->fd >= 0 ? tell_rest(r) : 0;
		unsigned i = result < 0 ? 0 : number_of_ours(r);

		if (i == 0)
			return result;
		autofree char *name = file_name(i - 1);
		int next = openat(r->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return errno == ENOENT ? 0 : fail(errno, "open %s", name);
		/* What came to the old one before it was renamed. */
		result = r->fd >= 0 ? tell_rest(r) : 0;
		close_at(&r->fd);
		r->fd = next;
		if (result < 0)
			return result;
	}
}

static int
watch(struct reader *r)
{
	r->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	/* A write to the log, its rotation, a new status.json, the removal of it all. */
	if (r->watch < 0 || inotify_add_watch(r->watch, fd_path(r->dir).s,
			IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVE_SELF | IN_DELETE_SELF) < 0)
		return fail(errno, "watch the log");
	return 0;
}

static void
await_change(const struct reader *r)
{
	_Alignas(struct inotify_event) char events[4096];
	struct pollfd p = { .fd = r->watch, .events = POLLIN };

	poll(&p, 1, -1);
	while (read(r->watch, events, sizeof(events)) > 0)
		;
}

static int
follow(struct reader *r)
{
	for (;;) {
		bool over = is_over(r);
		int result = tell_what_came(r);

		/* What was written before it ended has been told now. */
		if (result < 0 || over)
			return result;
		await_change(r);
	}
}

int
container_logs(const struct engine *e, const struct container *c, const struct logs_request *req)
{
	auto_(reader_done) struct reader r = {
		.e = e, .c = c, .req = req, .fd = -EBADF, .watch = -EBADF,
		.dir = container_dir(e, c),
	};
	const struct log_config *log = c->host->log_config;
	int result = r.dir;

	if (r.dir < 0)
		return r.dir;
	if (log && log->type && streq(log->type, "none"))
		return fail_plain(ENOTSUP, "container %s keeps no log: its --log-driver is none",
				  c->name);
	/* Watched before it is read: nothing falls between. */
	if (req->follow)
		result = watch(&r);
	if (result >= 0)
		result = tell_files(&r);
	return result >= 0 && req->follow ? follow(&r) : result;
}
