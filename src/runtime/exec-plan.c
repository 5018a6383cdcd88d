/* What exec decides before there is a process: which container, which process, how it gets in. */
#include "runtime/exec-entry.h"
#include "runtime/exec-process.h"

#include "runtime/groups.h"

#include "base/err.h"
#include "base/str.h"
#include "base/words.h"
#include "kernel/ns.h"
#include "kernel/pidfd.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>

static int
check_running(struct entry *e)
{
	enum status status;
	int r = state_status(&e->state, &status, &e->init);

	if (r < 0)
		return r;
	if (status == STATUS_STOPPED || status == STATUS_CREATING)
		return fail(0, "cannot exec in a %s container", status_word(status));
	/* It is still our program, which shows itself to nobody. */
	if (status == STATUS_CREATED && geteuid() != 0)
		return fail(0, "cannot exec in a container of a plain user before it is started");
	if (status == STATUS_PAUSED && !e->opts->ignore_paused)
		return fail(0, "cannot exec in a paused container"
			       " (use --ignore-paused to override)");
	return 0;
}

static int
plan_cgroup(struct entry *e)
{
	const struct record *r = &e->state.record;
	auto_(cgroup_done) struct cgroup whole = { 0 };

	/* systemd knows the way to the scope, but not to what is below it. */
	e->child.by_systemd = r->unit && !e->opts->cgroup;
	if (!e->opts->cgroup || streq(e->opts->cgroup, "/"))
		return cgroup_from_record(&e->child.cgroup, r->cgroup_kind, r->cgroup_path);
	int err = cgroup_from_record(&whole, r->cgroup_kind, r->cgroup_path);
	return err < 0 ? err : cgroup_sub(&e->child.cgroup, &whole, e->opts->cgroup);
}

/* setns(2) wants no user namespace that we are in already; exec from inside is such a case. */
static void
plan_user_namespace(struct entry *e)
{
	autofree char *theirs = xasprintf("/proc/%d/ns/user", (int)e->state.record.pid.v);

	if (e->namespaces & CLONE_NEWUSER && ns_is_ours(theirs, CLONE_NEWUSER))
		e->namespaces &= ~(uint64_t)CLONE_NEWUSER;
	e->child.process.in_user_ns = e->namespaces & CLONE_NEWUSER;
}

static void
plan_namespaces(struct entry *e)
{
	const struct oci_linux *l = e->config.spec.linux_;
	uint64_t kind;

	for (struct oci_namespace **n = l ? l->namespaces : NULL; n && *n; n++)
		if (word_number(ns_words, (*n)->type, &kind))
			e->namespaces |= kind;
	if (e->namespaces & CLONE_NEWUSER)
		plan_user_namespace(e);
}

/* Without a mount namespace of its own the container is in a chroot, and so will we be. */
static int
open_root(struct entry *e)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/root", (int)e->state.record.pid.v);
	e->root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (e->root < 0)
		return fail(errno, "open %s", name);
	/* Else the number may be another's by now. */
	return pidfd_wait_end(e->init, 0) == 0 ? fail(ESRCH, "the container has stopped") : 0;
}

/* That of the container's own process. */
static int
plan_filter(struct entry *e, const struct runtime *rt)
{
	struct filter *f = &e->child.process.filter;
	int r = filter_plan(f, rt, &e->config.spec);

	if (r == 0)
		filter_keep(f, rt);
	return r < 0 ? r : listener_connect(&e->listener, &e->state.record, &e->config.spec);
}

int
entry_plan(struct entry *e, const struct runtime *rt)
{
	int r = state_find(&e->state, rt, e->opts->id);

	if (r == 0)
		r = check_running(e);
	if (r == 0)
		r = config_read(&e->config, e->state.dir, "config.json");
	if (r == 0)
		r = exec_process(e->opts, &e->config.spec, &e->spec);
	if (r == 0)
		r = plan_cgroup(e);
	if (r < 0)
		return r;
	e->child.linux_ = e->config.spec.linux_;
	plan_namespaces(e);
	e->child.process.keep_groups = groups_kept(&e->config.spec);
	r = child_plan(&e->child, e->spec, e->opts->preserve_fds);
	if (r == 0)
		r = plan_filter(e, rt);
	if (r < 0)
		return r;
	return e->namespaces & CLONE_NEWNS ? 0 : open_root(e);
}
