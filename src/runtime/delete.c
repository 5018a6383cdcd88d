/*
 * delete: the way back, from wherever the container is.
 *
 * It starts from the record, which was there before anything else, and ends
 * with it: each part can be done twice, so a delete that was killed is
 * simply begun again.  It succeeds only when nothing is left.
 */
#include "runtime/delete.h"

#include "runtime/cgroup/systemd.h"
#include "runtime/config.h"
#include "runtime/hooks.h"
#include "runtime/intelrdt.h"
#include "runtime/state.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/pidfd.h"

#include <signal.h>

#define END_MS 10000

/* What is noted helps a delete that comes after us.  No room for it must not hinder this one. */
static void
note(const struct state *s)
{
	if (state_save(s) < 0)
		debug("%s", err_words());
}

/* From now on it only goes one way, whatever happens to us. */
static void
mark_deleting(struct state *s)
{
	struct record *r = &s->record;

	if (streq(r->phase, PHASE_DELETING))
		return;
	if (streq(r->phase, PHASE_CREATING) && r->pid_file)
		unlink(r->pid_file);	/* create would have kept it only if it had succeeded */
	record_set_phase(r, PHASE_DELETING);
	note(s);
}

static int
kill_process(int pidfd, int timeout_ms)
{
	int r = pidfd_signal(pidfd, SIGKILL);

	if (r == -ESRCH)
		return 0;
	return r < 0 || !timeout_ms ? r : pidfd_wait_end(pidfd, timeout_ms);
}

/* A restore that was killed leaves the process that it had begun with. */
static int
end_unfinished(const struct state *s)
{
	autoclose int pidfd = state_open_init(s);

	if (pidfd == -ESRCH)
		return 0;
	return pidfd < 0 ? pidfd : kill_process(pidfd, END_MS);
}

/* Kills init, unless that is not to be. */
static int
end_init(const struct state *s, bool force)
{
	enum status status;
	autoclose int pidfd = -EBADF;

	if (streq(s->record.phase, PHASE_CREATING))
		return end_unfinished(s);
	int r = state_status(s, &status, &pidfd);
	if (r < 0 || pidfd < 0)
		return r;
	if (!force && (status == STATUS_RUNNING || status == STATUS_PAUSED))
		return fail(0, "cannot delete container %s that is not stopped: %s", s->id,
			    status_word(status));
	/* A frozen process dies when it is thawed, which ending the cgroup does. */
	return kill_process(pidfd, status == STATUS_PAUSED ? 0 : END_MS);
}

/*
 * Without its cgroup the unit has ended, and systemd will find that out.  To
 * wait until it has makes room for the next one of that name; but a systemd
 * that does not answer must not keep the container here for ever.  One that
 * has processes is another's, who was given the name.
 */
static void
stop_unit(const struct state *s)
{
	if (scope_stop_empty(s->record.unit) < 0)
		warn("%s", err_words());
}

static int
remove_cgroup(const struct state *s)
{
	auto_(cgroup_done) struct cgroup cg = { 0 };

	/* create was killed before it knew whether the unit is its own. */
	if (s->record.unit && !s->record.cgroup_path) {
		stop_unit(s);
		return 0;
	}
	int r = cgroup_from_record(&cg, s->record.cgroup_kind, s->record.cgroup_path);
	if (r < 0 || cg.kind == CGROUP_NONE)
		return r;
	/* A pid namespace of its own ends with init: who is there then is another's, and lives. */
	if (!s->record.own_pid_ns.v)
		r = cgroup_signal(&cg, SIGKILL);
	if (r == 0)
		r = cgroup_remove(&cg, END_MS);
	if (r == 0 && s->record.unit)
		stop_unit(s);
	return r;
}

/* Once, even if we are killed meanwhile: better none than one twice. */
static void
run_poststop(struct state *s, const struct oci_spec *spec)
{
	auto_(config_done) struct config config = { 0 };

	if (!s->record.poststop_due.v)
		return;
	if (!spec && config_read(&config, s->dir, "config.json") < 0) {
		warn("poststop hooks: %s", err_words());
		return;
	}
	const struct oci_hooks *h = spec ? spec->hooks : config.spec.hooks;
	if (!h || !h->poststop)
		return;
	s->record.poststop_due.v = false;
	note(s);
	auto_(oci_state_free_at) struct oci_state *doc =
		state_document(&s->record, status_word(STATUS_STOPPED), 0);
	hooks_run_all(h->poststop, &(struct hook_run){ .name = "poststop", .state = doc });
}

/*
 * A record that cannot be read, after a crash of the host say, leaves the
 * configuration, or the name alone, to tell where the cgroup was.
 */
static int
guess_record(struct state *s)
{
	auto_(config_done) struct config config = { 0 };
	auto_(cgroup_done) struct cgroup cg = { 0 };
	const char *path = NULL;

	warn("%s; deleting what can be found", err_words());
	if (config_read(&config, s->dir, "config.json") == 0 && config.spec.linux_)
		path = config.spec.linux_->cgroups_path;
	int r = cgroup_plan(&cg, path, s->id);
	if (r < 0)
		return r;
	s->record = (struct record){
		.id = xstrdup(s->id), .phase = xstrdup(PHASE_DELETING), .bundle = xstrdup(""),
		.cgroup_kind = xstrdup(cgroup_kind_word(cg.kind)),
		.cgroup_path = cg.path ? xstrdup(cg.path) : NULL,
	};
	return 0;
}

int
delete_rest(const struct runtime *rt, struct state *s, const struct oci_spec *spec)
{
	mark_deleting(s);
	int r = remove_cgroup(s);
	if (r == 0)
		r = intelrdt_remove_host(&s->record);
	if (r < 0)
		return r;
	run_poststop(s, spec);
	return state_remove(s, rt);
}

/* Of a container whose state is locked by us.  spec may be NULL: it is read then. */
static int
delete_state(const struct runtime *rt, struct state *s, const struct oci_spec *spec, bool force)
{
	int r = state_load(s);

	if (r == -ENOENT)	/* create was killed before it had made anything else */
		return state_remove(s, rt);
	if (r == -EINVAL && force)	/* it was read, and is no record */
		r = guess_record(s);
	if (r == 0)
		r = end_init(s, force);
	return r < 0 ? r : delete_rest(rt, s, spec);
}

static int
lock_and_delete(const struct runtime *rt, struct state *s, const struct oci_spec *spec)
{
	int r = state_lock(s);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return delete_state(rt, s, spec, true);
}

int
delete_own(const struct runtime *rt, struct state *s, const struct oci_spec *spec)
{
	int r = lock_and_delete(rt, s, spec);

	/* Nobody may come after us to delete it.  A shortage passes; what was busy had its time. */
	if (r < 0 && r != -EBUSY && r != -ETIMEDOUT)
		r = lock_and_delete(rt, s, spec);
	return r;
}

int
runtime_delete(const struct runtime *rt, const char *id, const struct delete_opts *o)
{
	auto_(state_done) struct state s = STATE_EMPTY;
	int r = state_open(&s, rt, id);

	if (r == 0)
		r = state_lock(&s);
	if (r == -ENOENT && o->force)
		return 0;
	return r < 0 ? r : delete_state(rt, &s, NULL, o->force);
}
