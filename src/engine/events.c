#include "engine/events.h"
#include "engine/lock.h"
#include "engine/pairs.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"
#include "libocispec/document.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>

#define EVENTS	   "events.jsonl"
#define EVENTS_OLD EVENTS ".1"

enum { LINE_MAX_BYTES = 4096, FILE_MAX_BYTES = 8 << 20 };

static TYPE(event_actor, "actor",
	F_STRING(event_actor, id, "ID"),
	F_MAP(event_actor, attributes, "Attributes", oci_pair),
);

TYPE(event, "event",
	F_STRING(event, type, "Type", .must = true),
	F_STRING(event, action, "Action", .must = true),
	F_OBJECT(event, actor, "Actor", event_actor),
	F_STRING(event, scope, "scope"),
	F_INT(event, time, "time"),
	F_INT(event, time_nano, "timeNano", .must = true),
	F_STRING(event, status, "status"),
	F_STRING(event, id, "id"),
	F_STRING(event, from, "from"),
);

static struct oci_pair **
read_pairs(va_list ap)
{
	struct oci_pair **pairs = NULL;
	const char *key;

	while ((key = va_arg(ap, const char *))) {
		const char *value = va_arg(ap, const char *);
		autofree char *text = str_utf8(value ? value : "");

		pairs_set(&pairs, key, text);
	}
	return pairs;
}

/* A line must go in one write, or lines of several processes would mix. */
static char *
line_of(const struct event *event)
{
	autofree char *text = oci_encode(&event_type, event, OCI_COMPACT);
	struct event_actor actor = { .id = event->actor->id };
	struct event bare = *event;

	if (strlen(text) < LINE_MAX_BYTES)
		return xasprintf("%s\n", text);
	bare.actor = &actor;
	autofree char *shorter = oci_encode(&event_type, &bare, OCI_COMPACT);
	return xasprintf("%s\n", shorter);
}

/* Another may do it at this moment, or have done it: then there is nothing to do. */
static void
rotate(const struct engine *e)
{
	autoclose int lock = lock_try_at(e->root_fd, EVENTS ".lock", LOCK_WHOLE);
	struct stat st;

	if (lock < 0 || fstatat(e->root_fd, EVENTS, &st, 0) < 0 || st.st_size < FILE_MAX_BYTES)
		return;
	renameat(e->root_fd, EVENTS, e->root_fd, EVENTS_OLD);
}

static void
append(const struct engine *e, const char *line)
{
	autoclose int fd = openat(e->root_fd, EVENTS, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
				  0600);
	struct stat st;

	if (fd < 0)
		return;
	ssize_t ignored = write(fd, line, strlen(line));
	(void)ignored;
	if (fstat(fd, &st) == 0 && st.st_size >= FILE_MAX_BYTES)
		rotate(e);
}

void
event_add(const struct engine *e, const char *type, const char *action, const char *id, ...)
{
	autowords words = err_keep();
	struct timespec now;
	va_list ap;

	clock_gettime(CLOCK_REALTIME, &now);
	va_start(ap, id);
	struct event_actor actor = { .id = xstrdup(id), .attributes = read_pairs(ap) };
	va_end(ap);
	struct event event = {
		.type = (char *)type, .action = (char *)action, .actor = &actor, .scope = "local",
		.time = { now.tv_sec, true },
		.time_nano = { now.tv_sec * 1000000000LL + now.tv_nsec, true },
	};
	autofree char *line = line_of(&event);

	append(e, line);
	oci_done(&event_actor_type, &actor);
}

/* --- reading --------------------------------------------------------------------- */

/* A file of events, read line by line; fd is -EBADF if there is none. */
struct lines {
	int fd;
	struct str rest;	/* of a line that is not whole yet */
};

static bool
read_line(const char *line, size_t len, struct event *event)
{
	const struct oci_source source = { .name = EVENTS, .text = line, .len = len };
	autowords words = err_keep();

	return oci_decode(&event_type, &source, event) == 0;
}

/* As docker: of volumes they tell nothing. */
static void
add_older_words(struct event *event)
{
	const struct event_actor *a = event->actor;
	const char *image = a ? pairs_get(a->attributes, "image") : NULL;

	if (!a || !a->id || event->status ||
	    !strv_has((char *[]){ "container", "image", NULL }, event->type))
		return;
	event->status = xstrdup(event->action);
	event->id = xstrdup(a->id);
	event->from = image ? xstrdup(image) : NULL;
}

/* What is no event is passed over. */
static int
tell_line(const struct events_query *q, const char *line, size_t len)
{
	struct event event = { 0 };
	int r = 0;

	if (!read_line(line, len, &event))
		return 0;
	add_older_words(&event);
	if (event.time_nano.v >= q->since && event.time_nano.v < q->until)
		r = q->tell(q->arg, &event);
	oci_done(&event_type, &event);
	return r;
}

/* All whole lines; what is behind them is kept. */
static int
tell_lines(const struct events_query *q, struct str *text)
{
	const char *at = text->s, *end;
	int r = 0;

	while (r == 0 && at && (end = strchr(at, '\n'))) {
		r = tell_line(q, at, (size_t)(end - at));
		at = end + 1;
	}
	struct str rest = { 0 };
	str_add(&rest, at ? at : "");
	str_done(text);
	*text = rest;
	return r;
}

/* Up to the end that the file has now. */
static int
read_lines(struct lines *l, const struct events_query *q)
{
	char piece[1 << 16];
	ssize_t n;
	int r = 0;

	while (r == 0 && l->fd >= 0 && (n = read(l->fd, piece, sizeof(piece))) > 0) {
		str_addn(&l->rest, piece, (size_t)n);
		r = tell_lines(q, &l->rest);
	}
	return r;
}

static void
lines_open(struct lines *l, const struct engine *e, const char *name)
{
	close_at(&l->fd);
	str_done(&l->rest);
	l->fd = openat(e->root_fd, name, O_RDONLY | O_CLOEXEC);
}

/* Whether the name is that of another file by now. */
static bool
was_rotated(const struct lines *l, const struct engine *e)
{
	struct stat ours, now;

	if (fstatat(e->root_fd, EVENTS, &now, 0) < 0)
		return false;
	return l->fd < 0 || fstat(l->fd, &ours) < 0 || ours.st_ino != now.st_ino;
}

static int
read_more(struct lines *l, const struct engine *e, const struct events_query *q)
{
	bool rotated = was_rotated(l, e);	/* asked first: then all of the old file is there */
	int r = read_lines(l, q);

	if (r || !rotated)
		return r;
	lines_open(l, e, EVENTS);
	return read_lines(l, q);
}

/* How long to wait for the end of the time that was asked for; -1: there is none. */
static int
wait_ms(const struct events_query *q)
{
	struct timespec now;

	if (q->until == INT64_MAX)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t ms = (q->until - now.tv_sec * 1000000000LL - now.tv_nsec) / 1000000;
	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms + 1;
}

static int
follow(int watch, struct lines *l, const struct engine *e, const struct events_query *q)
{
	struct pollfd p = { .fd = watch, .events = POLLIN };
	char ignored[4096];
	int r = 0;

	while (r == 0) {
		int n = poll(&p, 1, wait_ms(q));

		if (n < 0 && errno != EINTR)
			return fail(errno, "wait for events");
		if (n == 0)
			return 0;
		if (n > 0 && read(watch, ignored, sizeof(ignored)) < 0 && errno != EAGAIN)
			return fail(errno, "wait for events");
		r = read_more(l, e, q);
	}
	return r;
}

/* Before the files are read, so that nothing is missed in between. */
static int
watch_root(const struct engine *e)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	const uint32_t what = IN_MODIFY | IN_CREATE | IN_MOVED_TO;

	if (fd < 0 || inotify_add_watch(fd, e->root, what) < 0) {
		int r = fail(errno, "watch %s", e->root);

		close_at(&fd);
		return r;
	}
	return fd;
}

int
events_read(const struct engine *e, const struct events_query *q)
{
	autoclose int watch = q->follow ? watch_root(e) : -EBADF;
	struct lines l = { .fd = -EBADF };
	int r;

	if (q->follow && watch < 0)
		return watch;
	lines_open(&l, e, EVENTS_OLD);
	r = read_lines(&l, q);
	lines_open(&l, e, EVENTS);
	r = r ? r : read_lines(&l, q);
	if (r == 0 && q->follow)
		r = follow(watch, &l, e, q);
	close_at(&l.fd);
	str_done(&l.rest);
	return r;
}
