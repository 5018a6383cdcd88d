#include "engine/attach.h"

#include "engine/container.h"
#include "engine/frames.h"

#include "kernel/tty.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#define KEYS_MAX 16

/* The keys that part us from the container, as bytes. */
struct keys {
	char byte[KEYS_MAX];
	size_t n, seen;
};

struct session {
	const struct engine *e;
	const struct container *c;
	const struct attach *a;
	int sock, signals;
	struct keys keys;
	bool in_ended, detached, over;
	int exit_code;
};

int
attach_open(const struct engine *e, const struct container *c)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	autoclose int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	autoclose int dir = openat(e->state_fd, c->id, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (sock < 0)
		return fail(errno, "socket");
	if (dir < 0)
		return fail_plain(ENOENT, "container %s is not running", c->name);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/attach", fd_path(dir).s);
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return take_fd(sock);
	return errno == ENOENT || errno == ECONNREFUSED ?
		fail_plain(ENOENT, "container %s is not running", c->name) :
		fail(errno, "attach to container %s", c->name);
}

/* --- the keys -------------------------------------------------------------------------------- */

/* "ctrl-p,ctrl-q", "a,b", as docker has them. */
static int
parse_keys(const char *text, struct keys *k)
{
	const char *at = text;

	*k = (struct keys){ 0 };
	while (*at) {
		size_t n = strcspn(at, ",");
		const char *ctrl = n == 6 ? str_after(at, "ctrl-") : NULL;

		if (k->n == KEYS_MAX || !(ctrl || n == 1))
			return fail_plain(EINVAL, "detach keys \"%s\": must be letters or"
					  " ctrl-LETTER, with commas between them", text);
		k->byte[k->n++] = ctrl ? (char)(*ctrl & 0x1f) : *at;
		at += n + (at[n] == ',');
	}
	return 0;
}

/*
 * Passes on bytes but for the keys: those that may become the whole word are held back until
 * the next one tells.  Returns how many are in out; k->seen == k->n: that was the word.
 */
static size_t
filter_keys(struct keys *k, const char *in, size_t n, char *out)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		if (k->n && in[i] == k->byte[k->seen]) {
			if (++k->seen == k->n)
				return m;
			continue;
		}
		memcpy(out + m, k->byte, k->seen);
		m += k->seen;
		k->seen = k->n && in[i] == k->byte[0];
		if (!k->seen)
			out[m++] = in[i];
	}
	return m;
}

/* --- what goes there ------------------------------------------------------------------------- */

static int
send_frame(int sock, enum frame_type type, const void *body, size_t n)
{
	char packet[FRAME_MAX];

	packet[0] = (char)type;
	if (n)
		memcpy(packet + 1, body, n);
	if (send(sock, packet, n + 1, MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == EPIPE || errno == ECONNRESET ? 0 : fail(errno, "send to the monitor");
}

static int
send_size(const struct attach *a, int sock)
{
	struct winsize w;
	int tty = a->in >= 0 && isatty(a->in) ? a->in : a->out;

	if (!a->tty || tty < 0 || ioctl(tty, TIOCGWINSZ, &w) < 0)
		return 0;
	struct tty_size size = { w.ws_row, w.ws_col };
	return send_frame(sock, FRAME_SIZE, &size, sizeof(size));
}

int
attach_ask(int sock, const struct attach *a)
{
	struct frame_attach ask = { .output = a->out >= 0 || a->err >= 0, .input = a->in >= 0 };
	int r = send_frame(sock, FRAME_ATTACH, &ask, sizeof(ask));

	return r < 0 ? r : send_size(a, sock);
}

static int
send_input(struct session *s)
{
	char in[FRAME_MAX / 2], out[FRAME_MAX - 1];
	ssize_t n = read(s->a->in, in, sizeof(in));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0) {
		s->in_ended = true;
		return send_frame(s->sock, FRAME_IN_END, NULL, 0);
	}
	size_t m = filter_keys(&s->keys, in, (size_t)n, out);
	s->detached = s->keys.n && s->keys.seen == s->keys.n;
	return m ? send_frame(s->sock, FRAME_IN, out, m) : 0;
}

static int
pass_signal(struct session *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	if (info.ssi_signo == SIGWINCH)
		return send_size(s->a, s->sock);
	/* It may have ended meanwhile: that we hear in another way. */
	container_kill(s->e, s->c, (int)info.ssi_signo);
	return 0;
}

/* --- what comes ------------------------------------------------------------------------------- */

static int
take_exit(struct session *s, const char *body, size_t n)
{
	struct frame_exit end;

	if (n != sizeof(end))
		return fail_plain(EPROTO, "the monitor sent a packet that is none");
	memcpy(&end, body, n);
	s->exit_code = end.code;
	s->over = true;
	return 0;
}

/* One of the streams may not be wanted. */
static int
say(int fd, const char *packet, size_t n)
{
	return fd < 0 ? 0 : fd_write_all(fd, "output", packet + 1, n - 1);
}

static int
take_packet(struct session *s)
{
	char packet[FRAME_MAX];
	ssize_t n = recv(s->sock, packet, sizeof(packet), 0);

	if (n < 0)
		return errno == EINTR ? 0 : fail(errno, "hear from the monitor");
	if (n == 0)
		return fail_plain(ECONNRESET, "container %s: its monitor is gone", s->c->name);
	switch ((enum frame_type)packet[0]) {
	case FRAME_OUT:
		return say(s->a->out, packet, (size_t)n);
	case FRAME_ERR:
		return say(s->a->err, packet, (size_t)n);
	case FRAME_EXIT:
		return take_exit(s, packet + 1, (size_t)n - 1);
	default:
		return 0;
	}
}

static int
relay(struct session *s)
{
	int r = 0;

	while (r == 0 && !s->over && !s->detached) {
		bool reads = s->a->in >= 0 && !s->in_ended;
		struct pollfd p[] = {
			{ .fd = s->sock, .events = POLLIN },
			{ .fd = reads ? s->a->in : -1, .events = POLLIN },
			{ .fd = s->signals, .events = POLLIN },
		};

		if (poll(p, countof(p), -1) < 0 && errno != EINTR)
			return fail(errno, "poll");
		if (p[2].revents)
			r = pass_signal(s);
		if (r == 0 && p[0].revents)
			r = take_packet(s);
		else if (r == 0 && p[1].revents)
			r = send_input(s);
	}
	return r;
}

/* All that a person or a program sends to end or to tell something; those of a fault are ours. */
static void
watched_signals(const struct attach *a, sigset_t *set)
{
	static const int passed[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGALRM,
	};

	sigemptyset(set);
	sigaddset(set, SIGWINCH);
	for (size_t i = 0; a->proxy_signals && i < countof(passed); i++)
		sigaddset(set, passed[i]);
}

static int
relay_with_signals(struct session *s)
{
	sigset_t set, before;
	int r;

	watched_signals(s->a, &set);
	sigprocmask(SIG_BLOCK, &set, &before);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	r = s->signals < 0 ? fail(errno, "signalfd") : 0;
	/* Once more: until now a change of it went unheard. */
	if (r == 0)
		r = send_size(s->a, s->sock);
	if (r == 0)
		r = relay(s);
	close_at(&s->signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int
attach_relay(const struct engine *e, const struct container *c, int sock, const struct attach *a,
	     int *exit_code)
{
	struct session s = { .e = e, .c = c, .a = a, .sock = sock, .signals = -EBADF };
	auto_(tty_restore_at) struct tty_mode *mode = NULL;
	int r = parse_keys(a->detach_keys ? a->detach_keys : "ctrl-p,ctrl-q", &s.keys);

	if (r < 0)
		return r;
	if (a->tty && a->in >= 0 && isatty(a->in))
		mode = tty_raw(a->in);
	else if (!a->tty)
		s.keys.n = 0;
	r = relay_with_signals(&s);
	*exit_code = s.detached ? ATTACH_DETACHED : s.exit_code;
	return r;
}
