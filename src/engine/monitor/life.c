#include "engine/monitor/monitor.h"

#include "engine/bundle.h"
#include "engine/ending.h"
#include "engine/events.h"
#include "engine/explain.h"
#include "engine/oci.h"
#include "engine/removal.h"
#include "engine/status.h"

#include "kernel/pidfd.h"

#include "libocispec/document.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"

#include <signal.h>

/* --- the bundle ---------------------------------------------------------------------------- */

static int
write_config(struct monitor *m, const struct oci_spec *spec)
{
	autofree char *text = oci_encode(&oci_spec_type, spec, OCI_COMPACT);

	return file_replace_at(m->dir, "config.json", text, strlen(text), 0600);
}

static int
make_bundle(struct monitor *m)
{
	autofree char *dir = container_path(m->e, m->c);
	autoclose int root = openat(m->dir, "rootfs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct bundle_place place = { .root = root, .rootfs = "rootfs", .dir = dir,
				      .pid_of = bundle_pid_of };
	struct oci_spec *spec = NULL;
	int r = root < 0 ? fail(errno, "open rootfs") : bundle_seed(m->e, m->c, root);

	if (r == 0)
		r = bundle_spec(m->e, m->c, &place, &spec);
	if (r == 0)
		r = write_config(m, spec);
	oci_free(&oci_spec_type, spec);
	return r;
}

/* --- start --------------------------------------------------------------------------------- */

static int
read_pid(struct monitor *m)
{
	autofree char *text = NULL;
	struct proc_stat st;
	uint64_t pid;
	int r = file_read_at(m->state, "pid", 32, &text, NULL);

	if (r == 0)
		r = parse_uint(text, INT32_MAX, &pid);
	if (r == 0)
		r = proc_stat((pid_t)pid, &st);
	if (r < 0)
		return wrap(r, "the container's process");
	m->init = pidfd_open_started((pid_t)pid, st.start);
	m->status.pid = (struct oci_int){ (int64_t)pid, true };
	m->status.pid_start = (struct oci_uint){ st.start, true };
	return m->init < 0 ? m->init : 0;
}

/* What the runtime said went where the container's errors go. */
static int
words_from_stream(struct monitor *m, int r)
{
	char said[2048];
	ssize_t n = m->streams.out[STREAM_ERR] < 0 ? 0 :
		    read(m->streams.out[STREAM_ERR], said, sizeof(said) - 1);

	if (n <= 0)
		return r;
	while (n > 0 && said[n - 1] == '\n')
		n--;
	said[n] = 0;
	return oci_words(m->c, -r, said);
}

static int
create(struct monitor *m, const struct stream_ends *ends, int console)
{
	autofree char *dir = container_path(m->e, m->c);
	autofree char *pid = xasprintf("%s/%s/pid", m->e->state, m->c->id);
	autofree char *socket = xasprintf("%s/%s/console", m->e->state, m->c->id);
	const char *words[10] = { "create", "--bundle", dir, "--pid-file", pid };
	size_t n = 5;
	int r;

	if (console >= 0) {
		words[n++] = "--console-socket";
		words[n++] = socket;
	}
	words[n] = m->c->id;
	r = oci_run(m->e, m->c, &(struct oci_call){
		.words = words, .in = ends->in, .out = ends->out, .err = ends->err });
	if (r < 0)
		return words_from_stream(m, r);
	r = console >= 0 ? streams_take_console(m, console) : 0;
	return r < 0 ? r : read_pid(m);
}

static void
ends_close(struct stream_ends *ends)
{
	close_at(&ends->in);
	close_at(&ends->out);
	close_at(&ends->err);
}

static int
create_with_streams(struct monitor *m)
{
	auto_(ends_close) struct stream_ends ends = { -EBADF, -EBADF, -EBADF };
	autoclose int console = -EBADF;
	int r = streams_open(m, &ends, &console);

	return r < 0 ? r : create(m, &ends, console);
}

static int
write_status(struct monitor *m, const char *status)
{
	autoclose int lock = container_lock(m->e, m->c);

	status_set(&m->status.status, status);
	return lock < 0 ? lock : status_write(m->dir, &m->status);
}

/* Before the program runs: whoever is killed behind this is found again. */
static int
write_running(struct monitor *m)
{
	struct boot_id boot;

	if (boot_id(&boot) == 0)
		status_set(&m->status.boot, boot.s);
	m->status.monitor = (struct oci_int){ getpid(), true };
	m->status.exit_code = (struct oci_int){ 0, true };
	m->status.oom_killed = (struct oci_bool){ 0 };
	status_set(&m->status.error, NULL);
	status_set(&m->status.finished_at, NULL);
	status_set(&m->status.started_at, clock_now().s);
	return write_status(m, "running");
}

/* Nothing is left of it but the record. */
static void
delete(struct monitor *m)
{
	autowords keep = err_keep();

	oci_delete(m->e, m->c);
	if (m->init >= 0 && !m->adopted)
		pidfd_reap(m->init);
	close_at(&m->init);
	m->init = -EBADF;
}

/* Rename, update and stop change the record. */
static void
read_record(struct monitor *m)
{
	struct container *now;

	if (container_find(m->e, m->c->id, &now) < 0)
		return;
	oci_free(&container_type, m->c);
	m->c = now;
}

/* A stop that came while it was being started found nothing to send a signal to. */
static void
obey_stop(struct monitor *m)
{
	read_record(m);
	if (m->c->user_stopped.v)
		pidfd_signal(m->init, SIGKILL);
}

static int
start(struct monitor *m)
{
	int r = make_bundle(m);

	if (r == 0)
		r = create_with_streams(m);
	if (r == 0)
		r = write_running(m);
	if (r == 0)
		r = oci_verb(m->e, m->c, "start");
	if (r == 0) {
		oom_watch(m);
		event_add(m->e, "container", "start", m->c->id, "name", m->c->name, "image",
			  m->c->config->image ? m->c->config->image : "", NULL);
		obey_stop(m);
	}
	return r;
}

/* --- from its end to the next ----------------------------------------------------------------- */

static void
close_books(struct monitor *m, int code)
{
	autofree char *text = xasprintf("%d", code);

	m->status.oom_killed = (struct oci_bool){ oom_happened(m), true };
	delete(m);
	streams_drain(m);
	streams_close(m);
	m->kill_at = 0;
	m->status.exit_code = (struct oci_int){ code, true };
	m->status.pid = (struct oci_int){ 0 };
	m->status.pid_start = (struct oci_uint){ 0 };
	status_set(&m->status.finished_at, clock_now().s);
	if (m->status.oom_killed.v)
		event_add(m->e, "container", "oom", m->c->id, "name", m->c->name, NULL);
	event_add(m->e, "container", "die", m->c->id, "name", m->c->name, "exitCode", text,
		  "image", m->c->config->image ? m->c->config->image : "", NULL);
}

/* Until its process has ended; what it was is in the status then. */
static void
attend(struct monitor *m)
{
	int code;

	m->ended = false;
	while (!m->ended)
		monitor_turn(m, 0);
	if (m->adopted) {
		status_set(&m->status.error,
			   "its monitor was killed: the exit status is not known");
		code = STATUS_EXIT_UNKNOWN;
	} else {
		code = pidfd_reap(m->init);
		close_at(&m->init);
		m->init = -EBADF;
	}
	close_books(m, code < 0 ? STATUS_EXIT_UNKNOWN : code);
	m->adopted = false;
}

/* Until then, or until stop has marked the record and woken us. */
static bool
wait_until(struct monitor *m, int64_t at)
{
	while (clock_ms() < at && !m->terminated && !m->c->user_stopped.v)
		if (monitor_turn(m, at))
			read_record(m);
	read_record(m);
	return !m->terminated && !m->c->user_stopped.v;
}

/* Whether it is to be started again, now. */
static bool
wait_for_restart(struct monitor *m, int64_t delay)
{
	int64_t at = clock_ms() + delay;

	write_status(m, "restarting");
	clients_end(&m->clients, (int)m->status.exit_code.v, CLIENTS_GO_ON);
	if (!wait_until(m, at))
		return false;
	m->status.restart_count = (struct oci_uint){ m->status.restart_count.v + 1, true };
	return true;
}

static void
live(struct monitor *m)
{
	int64_t began, delay;

	do {
		began = clock_ms();
		attend(m);
		read_record(m);
		delay = m->terminated ? -1 : restart_delay(m, clock_ms() - began);
		if (delay < 0 || !wait_for_restart(m, delay))
			return;
		if (!m->mounted && monitor_mount(m) < 0)
			break;
		m->mounted = true;
	} while (start(m) == 0);
	status_set(&m->status.error, err_words());
	delete(m);
	streams_close(m);
}

/* --- the beginning and the end ---------------------------------------------------------------- */

static int
exit_code_of_failure(int r)
{
	return r == -ENOENT ? 127 : r == -EACCES ? 126 : 128;
}

static int
first_start(struct monitor *m)
{
	int r = clients_listen(&m->clients, m->state);

	if (r == 0)
		r = log_open_at(&m->log, m->dir, m->c->host->log_config);
	if (r == 0)
		r = monitor_mount(m);
	if (r < 0)
		return r;
	m->mounted = true;
	/* What the one who starts us has said already, such as the size of his terminal. */
	monitor_hear(m);
	return start(m);
}

static int
take_over(struct monitor *m)
{
	int r = status_read(m->dir, &m->status);

	m->adopted = true;
	if (r == 0)
		r = clients_listen(&m->clients, m->state);
	if (r == 0)
		r = log_open_at(&m->log, m->dir, m->c->host->log_config);
	if (r == 0)
		r = streams_reopen(m);
	if (r < 0)
		return r;
	m->init = status_open_process(&m->status);
	if (m->init < 0)
		return m->init;
	oom_watch(m);
	m->status.monitor = (struct oci_int){ getpid(), true };
	/* What is written there holds, but for our pid: on a full disk, too, it is watched. */
	write_status(m, m->status.status);
	return 0;
}

/* As docker: it was created, and that is what it stays. */
static int
fail_to_start(struct monitor *m, int r)
{
	autoclose int root = openat(m->dir, "rootfs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int code = oci_exec_failure(err_words());

	if (code)
		r = explain_failure(-code, root, m->c);
	else if (r == -ENOENT || r == -EACCES)
		r = -EINVAL;	/* those two are about the command alone */
	if (m->e->rootless)
		explain_limits(r);
	autofree char *words = xstrdup(err_words());
	delete(m);
	streams_close(m);
	m->status.exit_code = (struct oci_int){ exit_code_of_failure(r), true };
	m->status.pid = (struct oci_int){ 0 };
	status_set(&m->status.error, words);
	status_set(&m->status.started_at, NULL);
	return fail_plain(-r, "%s", words);
}

/* Last of all the clients: what they find then is what is left. */
static void
finish(struct monitor *m, const char *status)
{
	bool stays = !m->c->host->auto_remove.v;
	autoclose int ending = begin_end(m->dir);

	m->status.monitor = (struct oci_int){ 0 };
	if (m->mounted)
		monitor_unmount(m);
	log_done(&m->log);
	if (stays)
		write_status(m, status);
	container_clear_state(m->e, m->c);
	if (!stays && (oci_has_state(m->e, m->c) ||
		       container_erase(m->e, m->c, REMOVE_VOLUMES) < 0))
		write_status(m, status);
	/* Whoever hears of the end may start it again. */
	close_at(&m->lock);
	close_at(&ending);
	ending = -EBADF;
	clients_end(&m->clients, (int)m->status.exit_code.v, CLIENTS_FINISH);
}

void
monitor_run(struct monitor *m, const struct monitor_start *how)
{
	int r;

	if (how->client >= 0)
		client_add(&m->clients, how->client, true);
	r = how->adopt ? take_over(m) : first_start(m);
	if (r == 0) {
		monitor_report(m, 0);
		live(m);
		finish(m, "exited");
	} else if (how->adopt) {
		monitor_report(m, r);
	} else {
		r = fail_to_start(m, r);
		autowords words = err_keep();
		finish(m, "created");
		err_restore_at(&words);
		monitor_report(m, r);
	}
}
