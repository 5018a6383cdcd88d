/* run: create and start by one process, which can then wait. */
#include "runtime/run.h"

#include "runtime/delete.h"
#include "runtime/foreground.h"
#include "runtime/notify.h"
#include "runtime/start.h"

#include "base/err.h"
#include "base/log.h"

/* As if run had never been tried. */
static void
drop_pid_file(const struct creation *c)
{
	if (c->state.record.pid_file)
		unlink(c->state.record.pid_file);
}

/* What went wrong before is what there is to tell. */
static void
delete_failed(struct creation *c)
{
	autowords words = err_keep();

	drop_pid_file(c);
	if (delete_own(c->rt, &c->state, &c->config.spec) < 0)
		warn("delete: %s", err_words());
}

int
run_wait_and_delete(struct creation *c, int signals, int notify)
{
	struct foreground f = {
		.signals = signals, .pidfd = c->child.pidfd, .pid = c->child.pid,
		.master = c->child.master, .notify = notify,
	};
	int status = foreground_wait(&f);

	if (c->opts->keep)
		return status;
	if (status < 0) {
		delete_failed(c);
		return status;
	}
	/* It has ended; what is left are its cgroup, its state and the poststop hooks. */
	int r = delete_own(c->rt, &c->state, &c->config.spec);
	return r < 0 ? wrap(r, "delete") : status;
}

static int
start_and_wait(struct creation *c, int signals, int *status)
{
	autoclose int notify = c->notify ? notify_listen(&c->state) : -EBADF;
	int r = start_container(c->rt, &c->state, &c->config.spec, c->child.sync[0]);

	if (r < 0) {
		drop_pid_file(c);
		return r;
	}
	if (!c->opts->detach)
		r = *status = run_wait_and_delete(c, signals, notify);
	else if (notify >= 0)
		r = notify_wait_ready(notify, c->child.pid, c->child.pidfd);
	return r < 0 ? r : 0;
}

int
runtime_run(const struct runtime *rt, const struct create_opts *o, int *status)
{
	auto_(creation_done) struct creation c;
	autoclose int signals = o->detach ? -EBADF : foreground_signals();
	int r = creation_run(&c, rt, o, true);

	*status = 0;
	return r < 0 ? r : start_and_wait(&c, signals, status);
}
