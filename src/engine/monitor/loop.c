#include "engine/monitor/monitor.h"

#include "engine/ending.h"

#include "kernel/pidfd.h"

#include "base/clock.h"
#include "base/str.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

enum { P_INIT, P_SIGNALS, P_OUT, P_ERR, P_IN, P_LISTENER, P_CLIENTS };

/* Whether there was anything. */
static bool
read_client(struct monitor *m, size_t i)
{
	char buf[FRAME_MAX];
	struct request r;

	if (!client_read(&m->clients, i, buf, &r))
		return false;
	if (r.type == FRAME_SIZE)
		streams_resize(m, &r.size);
	else if (r.type == FRAME_IN)
		streams_input(m, r.bytes, r.n);
	else if (r.type == FRAME_IN_END)
		streams_end_input(m);
	return true;
}

void
monitor_hear(struct monitor *m)
{
	while (m->clients.n && read_client(m, 0))
		;
}

static void
serve_clients(struct monitor *m, const struct pollfd *p, size_t n)
{
	/* From behind: a client that goes is replaced by the last one, which had its turn. */
	for (size_t i = n; i-- > 0;) {
		size_t before = m->clients.n;

		if (p[i].revents & POLLOUT)
			client_flush(&m->clients, i);
		if (m->clients.n == before && p[i].revents & (POLLIN | POLLHUP | POLLERR))
			read_client(m, i);
	}
}

/*
 * Orphans of a container in the host's pid namespace come to us, for we are the subreaper.  Its
 * first process is left to who waits for its exit code.
 */
static void
reap_orphans(const struct monitor *m)
{
	siginfo_t info = { 0 };

	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid &&
	       info.si_pid != m->status.pid.v) {
		waitpid(info.si_pid, NULL, 0);
		info.si_pid = 0;
	}
}

/* SIGTERM to the monitor stops the container, as when the host goes down. */
static void
stop_container(struct monitor *m)
{
	int64_t seconds = container_stop_seconds(m->c);

	m->terminated = true;
	if (m->init < 0)
		return;
	pidfd_signal(m->init, container_stop_signal(m->c));
	m->kill_at = seconds < 0 ? 0 : clock_ms() + 1000 * seconds;
}

static void
read_signal(struct monitor *m)
{
	struct signalfd_siginfo info;

	if (read(m->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap_orphans(m);
	else
		stop_container(m);
}

static int
time_left(const struct monitor *m, int64_t end)
{
	int64_t first = m->kill_at && (!end || m->kill_at < end) ? m->kill_at : end;
	int64_t left = first - clock_ms();

	return !first ? -1 : left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

static size_t
fill_poll(const struct monitor *m, struct pollfd *p)
{
	/* poll(2) passes over a descriptor below 0. */
	bool wait = clients_are_behind(&m->clients), stuffed = m->streams.pending_len > 0;

	p[P_INIT] = (struct pollfd){ .fd = m->init, .events = POLLIN };
	p[P_SIGNALS] = (struct pollfd){ .fd = m->signals, .events = POLLIN };
	p[P_OUT] = (struct pollfd){ .fd = wait ? -1 : m->streams.out[STREAM_OUT],
				    .events = POLLIN };
	p[P_ERR] = (struct pollfd){ .fd = wait ? -1 : m->streams.out[STREAM_ERR],
				    .events = POLLIN };
	p[P_IN] = (struct pollfd){ .fd = stuffed ? m->streams.in : -1, .events = POLLOUT };
	p[P_LISTENER] = (struct pollfd){ .fd = m->clients.listener, .events = POLLIN };
	for (size_t i = 0; i < m->clients.n; i++) {
		short events = m->clients.at[i].backlog.len ? POLLOUT : 0;

		/* Who has no more to say than that he is gone is asked in any case. */
		p[P_CLIENTS + i] = (struct pollfd){
			.fd = m->clients.at[i].sock,
			.events = (short)(events | (stuffed ? 0 : POLLIN)) };
	}
	return m->clients.n;
}

/* Waits for anything, until end (clock_ms(); 0: for ever).  Whether something happened. */
bool
monitor_turn(struct monitor *m, int64_t end)
{
	struct pollfd p[P_CLIENTS + CLIENTS_MAX];
	size_t n = fill_poll(m, p);

	int happened = poll(p, P_CLIENTS + n, time_left(m, end));

	/* Whatever else there is to do: one that never stops talking has its end as well. */
	if (m->kill_at && clock_ms() >= m->kill_at) {
		pidfd_signal(m->init, SIGKILL);
		m->kill_at = 0;
	}
	if (happened <= 0)
		return false;
	serve_clients(m, p + P_CLIENTS, n);
	if (p[P_OUT].revents)
		streams_read(m, STREAM_OUT);
	if (p[P_ERR].revents)
		streams_read(m, STREAM_ERR);
	if (p[P_IN].revents)
		streams_flush_input(m);
	if (p[P_SIGNALS].revents)
		read_signal(m);
	if (p[P_LISTENER].revents)
		clients_accept(&m->clients);
	m->ended = p[P_INIT].revents;
	return true;
}
