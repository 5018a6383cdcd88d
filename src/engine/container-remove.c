#include "engine/container.h"

#include "engine/attach.h"
#include "engine/ending.h"
#include "engine/lock.h"
#include "engine/removal.h"
#include "engine/status.h"

#include "kernel/pidfd.h"

#include "base/err.h"
#include "base/str.h"

#include <signal.h>

#define KILLED_MS 10000
#define TRIES	  100

/* It ends, whatever it does, and is not started again by its monitor. */
static int
kill_and_wait(const struct engine *e, const struct container *c)
{
	autoclose int monitor = attach_open(e, c);
	int r = container_mark_stopped(e, c, monitor);

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
	autoclose int process = container_open_process(e, c, &status);

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
