#include "engine/container.h"

#include "engine/attach.h"
#include "engine/ending.h"
#include "engine/events.h"
#include "engine/lock.h"
#include "engine/names.h"
#include "engine/oci.h"
#include "engine/removal.h"
#include "engine/status.h"

#include "kernel/pidfd.h"

#include "libocispec/document.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/signals.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>

#define STOP_SECONDS 10
#define SETTLED_MS   1000
#define KILLED_MS    10000
#define TRIES	     100

static int
not_running(const struct container *c)
{
	return fail_plain(ESRCH, "container %s is not running", c->name);
}

/* An fd of its first process. */
static int
open_process(const struct engine *e, const struct container *c, struct status *status)
{
	struct status *now;
	int r = container_status(e, c, &now), fd = r;

	if (r == 0) {
		fd = status_is_up(now) ? status_open_process(now) : not_running(c);
		if (fd == -ESRCH)
			fd = not_running(c);
		*status = *now;
		free(now);
	}
	return fd;
}

static int
write_mark(const struct engine *e, const struct container *c)
{
	autoclose int lock = container_lock(e, c);
	struct container *now;
	int r = lock < 0 ? lock : container_find(e, c->id, &now);

	if (r < 0)
		return r;
	if (!now->user_stopped.v) {
		now->user_stopped = (struct oci_bool){ true, true };
		r = container_write(e, now);
	}
	oci_free(&container_type, now);
	return r;
}

/*
 * A restart policy is not to start it again.  Only behind this is it made to end.  A full disk must
 * not keep anybody from ending it: its monitor is told so by a signal then.
 */
static int
mark_stopped(const struct engine *e, const struct container *c, int monitor)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);
	int r = write_mark(e, c);

	if (r != -ENOSPC && r != -EDQUOT && r != -EROFS && r != -EIO)
		return r;
	if (monitor >= 0 && getsockopt(monitor, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    peer.pid > 0)
		kill(peer.pid, SIGTERM);
	return 0;
}

/* --- stop ------------------------------------------------------------------------------------- */

static uint64_t
signal_set(const char *status, const char *name)
{
	const char *line = strstr(status, name);

	return line ? strtoull(line + strlen(name), NULL, 16) : 0;
}

/*
 * The first process of a pid namespace gets no signal that it neither catches nor blocks: to wait
 * for it to obey would be in vain.
 */
static bool
is_deaf_to(const struct container *c, const struct status *status, int signal)
{
	autofree char *name = xasprintf("/proc/%lld/status", (long long)status->pid.v);
	autofree char *text = NULL;
	uint64_t mask = 1ull << (signal - 1);
	const char *pid_mode = c->host->pid_mode;

	if (has_text(pid_mode) && !streq(pid_mode, "private"))
		return false;
	if (file_read_at(AT_FDCWD, name, 64u << 10, &text, NULL) < 0)
		return false;
	return !((signal_set(text, "\nSigCgt:") | signal_set(text, "\nSigBlk:")) & mask);
}

/* A program that has just begun may still come to catch it. */
static int
ms_to_settle(const struct status *status)
{
	int64_t age = clock_since_ms(status->started_at);

	return age < 0 || age >= SETTLED_MS ? 0 : (int)(SETTLED_MS - age);
}

struct stopping {
	const struct container *c;
	int seconds;			/* -1: as configured */
	int signal;
	int process;
	const struct status *status;
};

static int
stop_signal(const struct container *c)
{
	int signal = has_text(c->config->stop_signal) ? signal_number(c->config->stop_signal) : 0;

	return signal > 0 ? signal : SIGTERM;
}

static int64_t
seconds_to_wait(const struct stopping *s)
{
	const struct oci_int *configured = &s->c->config->stop_timeout;

	if (s->seconds >= 0)
		return s->seconds;
	return configured->set ? configured->v : STOP_SECONDS;
}

/* 0: it has ended, or its time is over. */
static int
ask_and_wait(const struct stopping *s)
{
	int64_t seconds = seconds_to_wait(s);
	/* A negative time is for ever, as docker has it. */
	int64_t ms = seconds < 0 ? INT_MAX : seconds * 1000, settle = ms_to_settle(s->status);
	int r = 0;

	if (s->seconds >= 0)
		settle = 0;	/* who names a time gets it */
	if (settle || s->seconds >= 0 || !is_deaf_to(s->c, s->status, s->signal))
		r = pidfd_signal(s->process, s->signal);
	if (r < 0)
		return r;
	r = pidfd_wait_end(s->process, (int)(settle < ms ? settle : ms));
	if (r != -ETIMEDOUT || (s->seconds < 0 && is_deaf_to(s->c, s->status, s->signal)))
		return r == -ETIMEDOUT ? 0 : r;
	ms -= settle;
	r = pidfd_wait_end(s->process, seconds < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ms);
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
	autoclose int process = open_process(e, c, &status);

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
			      .signal = how->signal ? how->signal : stop_signal(c) };
	int r = monitor < 0 && !is_up(e, c) ? 0 : mark_stopped(e, c, monitor);

	if (r < 0)
		return r;
	/* Behind the mark: what is just being started is either up now, or meets the mark. */
	s.process = process = open_process(e, c, &status);
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
	bool ends = signal == SIGKILL || signal == stop_signal(c);
	autoclose int monitor = ends ? attach_open(e, c) : -EBADF;
	autoclose int process = open_process(e, c, &status);
	autofree char *text = xasprintf("%d", signal);
	int r;

	if (process < 0)
		return process;
	r = ends ? mark_stopped(e, c, monitor) : 0;
	if (r == 0)
		r = pidfd_signal(process, signal);
	if (r == -ESRCH)
		return not_running(c);
	if (r < 0)
		return wrap(r, "container %s", c->name);
	event_add(e, "container", "kill", c->id, "name", c->name, "signal", text, NULL);
	/* What this does is known, and then it is done. */
	return signal == SIGKILL ? await_end(e, c, monitor) : 0;
}

/* --- pause ------------------------------------------------------------------------------------ */

static int
change_pause(const struct engine *e, const struct container *c, const char *verb, const char *to)
{
	autoclose int lock = container_lock(e, c);
	autoclose int dir = lock < 0 ? lock : container_dir(e, c);
	struct status *now = NULL;
	int r = dir < 0 ? dir : container_status(e, c, &now);

	if (r < 0)
		return r;
	if (!status_is_up(now))
		r = not_running(c);
	else if (streq(now->status, to))
		r = fail_plain(EALREADY, "container %s is %s", c->name,
			 streq(to, "paused") ? "paused already" : "not paused");
	if (r == 0)
		r = wrap(oci_verb(e, c, verb), "container %s", c->name);
	if (r == 0) {
		status_set(&now->status, to);
		r = status_write(dir, now);
	}
	oci_free(&status_type, now);
	if (r == 0)
		event_add(e, "container", streq(to, "paused") ? "pause" : "unpause", c->id, "name",
			  c->name, NULL);
	return r;
}

int
container_pause(const struct engine *e, const struct container *c)
{
	return change_pause(e, c, "pause", "paused");
}

int
container_unpause(const struct engine *e, const struct container *c)
{
	return change_pause(e, c, "resume", "running");
}

/* --- wait and remove -------------------------------------------------------------------------- */

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

/* It ends, whatever it does, and is not started again by its monitor. */
static int
kill_and_wait(const struct engine *e, const struct container *c)
{
	autoclose int monitor = attach_open(e, c);
	int r = mark_stopped(e, c, monitor);

	if (r == 0)
		r = container_kill(e, c, SIGKILL);
	return r < 0 && r != -ESRCH ? r : await_end(e, c, monitor);
}

static int
in_use(const struct engine *e, const struct container *c)
{
	auto_(status_free) struct status *now = NULL;
	int r = container_status(e, c, &now);

	if (r < 0)
		return r;
	if (!status_is_up(now) && !streq(now->status, "restarting"))
		return await_end(e, c, -EBADF);
	return hint(fail_plain(EBUSY, "container %s is %s", c->name, now->status),
		    "stop it first, or use --force");
}

/* The monitor's lock: as long as we have it, nobody starts the container. */
static int
lock_against_start(const struct engine *e, const struct container *c,
		   const struct container_removal *how)
{
	autoclose int dir = container_dir(e, c);
	int r = dir, lock;

	for (int tried = 0; r >= 0 && tried < TRIES; tried++) {
		lock = lock_try_at(dir, "monitor.lock", LOCK_WHOLE);
		if (lock != -EAGAIN)
			return lock;
		r = how->how == REMOVE_FORCE ? kill_and_wait(e, c) : in_use(e, c);
	}
	return r < 0 ? r : fail_plain(EBUSY, "container %s is started again and again", c->name);
}

/* Its monitor was killed, and it lives: the runtime may not be able to end it any more. */
static void
kill_left_over(const struct engine *e, const struct container *c)
{
	auto_(status_done) struct status status = { 0 };
	autowords keep = err_keep();
	autoclose int process = open_process(e, c, &status);

	if (process >= 0 && pidfd_signal(process, SIGKILL) == 0)
		pidfd_wait_end(process, KILLED_MS);
}

int
container_remove(const struct engine *e, const struct container *c,
		 const struct container_removal *how)
{
	autoclose int lock = lock_against_start(e, c, how);
	int r;

	/* One with --rm has gone by itself. */
	if (lock == -ENOENT)
		return 0;
	if (lock < 0)
		return lock;
	kill_left_over(e, c);
	r = oci_delete(e, c);
	/* A runtime that is no longer there is no reason to keep the record for ever. */
	if (r == -ENOENT)
		oci_forget(e, c);
	else if (r < 0)
		return r;
	container_clear_state(e, c);
	return container_erase(e, c, how->volumes ? REMOVE_VOLUMES : KEEP_VOLUMES);
}
