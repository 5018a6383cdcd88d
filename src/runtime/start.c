#include "runtime/start.h"

#include "runtime/delete.h"
#include "runtime/gate.h"
#include "runtime/hooks.h"
#include "runtime/notify.h"
#include "runtime/seccomp/listener.h"
#include "runtime/sync.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/pidfd.h"

/* A failure that ends the container: removed at once, with the words of the failure kept. */
static int
destroy(const struct runtime *rt, struct state *s, const struct oci_spec *spec, int error)
{
	autowords words = err_keep();

	if (delete_own(rt, s, spec) < 0)
		warn("%s", err_words());
	return error;
}

static int
serve_listener(void *of, int fd)
{
	return listener_send(of, fd);
}

static int
open_gate(const struct state *s, const struct oci_spec *spec, int sock)
{
	static const struct service service = { "listener", 1, serve_listener };
	auto_(listener_done) struct listener listener = {
		.status = STATUS_CREATED, .pid = (pid_t)s->record.pid.v,
	};
	int r = listener_connect(&listener, &s->record, spec);

	return r < 0 ? r : sync_go(sock, &service, &listener);
}

int
start_container(const struct runtime *rt, struct state *s, const struct oci_spec *spec,
		int sock)
{
	int r = open_gate(s, spec, sock);

	if (r == 0)
		r = proc_check_executed((pid_t)s->record.pid.v, s->record.start.v);
	if (r < 0)
		return destroy(rt, s, spec, r);
	unlinkat(s->dir, GATE_NAME, 0);
	/* A hook may look at the container, or stop it. */
	state_unlock(s);
	if (!spec->hooks || !spec->hooks->poststart)
		return 0;
	auto_(oci_state_free_at) struct oci_state *doc =
		state_document(&s->record, status_word(STATUS_RUNNING), (pid_t)s->record.pid.v);
	r = hooks_run(spec->hooks->poststart,
		      &(struct hook_run){ .name = "poststart", .state = doc });
	return r < 0 ? destroy(rt, s, spec, r) : 0;
}

static int
check_created(const struct state *s, int *pidfd)
{
	enum status status;
	int r = state_status(s, &status, pidfd);

	if (r < 0)
		return r;
	switch (status) {
	case STATUS_CREATED:
		return 0;
	case STATUS_STOPPED:
		return fail(0, "cannot start a container that has stopped");
	case STATUS_CREATING:
		return fail(0, "cannot start a container that is being created");
	default:
		return fail(0, "cannot start an already running container");
	}
}

static int
start_created(const struct runtime *rt, struct state *s)
{
	auto_(config_done) struct config config = { 0 };
	autoclose int pidfd = -EBADF, notify = -EBADF, sock = -EBADF;
	int r = check_created(s, &pidfd);

	if (r == 0)
		r = config_read(&config, s->dir, "config.json");
	if (r < 0)
		return r;
	if (!config.spec.process)
		return fail(0, "cannot start a container whose configuration has no process");
	if (notify_wanted())
		notify = notify_listen(s);
	if (notify < 0 && notify != -ENOENT && notify != -EBADF)
		return notify;
	sock = gate_connect(s->dir);
	if (sock < 0)
		return sock;
	r = start_container(rt, s, &config.spec, sock);
	if (r == 0 && notify >= 0)
		r = notify_wait_ready(notify, (pid_t)s->record.pid.v, pidfd);
	return r;
}

int
runtime_start(const struct runtime *rt, const char *id)
{
	auto_(state_done) struct state s = STATE_EMPTY;
	int r = state_find(&s, rt, id);

	/* Not to wait for a create: it may be one of its hooks that calls us. */
	if (r == 0 && streq(s.record.phase, PHASE_CREATING))
		r = check_created(&s, NULL);
	if (r == 0)
		r = state_lock(&s);
	if (r == 0)	/* as whoever had the lock left it */
		r = state_load(&s);
	return r < 0 ? r : start_created(rt, &s);
}
