#include "engine/container.h"

#include "engine/attach.h"
#include "engine/ending.h"
#include "engine/events.h"
#include "engine/status.h"

#include "kernel/pidfd.h"

#include "libocispec/document.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>

#define SETTLED_MS 1000

/* --- stop ------------------------------------------------------------------------------------- */

static uint64_t
signal_set(const char *status, const char *name)
{
	const char *line = strstr(status, name);

	return line ? strtoull(line + strlen(name), NULL, 16) : 0;
}

struct stopping {
	const struct container *c;
	int seconds;			/* -1: as configured */
	int signal;
	int process;
	const struct status *status;
};

/*
 * The first process of a pid namespace gets no signal that it neither catches nor blocks: to wait
 * for it to obey would be in vain.  Who names a time gets it all the same.
 */
static bool
is_deaf(const struct stopping *s)
{
	autofree char *name = xasprintf("/proc/%lld/status", (long long)s->status->pid.v);
	autofree char *text = NULL;
	uint64_t mask = 1ull << (s->signal - 1);
	const char *pid_mode = s->c->host->pid_mode;

	if (s->seconds >= 0 || (has_text(pid_mode) && !streq(pid_mode, "private")))
		return false;
	if (file_read_at(AT_FDCWD, name, 64u << 10, &text, NULL) < 0)
		return false;
	return !((signal_set(text, "\nSigCgt:") | signal_set(text, "\nSigBlk:")) & mask);
}

/* A program that has just begun may still come to catch it. */
static int64_t
ms_to_settle(const struct status *status)
{
	int64_t age = clock_since_ms(status->started_at);

	return age < 0 || age >= SETTLED_MS ? 0 : SETTLED_MS - age;
}

/* A negative time is for ever, as docker has it. */
static int64_t
ms_it_has(const struct stopping *s)
{
	int64_t seconds = s->seconds >= 0 ? s->seconds : container_stop_seconds(s->c);

	return seconds < 0 ? -1 : seconds * 1000;
}

static int
wait_for_end(int process, int64_t ms)
{
	return pidfd_wait_end(process, ms < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ms);
}

/* 0: it has ended, or its time is over. */
static int
ask_and_wait(const struct stopping *s)
{
	int64_t ms = ms_it_has(s), settle = ms_to_settle(s->status);
	int r = pidfd_signal(s->process, s->signal);

	if (ms >= 0 && settle > ms)
		settle = ms;
	if (r == 0)
		r = wait_for_end(s->process, settle);
	if (r == -ETIMEDOUT && !is_deaf(s))
		r = wait_for_end(s->process, ms < 0 ? -1 : ms - settle);
	return r == -ETIMEDOUT ? 0 : r;
}

static int
end_process(const struct engine *e, const struct stopping *s)
{
	int r;

	/* A paused one would never hear of it. */
	if (streq(s->status->status, "paused"))
		container_unpause(e, s->c);
	r = ask_and_wait(s);
	if (r >= 0) {
		r = pidfd_signal(s->process, SIGKILL);
		r = r == -ESRCH ? 0 : r;
	}
	return r;
}

static bool
is_up(const struct engine *e, const struct container *c)
{
	auto_(status_done) struct status status = { 0 };
	autoclose int process = container_open_process(e, c, &status);

	return process >= 0;
}

static bool
is_restarting(const struct engine *e, const struct container *c)
{
	autowords keep = err_keep();
	auto_(status_free) struct status *now = NULL;

	return container_status(e, c, &now) == 0 && streq(now->status, "restarting");
}

/* 1: it had ended by itself, and its monitor was about to start it again. */
static int
stop_once(const struct engine *e, const struct container *c,
	  const struct container_stopping *how)
{
	auto_(status_done) struct status status = { 0 };
	/* To the monitor: that of this life and of no later one.  It also wakes it. */
	autoclose int monitor = attach_open(e, c), process = -EBADF;
	struct stopping s = { .c = c, .seconds = how->seconds, .status = &status,
			      .signal = how->signal ? how->signal : container_stop_signal(c) };
	int r = monitor < 0 && !is_up(e, c) ? 0 : container_mark_stopped(e, c, monitor);

	if (r < 0)
		return r;
	/* Behind the mark: what is just being started is either up now, or meets the mark. */
	s.process = process = container_open_process(e, c, &status);
	if (process >= 0)
		r = end_process(e, &s);
	else if (process != -ESRCH)
		return process;
	if (r == 0)
		r = await_end(e, c, monitor);
	return r < 0 ? r : is_restarting(e, c);
}

int
container_stop(const struct engine *e, const struct container *c,
	       const struct container_stopping *how)
{
	int r;

	do
		r = stop_once(e, c, how);
	while (r > 0);
	if (r == 0)
		event_add(e, "container", "stop", c->id, "name", c->name, NULL);
	return r;
}

int
container_kill(const struct engine *e, const struct container *c, int signal)
{
	auto_(status_done) struct status status = { 0 };
	/* As docker: who ends it does not want it back. */
	bool ends = signal == SIGKILL || signal == container_stop_signal(c);
	autoclose int monitor = ends ? attach_open(e, c) : -EBADF;
	autoclose int process = container_open_process(e, c, &status);
	autofree char *text = xasprintf("%d", signal);
	int r;

	if (process < 0)
		return process;
	r = ends ? container_mark_stopped(e, c, monitor) : 0;
	if (r == 0)
		r = pidfd_signal(process, signal);
	if (r == -ESRCH)
		return fail_not_running(c);
	if (r < 0)
		return wrap(r, "container %s", c->name);
	event_add(e, "container", "kill", c->id, "name", c->name, "signal", text, NULL);
	/* What this does is known, and then it is done. */
	return signal == SIGKILL ? await_end(e, c, monitor) : 0;
}

/* --- wait ------------------------------------------------------------------------------------- */

int
container_wait(const struct engine *e, const struct container *c, enum container_wait what,
	       int *exit_code)
{
	autoclose int sock = attach_open(e, c);
	struct status *now;
	int r;

	if (sock >= 0) {
		struct attach none = { .in = -EBADF, .out = -EBADF, .err = -EBADF };

		r = attach_relay(e, c, sock, &none, exit_code);
		if (r == 0 && what == WAIT_REMOVED)
			r = await_end(e, c, -EBADF);
		/* A monitor that was killed tells nothing; what is to be known is in the record. */
		if (r != -ECONNRESET)
			return r;
	}
	r = container_status(e, c, &now);
	if (r < 0)
		return r;
	*exit_code = (int)now->exit_code.v;
	oci_free(&status_type, now);
	return 0;
}
