#include "engine/monitor/clients.h"

#include "base/err.h"
#include "base/file.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define BACKLOG_MAX (1u << 20)

int
clients_listen(struct clients *cs, int state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	autoclose int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t mask;
	int r;

	if (sock < 0)
		return fail(errno, "socket");
	/* A path may be too long for an address. */
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/attach", fd_path(state).s);
	unlinkat(state, "attach", 0);
	mask = umask(0077);
	r = bind(sock, (struct sockaddr *)&addr, sizeof(addr));
	umask(mask);
	if (r < 0 || listen(sock, 16) < 0)
		return fail(errno, "listen on attach");
	cs->listener = take_fd(sock);
	return 0;
}

void
client_add(struct clients *cs, int sock, bool waited_for)
{
	if (cs->n == CLIENTS_MAX) {
		close(sock);
		return;
	}
	cs->at[cs->n++] = (struct client){ .sock = sock, .waited_for = waited_for };
}

bool
clients_accept(struct clients *cs)
{
	int sock = accept4(cs->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (sock >= 0)
		client_add(cs, sock, false);
	return sock >= 0;
}

/*
 * A socket that is closed while something unread is in it resets the connection, and what was sent
 * to the other side last, the exit code say, is lost.
 */
static void
read_off(int sock)
{
	char buf[FRAME_MAX];

	shutdown(sock, SHUT_RD);
	while (recv(sock, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
}

static void
client_drop(struct clients *cs, size_t i)
{
	read_off(cs->at[i].sock);
	close(cs->at[i].sock);
	str_done(&cs->at[i].backlog);
	cs->at[i] = cs->at[--cs->n];
}

static void
understand(struct client *c, char *packet, size_t n, struct request *r)
{
	char *body = packet + 1;
	struct frame_attach attach;

	if (c->leaving)
		return;
	n--;
	switch ((enum frame_type)packet[0]) {
	case FRAME_ATTACH:
		if (n == sizeof(attach)) {
			memcpy(&attach, body, n);
			c->output = attach.output;
			c->input = attach.input;
		}
		break;
	case FRAME_SIZE:
		if (n != sizeof(r->size))
			break;
		memcpy(&r->size, body, n);
		r->type = FRAME_SIZE;
		break;
	case FRAME_IN:
	case FRAME_IN_END:
		if (!c->input)
			break;
		r->type = (enum frame_type)packet[0];
		r->bytes = body;
		r->n = n;
		break;
	default:
		break;
	}
}

bool
client_read(struct clients *cs, size_t i, char buf[FRAME_MAX], struct request *r)
{
	ssize_t n = recv(cs->at[i].sock, buf, FRAME_MAX, MSG_DONTWAIT);

	*r = (struct request){ 0 };
	if (n > 0) {
		understand(&cs->at[i], buf, (size_t)n, r);
		return true;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		client_drop(cs, i);
	return false;
}

/* 1: sent, 0: not now, -1: it is gone. */
static int
send_now(const struct client *c, const char *packet, size_t n)
{
	if (send(c->sock, packet, n, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 1;
	return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 : -1;
}

static int
send_or_keep(struct client *c, const char *packet, size_t n)
{
	uint32_t len = (uint32_t)n;
	int r = c->backlog.len ? 0 : send_now(c, packet, n);

	if (r != 0)
		return r;
	if (!c->waited_for && c->backlog.len + n > BACKLOG_MAX)
		return -1;
	str_addn(&c->backlog, (char *)&len, sizeof(len));
	str_addn(&c->backlog, packet, n);
	return 0;
}

void
clients_say(struct clients *cs, enum frame_type type, const char *bytes, size_t n)
{
	char packet[FRAME_MAX];

	if (!cs->n)
		return;
	packet[0] = (char)type;
	memcpy(packet + 1, bytes, n);
	for (size_t i = cs->n; i-- > 0;)
		if (cs->at[i].output && send_or_keep(&cs->at[i], packet, n + 1) < 0)
			client_drop(cs, i);
}

void
client_flush(struct clients *cs, size_t i)
{
	struct client *c = &cs->at[i];
	size_t done = 0;
	uint32_t len;
	int r = 1;

	while (r == 1 && done < c->backlog.len) {
		memcpy(&len, c->backlog.s + done, sizeof(len));
		r = send_now(c, c->backlog.s + done + sizeof(len), len);
		if (r == 1)
			done += sizeof(len) + len;
	}
	if (done == c->backlog.len) {
		str_done(&c->backlog);
	} else {
		c->backlog.len -= done;
		memmove(c->backlog.s, c->backlog.s + done, c->backlog.len);
	}
	if (r < 0 || (c->leaving && !c->backlog.len))
		client_drop(cs, i);
}

bool
clients_are_behind(const struct clients *cs)
{
	for (size_t i = 0; i < cs->n; i++)
		if (cs->at[i].waited_for && cs->at[i].backlog.len)
			return true;
	return false;
}

/* Who started the container has all of it, as from a pipe; others have what they took in time. */
static void
flush_wholly(struct clients *cs, size_t i)
{
	struct pollfd p = { .fd = cs->at[i].sock, .events = POLLOUT };
	size_t n = cs->n;

	while (cs->n == n && cs->at[i].backlog.len) {
		poll(&p, 1, -1);
		client_flush(cs, i);
	}
}

/* What it has not taken yet does not keep a stop from being heard, nor the next start. */
static void
let_leave(struct client *c)
{
	c->leaving = true;
	c->output = c->input = c->waited_for = false;
}

void
clients_end(struct clients *cs, int exit_code, enum clients_wait how)
{
	struct frame_exit body = { .code = exit_code };
	char packet[1 + sizeof(body)] = { FRAME_EXIT };

	memcpy(packet + 1, &body, sizeof(body));
	/* Who has come meanwhile is told as well. */
	while (clients_accept(cs))
		;
	for (size_t i = cs->n; i-- > 0;) {
		struct client *c = &cs->at[i];
		bool waited_for = c->waited_for || c->leaving;
		int r = c->leaving ? 0 : send_or_keep(c, packet, sizeof(packet));
		size_t n = cs->n;

		if (r >= 0 && waited_for && c->backlog.len && how == CLIENTS_GO_ON) {
			let_leave(c);
			continue;
		}
		if (r >= 0 && waited_for)
			flush_wholly(cs, i);
		if (cs->n == n)
			client_drop(cs, i);
	}
}
