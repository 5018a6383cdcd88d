#include "engine/monitor/monitor.h"

#include "base/err.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Whatever else our parent had open is none of ours: a pipe that somebody waits to end, say. */
static void
close_others(int *keep, size_t n)
{
	unsigned from = STDERR_FILENO + 1;

	qsort(keep, n, sizeof(*keep), by_number);
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < (int)from)
			continue;
		if (keep[i] > (int)from)
			close_range(from, (unsigned)keep[i] - 1, 0);
		from = (unsigned)keep[i] + 1;
	}
	close_range(from, ~0u, 0);
}

static int
become_daemon(const struct monitor_start *s)
{
	int keep[] = { s->e->root_fd, s->e->state_fd, s->lock, s->report, s->client };
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || setsid() < 0 || chdir("/") < 0)
		return fail(errno, "part from the terminal");
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) < 0)
			return fail(errno, "dup2");
	close_others(keep, countof(keep));
	take_fd(null);
	/* The container inherits it, and must not fare differently by who has started it. */
	umask(022);
	/* What the container leaves behind is ours to reap, its first process above all. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return fail(errno, "become a subreaper");
	prctl(PR_SET_NAME, "servin-monitor");
	return 0;
}

/*
 * All signals are blocked, none is ignored: the runtime, and with it the container, would inherit
 * that.  base/spawn.h lets them through for what it starts.
 */
static int
watch_signals(struct monitor *m)
{
	sigset_t all, heard;

	for (int signal = 1; signal < _NSIG; signal++)
		if (signal != SIGKILL && signal != SIGSTOP)
			sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	sigfillset(&all);
	sigemptyset(&heard);
	sigaddset(&heard, SIGTERM);
	sigaddset(&heard, SIGCHLD);
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		return fail(errno, "block signals");
	m->signals = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
	return m->signals < 0 ? fail(errno, "signalfd") : 0;
}

static int
open_dirs(struct monitor *m)
{
	m->dir = container_dir(m->e, m->c);
	if (m->dir < 0)
		return m->dir;
	m->state = openat(m->e->state_fd, m->c->id, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return m->state < 0 ? fail(errno, "open the state of container %s", m->c->name) : 0;
}

void
monitor_report(struct monitor *m, int r)
{
	struct monitor_report packet = { .error = r };

	if (m->report < 0)
		return;
	if (r < 0)
		snprintf(packet.words, sizeof(packet.words), "%s", err_words());
	send(m->report, &packet, sizeof(packet), MSG_NOSIGNAL);
	close_at(&m->report);
	m->report = -EBADF;
}

static _Noreturn void
be_monitor(const struct monitor_start *s)
{
	struct monitor m = {
		.e = s->e, .c = s->c, .lock = s->lock, .report = s->report, .init = -EBADF,
		.dir = -EBADF, .state = -EBADF, .signals = -EBADF,
		.streams = { .out = { -EBADF, -EBADF }, .in = -EBADF },
		.clients = { .listener = -EBADF },
		.log = { .dir = -EBADF, .fd = -EBADF },
	};
	int r = become_daemon(s);

	if (r == 0)
		r = watch_signals(&m);
	if (r == 0)
		r = open_dirs(&m);
	if (r == 0)
		monitor_run(&m, s);
	else
		monitor_report(&m, r);
	_exit(0);
}

int
monitor_fork(const struct monitor_start *s)
{
	pid_t pid = fork();

	if (pid < 0)
		return fail(errno, "fork the monitor");
	if (pid == 0)
		be_monitor(s);
	return 0;
}
