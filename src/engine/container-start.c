#include "engine/container.h"

#include "engine/ending.h"
#include "engine/lock.h"
#include "engine/monitor/monitor.h"
#include "engine/oci.h"
#include "engine/removal.h"
#include "engine/status.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/packet.h"
#include "base/str.h"

#include <sys/stat.h>

/* What a start, or the taking over of one, needs and gives to the monitor. */
struct starting {
	int dir, lock;
	int ours, theirs;		/* ends of the socket for the report */
};

static void
starting_done(struct starting *s)
{
	close_at(&s->dir);
	close_at(&s->lock);
	close_at(&s->ours);
	close_at(&s->theirs);
}

static int
prepare(const struct engine *e, const struct container *c, struct starting *s)
{
	int pair[2], r;

	s->dir = container_dir(e, c);
	if (s->dir < 0)
		return s->dir;
	s->lock = lock_try_at(s->dir, "monitor.lock", LOCK_WHOLE);
	if (s->lock == -EAGAIN && await_end(e, c, -EBADF) == 0)
		s->lock = lock_try_at(s->dir, "monitor.lock", LOCK_WHOLE);
	if (s->lock < 0)
		return s->lock;
	r = packet_pair(pair);
	if (r == 0) {
		s->ours = pair[0];
		s->theirs = pair[1];
	}
	return r;
}

/* The monitor's end is closed here: if it dies without a word we hear that. */
static int
await_report(struct starting *s)
{
	struct monitor_report report = { 0 };
	ssize_t n;

	close_at(&s->theirs);
	s->theirs = -EBADF;
	n = packet_recv(s->ours, &report, sizeof(report), NULL);
	if (n < 0)
		return (int)n;
	if (n != (ssize_t)sizeof(report))
		return fail_plain(ECHILD, "the monitor ended before the container ran");
	report.words[sizeof(report.words) - 1] = 0;
	return report.error < 0 ? fail_plain(-report.error, "%s", report.words) : 0;
}

static int
make_state(const struct engine *e, const struct container *c)
{
	/* Left by a monitor, or a runtime, that was killed at its work: what it made goes. */
	int r = oci_delete(e, c);

	if (r < 0)
		return r;
	if (mkdirat(e->state_fd, c->id, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return fail(errno, "mkdir %s/%s", e->state, c->id);
	container_clear_state(e, c);
	return mkdirat(e->state_fd, c->id, 0700) < 0 ?
		fail(errno, "mkdir %s/%s", e->state, c->id) : 0;
}

/* The record as it is now; whoever starts it wants it to run, also after the next boot. */
static int
read_and_forget_stop(const struct engine *e, const struct container *c, struct container **now)
{
	autoclose int lock = container_lock(e, c);
	int r = lock < 0 ? lock : container_find(e, c->id, now);

	if (r < 0 || !(*now)->user_stopped.v)
		return r;
	(*now)->user_stopped = (struct oci_bool){ 0 };
	return container_write(e, *now);
}

static int
fork_monitor(const struct engine *e, struct container *c, struct starting *s, int client)
{
	int r;

	debug("container %s: a monitor makes and starts it", c->name);
	r = monitor_fork(&(struct monitor_start){
		.e = e, .c = c, .lock = s->lock, .report = s->theirs, .client = client });
	return r < 0 ? r : await_report(s);
}

int
container_start(const struct engine *e, const struct container *c, int client)
{
	auto_(starting_done) struct starting s = { -EBADF, -EBADF, -EBADF, -EBADF };
	struct container *now = NULL;
	int r = prepare(e, c, &s);

	if (r == -EAGAIN)
		return fail_plain(EALREADY, "container %s is running", c->name);
	if (r == 0)
		r = read_and_forget_stop(e, c, &now);
	if (r == 0)
		r = make_state(e, c);
	if (r == 0)
		r = fork_monitor(e, now, &s, client);
	oci_free(&container_type, now);
	return r;
}

/* --- after a boot ----------------------------------------------------------------------------- */

static bool
is_for_each_boot(const struct container *c)
{
	const struct restart_policy *p = c->host->restart_policy;

	if (!p || !p->name)
		return false;
	return streq(p->name, "always") || (streq(p->name, "unless-stopped") && !c->user_stopped.v);
}

bool
container_waits_for_boot(const struct engine *e, const struct container *c)
{
	struct status *now;
	bool waits;

	if (!is_for_each_boot(c) || container_is_watched(e, c) || container_status(e, c, &now) < 0)
		return false;
	/* An error: a start was tried, and another boot may have what it lacked. */
	waits = !status_is_up(now) && (!streq(now->status, "created") || now->error);
	oci_free(&status_type, now);
	return waits;
}

/* --- after a monitor's death ----------------------------------------------------------------- */

static int
adopt(const struct engine *e, const struct container *c, struct starting *s)
{
	struct container *copy = oci_copy(&container_type, c);
	int r = monitor_fork(&(struct monitor_start){
		.e = e, .c = copy, .lock = s->lock, .report = s->theirs, .client = -EBADF,
		.adopt = true });

	oci_free(&container_type, copy);
	return r < 0 ? r : await_report(s);
}

/* It ended, or the host did, and nobody was there to write it down. */
static int
write_end(const struct engine *e, const struct container *c, int dir, const struct status *now)
{
	int r = oci_delete(e, c);

	if (r < 0)
		return r;
	container_clear_state(e, c);
	r = status_write(dir, now);
	if (r == 0 && c->host->auto_remove.v)
		r = container_erase(e, c, REMOVE_VOLUMES);
	/* It says no more than what is reckoned each time; who wants to remove it makes room. */
	return r == -ENOSPC || r == -EDQUOT ? 0 : r;
}

static bool
is_left_over(const struct engine *e, const struct container *c)
{
	return faccessat(e->state_fd, c->id, F_OK, 0) == 0 || oci_has_state(e, c);
}

static int
mend(const struct engine *e, const struct container *c, struct starting *s,
     const struct status *now)
{
	int r;

	if (status_is_up(now)) {
		r = adopt(e, c, s);
		fail_plain(1, "container %s: its monitor was killed; a new one has taken over",
			   c->name);
		return r < 0 ? r : 1;
	}
	r = write_end(e, c, s->dir, now);
	if (r < 0)
		return r;
	fail_plain(1, "container %s: %s; it is marked as %s", c->name,
	     now->error ? now->error : "its monitor was killed", now->status);
	return 1;
}

int
container_mend(const struct engine *e, const struct container *c)
{
	auto_(starting_done) struct starting s = { -EBADF, -EBADF, -EBADF, -EBADF };
	auto_(status_done) struct status written = { 0 };
	struct status *now = NULL;
	int r;

	if (container_is_watched(e, c))
		return 0;
	r = container_status(e, c, &now);
	if (r == 0)
		r = prepare(e, c, &s);
	if (r == 0)
		r = status_read(s.dir, &written);
	/* What is settled and left nothing needs no mending. */
	if (r == 0 && (status_is_up(now) || !streq(now->status, written.status) ||
		       is_left_over(e, c)))
		r = mend(e, c, &s, now);
	oci_free(&status_type, now);
	return r == -EAGAIN ? 0 : r;
}
