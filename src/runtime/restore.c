/*
 * restore: a new container whose processes criu(8) makes from files.
 *
 * The way of create with criu in the place of init.  criu is born into the
 * container's cgroup and the mount namespace that the container's is made
 * of, so whatever happens to us or to it, `delete --force` finds all.
 */
#include "runtime/restore.h"

#include "runtime/console.h"
#include "runtime/create-parts.h"
#include "runtime/criu-options.h"
#include "runtime/external.h"
#include "runtime/foreground.h"
#include "runtime/run.h"

#include "base/err.h"
#include "base/step.h"
#include "base/str.h"
#include "kernel/pidfd.h"
#include "kernel/seal.h"
#include "kernel/version.h"

#include <sched.h>
#include <sys/pidfd.h>

static bool
has_terminal(const struct restoration *x)
{
	const struct oci_process *p = x->c.config.spec.process;

	return p && p->terminal.v;
}

static int
plan_terminal(struct restoration *x)
{
	struct child *c = &x->c.child;

	if (!has_terminal(x) || (!c->console_socket && c->served))
		return 0;
	if (!c->console_socket)
		return fail(0, "cannot restore a terminal if runtime will detach without setting "
			       "console socket");
	c->console = console_connect(c->console_socket);
	return c->console < 0 ? c->console : 0;
}

static int
plan_request(struct restoration *x)
{
	const struct restore_opts *o = x->opts;
	struct criu_request *r = &x->request;

	r->task = CRIU_RESTORE;
	r->sibling = true;
	r->evasive_devices = true;
	r->root = x->c.rootfs.path;
	r->tcp_close = o->tcp_close;
	r->lsm_profile = o->lsm_profile;
	r->lsm_mount_context = o->lsm_mount_context;
	criu_plan(r, &x->criu, &o->criu, x->c.config.spec.annotations);
	if (!o->criu.manage_cgroups && !creation_has_cgroup(&x->c))
		r->cgroup_mode = CRIU_CGROUP_IGNORE;
	if (r->cgroup_mode == CRIU_CGROUP_IGNORE && x->c.rootfs.has_cgroup_ns)
		return fail(0, "criu makes no cgroup namespace where it leaves cgroups out");
	x->criu.streams = r->shell_job;
	int e = external_restore(r, &x->c);
	return e < 0 ? e : external_restore_streams(r, x->criu.images);
}

static int
plan(struct restoration *x)
{
	int r = criu_check_user();

	if (r == 0)
		r = creation_plan_container(&x->c);
	const struct oci_linux *l = x->c.config.spec.linux_;
	if (r == 0 && !(x->c.new_ns & CLONE_NEWNS))
		r = fail(0, "criu restores into a mount namespace of its own only");
	if (r == 0 && l && l->net_devices && *l->net_devices)
		r = fail(0, "linux.netDevices: cannot be moved into a container that is restored");
	if (r == 0)
		r = plan_terminal(x);
	if (r == 0)
		r = criu_open(&x->criu, criu_images(&x->opts->criu), x->opts->criu.work, CRIU_FIND);
	return r < 0 ? r : plan_request(x);
}

/* --- the steps --- */

static bool
wants_rdt(const void *of)
{
	return creation_rdt(of);
}

static int
start_criu(void *of)
{
	struct restoration *x = of;
	const struct cgroup *cg = &x->c.child.cgroup;
	autoclose int unified = cg->kind == CGROUP_NONE ? -ENOENT : cgroup_open_unified(cg);

	x->c.child.in_unified = unified >= 0;
	/* systemd has said only now which one it is. */
	x->request.cgroup_root = cg->path;
	int r = external_restore_cgroups(&x->request, &x->c);
	return r < 0 ? r : criu_start(&x->criu, &(struct criu_birth){
		.namespaces = CLONE_NEWNS, .cgroup = unified, .end = CRIU_DIES, .lock = -EBADF,
		.prepare = restore_prepare, .of = x, .request = &x->request,
	});
}

static void
end_criu(void *of)
{
	criu_end(&((struct restoration *)of)->criu);
}

/* Known to delete from now on, also where there is no cgroup to find it by. */
static int
note_process(struct restoration *x, pid_t pid)
{
	struct child *c = &x->c.child;
	struct record *rec = &x->c.state.record;
	struct proc_stat st;

	if (c->pidfd >= 0)
		return 0;
	c->pid = pid;
	c->pidfd = pidfd_open(pid, 0);
	if (c->pidfd < 0)
		return fail(errno, "watch the restored process");
	int r = proc_stat(pid, &st);
	rec->pid = (struct oci_int){ pid, true };
	rec->start = (struct oci_uint){ st.start, true };
	return r < 0 ? r : state_save(&x->c.state);
}

static int
run_hooks(struct restoration *x)
{
	const struct oci_hooks *h = x->c.config.spec.hooks;

	if (!h || !((h->prestart && *h->prestart) || (h->create_runtime && *h->create_runtime)))
		return 0;
	return creation_run_hooks(&x->c);
}

/* They exist, and do not run yet. */
static int
complete(struct restoration *x, pid_t pid)
{
	struct child *c = &x->c.child;
	int r = note_process(x, pid);

	if (r < 0)
		return r;
	x->c.state.record.own_pid_ns.v = x->c.new_ns & CLONE_NEWPID;
	x->c.state.record.restored = (struct oci_bool){ true, true };
	r = creation_limit_devices(&x->c);
	if (r == 0)
		r = child_announce(c);
	return r < 0 ? r : creation_complete_record(&x->c);
}

static int
notified(void *of, const char *event, pid_t pid, int fd)
{
	struct restoration *x = of;

	if (streq(event, "setup-namespaces")) {
		int r = note_process(x, pid);

		return r < 0 ? r : run_hooks(x);
	}
	if (streq(event, "orphan-pts-master"))
		return child_serve_console(&x->c.child, fd);
	return streq(event, "post-restore") ? complete(x, pid) : 0;
}

static int
restore_processes(void *of)
{
	struct restoration *x = of;
	auto_(criu_answer_done) struct criu_answer answer = { 0 };
	int r = criu_do(&x->criu, &x->request, &(struct criu_listener){ notified, x }, &answer);

	end_criu(x);
	creation_leave_cgroup(&x->c);
	if (r == 0 && streq(x->c.state.record.phase, PHASE_CREATING))
		r = fail(EPROTO, "criu restored a process and did not say which");
	if (r == 0)
		return 0;
	child_kill(&x->c.child);
	/* As if it had not been complete already: its pid file goes as well. */
	record_set_phase(&x->c.state.record, PHASE_CREATING);
	return r;
}

static const struct step restore_steps[] = {
	/* As for create: it claims the name, and tells delete what the next ones leave behind. */
	{ "state", creation_make_state, creation_drop_state, NULL },
	{ "cgroup", creation_make_cgroup, creation_leave_cgroup, creation_has_cgroup },
	{ "linux.intelRdt", creation_make_rdt, NULL, wants_rdt },
	/* In there, so that all that it makes is in there too. */
	{ "criu", start_criu, end_criu, NULL },
	{ "processes", restore_processes, NULL, NULL },
	{ 0 },
};

static void
restoration_done(struct restoration *x)
{
	for (struct criu_pair *p = x->request.inherit_fds; p && p->key; p++)
		close(p->number);
	criu_done(&x->criu);
	criu_request_done(&x->request);
	creation_done(&x->c);
}

static int
restore(struct restoration *x, const struct runtime *rt)
{
	int r = kernel_at_least(5, 14);

	if (r == 0)
		r = process_settle_fds(0);
	if (r == 0)
		r = seal_program(rt->argv);
	if (r == 0)
		r = plan(x);
	if (r == 0)
		r = steps_run(restore_steps, x);
	if (r == 0)
		state_unlock(&x->c.state);
	return r;
}

int
runtime_restore(const struct runtime *rt, const struct restore_opts *o, int *status)
{
	auto_(restoration_done) struct restoration x = { .opts = o, .criu = CRIU_EMPTY };
	autoclose int signals = o->create.detach ? -EBADF : foreground_signals();

	creation_init(&x.c, rt, &o->create);
	x.c.is_restore = true;
	x.c.child.served = !o->create.detach;
	x.criu.program = rt->criu;
	x.criu.log_name = "restore.log";
	*status = 0;
	int r = restore(&x, rt);
	if (r < 0 || o->create.detach)
		return r;
	*status = run_wait_and_delete(&x.c, signals, -EBADF);
	return *status < 0 ? *status : 0;
}
