#include "engine/monitor/monitor.h"

#include "base/err.h"
#include "base/file.h"
#include "base/packet.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static const char *const fifo_names[STREAMS] = { "out", "err" };

/*
 * A named pipe, and the container's end of it open both ways: should we be killed, its writer
 * meets no broken pipe, and the next monitor opens the same again.
 */
static int
open_fifo(struct monitor *m, enum stream s, int *theirs)
{
	const char *name = fifo_names[s];

	unlinkat(m->state, name, 0);
	if (mkfifoat(m->state, name, 0600) < 0)
		return fail(errno, "make the pipe %s", name);
	*theirs = openat(m->state, name, O_RDWR | O_CLOEXEC);
	m->streams.out[s] = openat(m->state, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return *theirs < 0 || m->streams.out[s] < 0 ? fail(errno, "open the pipe %s", name) : 0;
}

static int
open_input(struct monitor *m, int *theirs)
{
	int ends[2];

	if (!m->c->config->open_stdin.v) {
		*theirs = open("/dev/null", O_RDONLY | O_CLOEXEC);
		return *theirs < 0 ? fail(errno, "open /dev/null") : 0;
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	*theirs = ends[0];
	m->streams.in = ends[1];
	return fcntl(ends[1], F_SETFL, O_NONBLOCK) < 0 ? fail(errno, "set a pipe non-blocking") : 0;
}

static int
listen_console(struct monitor *m, int *console)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	autoclose int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (sock < 0)
		return fail(errno, "socket");
	unlinkat(m->state, "console", 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/console", fd_path(m->state).s);
	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(sock, 1) < 0)
		return fail(errno, "listen for the terminal");
	*console = take_fd(sock);
	return 0;
}

int
streams_open(struct monitor *m, struct stream_ends *ends, int *console)
{
	int r;

	m->streams.tty = m->c->config->tty.v;
	if (m->streams.tty)
		return listen_console(m, console);
	r = open_input(m, &ends->in);
	if (r == 0)
		r = open_fifo(m, STREAM_OUT, &ends->out);
	return r < 0 ? r : open_fifo(m, STREAM_ERR, &ends->err);
}

/* The runtime has connected before it ended. */
int
streams_take_console(struct monitor *m, int console)
{
	struct packet_fds fds = { 0 };
	char name[256];
	autoclose int sock = accept4(console, NULL, NULL, SOCK_CLOEXEC);
	ssize_t n = sock < 0 ? fail(errno, "accept the terminal") :
			       packet_recv(sock, name, sizeof(name), &fds);

	unlinkat(m->state, "console", 0);
	if (n < 0)
		return (int)n;
	if (fds.n != 1)
		return fail_plain(EPROTO, "the runtime sent %d terminals", fds.n);
	m->streams.out[STREAM_OUT] = fds.fd[0];
	m->streams.in = m->c->config->open_stdin.v ? fcntl(fds.fd[0], F_DUPFD_CLOEXEC, 3) : -EBADF;
	if (m->size.rows)
		tty_set_size(fds.fd[0], &m->size);
	return fcntl(fds.fd[0], F_SETFL, O_NONBLOCK) < 0 ? fail(errno, "the terminal") : 0;
}

/* Those of a container that another monitor started; its input and terminal are lost. */
int
streams_reopen(struct monitor *m)
{
	for (enum stream s = 0; s < STREAMS && !m->c->config->tty.v; s++) {
		m->streams.out[s] = openat(m->state, fifo_names[s],
					   O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (m->streams.out[s] < 0)
			return fail(errno, "open the pipe %s", fifo_names[s]);
	}
	return 0;
}

static void
end_stream(struct monitor *m, enum stream s)
{
	close_at(&m->streams.out[s]);
	m->streams.out[s] = -EBADF;
}

void
streams_read(struct monitor *m, enum stream s)
{
	char buf[FRAME_MAX - 1];
	ssize_t n = read(m->streams.out[s], buf, sizeof(buf));

	if (n > 0) {
		log_add(&m->log, s, buf, (size_t)n);
		clients_say(&m->clients, s == STREAM_OUT ? FRAME_OUT : FRAME_ERR, buf, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		end_stream(m, s);	/* EIO of a terminal: nobody has it any more */
	}
}

/* What is left when the container has ended; who started it is waited for. */
void
streams_drain(struct monitor *m)
{
	for (enum stream s = 0; s < STREAMS; s++) {
		int waiting = 1;

		/* A process outside of the container may hold the other end: only what is there. */
		while (m->streams.out[s] >= 0 && waiting > 0) {
			streams_read(m, s);
			if (m->streams.out[s] < 0 ||
			    ioctl(m->streams.out[s], FIONREAD, &waiting) < 0)
				break;
		}
	}
	log_flush(&m->log);
}

void
streams_flush_input(struct monitor *m)
{
	struct streams *s = &m->streams;
	ssize_t n = s->pending_len ? write(s->in, s->pending, s->pending_len) : 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		s->pending_len = 0;
		s->in_ended = true;
	} else if (n > 0) {
		s->pending_len -= (size_t)n;
		memmove(s->pending, s->pending + n, s->pending_len);
	}
	if (s->pending_len)
		return;
	free(take(s->pending));
	if (s->in_ended)
		close_at(&s->in), s->in = -EBADF;
}

void
streams_input(struct monitor *m, const char *bytes, size_t n)
{
	struct streams *s = &m->streams;

	if (s->in < 0 || s->in_ended)
		return;
	s->pending = xrealloc(s->pending, s->pending_len + n, 1);
	memcpy(s->pending + s->pending_len, bytes, n);
	s->pending_len += n;
	streams_flush_input(m);
}

/* A terminal has no end of input: that is ctrl-d. */
void
streams_end_input(struct monitor *m)
{
	if (m->streams.tty || m->streams.in < 0)
		return;
	m->streams.in_ended = true;
	streams_flush_input(m);
}

void
streams_resize(struct monitor *m, const struct tty_size *size)
{
	m->size = *size;
	if (m->streams.tty && m->streams.out[STREAM_OUT] >= 0)
		tty_set_size(m->streams.out[STREAM_OUT], size);
}

void
streams_close(struct monitor *m)
{
	for (enum stream s = 0; s < STREAMS; s++)
		end_stream(m, s);
	close_at(&m->streams.in);
	m->streams.in = -EBADF;
	free(take(m->streams.pending));
	m->streams.pending_len = 0;
	m->streams.in_ended = false;
}
