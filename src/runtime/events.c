/* events: what a container uses, and when memory ran out, one JSON object each. */
#include "runtime/cgroup/stats.h"
#include "runtime/state.h"

#include "base/err.h"
#include "base/log.h"
#include "kernel/pidfd.h"

#include <poll.h>
#include <sys/timerfd.h>

/* As runc has it, for whom engines wrote their readers. */
struct event {
	char *type, *id;
	struct stats *data;
};

static TYPE(event, "event",
	F_STRING(event, type, "type"),
	F_STRING(event, id, "id"),
	F_OBJECT(event, data, "data", stats),
);

struct events {
	const struct events_opts *opts;
	struct state state;
	struct cgroup cgroup;
	struct cgroup_oom oom;
	int init, timer;	/* a pidfd, a timerfd */
};

static void
events_done(struct events *e)
{
	close_at(&e->init);
	close_at(&e->timer);
	cgroup_oom_done(&e->oom);
	cgroup_done(&e->cgroup);
	state_done(&e->state);
}

static int
tell(const struct events *e, const char *type, struct stats *data)
{
	const struct event event = { (char *)type, e->state.id, data };
	autofree char *text = oci_encode(&event_type, &event, OCI_COMPACT);

	return e->opts->tell(e->opts->arg, text);
}

static int
tell_stats(const struct events *e)
{
	struct stats stats = { .cpu = NULL };
	int r = cgroup_stats(&e->cgroup, &stats);

	if (r == 0)
		r = tell(e, "stats", &stats);
	oci_done(&stats_type, &stats);
	return r;
}

static int
tell_oom(struct events *e)
{
	int r = cgroup_oom_happened(&e->oom);

	return r > 0 ? tell(e, "oom", NULL) : r;
}

static int
start_timer(struct events *e)
{
	uint64_t ns = e->opts->interval_ns;
	const struct timespec step = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };

	e->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (e->timer < 0 ||
	    timerfd_settime(e->timer, 0, &(struct itimerspec){ step, step }, NULL) < 0)
		return fail(errno, "timer");
	return 0;
}

/* What is missed while the reader is slow is missed. */
static int
on_timer(struct events *e)
{
	uint64_t n;

	return read(e->timer, &n, sizeof(n)) < 0 ? 0 : tell_stats(e);
}

/* 1 when it is over. */
static int
wait_and_tell(struct events *e)
{
	enum { OOM, TIMER, READER, END, N };
	struct pollfd fd[N] = {
		[OOM] = { e->oom.fd, e->oom.events, 0 },
		[TIMER] = { e->timer, POLLIN, 0 },
		[READER] = { e->opts->reader, 0, 0 },
		[END] = { e->init, POLLIN, 0 },
	};
	int r = 0;

	if (poll(fd, N, -1) < 0)
		return errno == EINTR ? 0 : fail(errno, "poll");
	if (fd[READER].revents)
		return 1;
	/* Also at the end: what ended the container may not have been reported yet. */
	if (fd[OOM].revents || fd[END].revents)
		r = tell_oom(e);
	if (r >= 0 && fd[TIMER].revents && !fd[END].revents)
		r = on_timer(e);
	return r < 0 ? r : fd[END].revents != 0;
}

static int
watch(struct events *e)
{
	int r = cgroup_oom_watch(&e->cgroup, &e->oom);

	if (r == -ENOENT) {
		warn("%s: nothing will tell when memory runs out", err_words());
		r = 0;
	}
	if (r == 0)
		r = start_timer(e);
	while (r == 0)
		r = wait_and_tell(e);
	return r < 0 ? r : 0;
}

static int
open_container(struct events *e, const struct runtime *rt)
{
	const struct record *record = &e->state.record;
	int r = state_find(&e->state, rt, e->opts->id);
	enum status status;

	if (r == 0)
		r = state_status(&e->state, &status, &e->init);
	if (r == 0 && e->init < 0)
		return fail(0, "container not running");
	if (r == 0)
		r = cgroup_from_record(&e->cgroup, record->cgroup_kind, record->cgroup_path);
	if (r == 0 && e->cgroup.kind == CGROUP_NONE)
		return fail(0, "the container has no cgroup");
	return r;
}

int
runtime_events(const struct runtime *rt, const struct events_opts *o)
{
	auto_(events_done) struct events e = {
		.opts = o, .state = STATE_EMPTY, .oom = CGROUP_OOM_EMPTY,
		.init = -EBADF, .timer = -EBADF,
	};
	int r = open_container(&e, rt);

	if (r < 0)
		return r;
	return o->once ? tell_stats(&e) : watch(&e);
}
