#include "runtime/sync.h"

#include "base/err.h"

#include <stdint.h>
#include <stdio.h>

struct sync_msg {
	uint32_t type;
	int32_t code;
	char words[4096];
};

/* Of too many words the middle goes: the end has the reason. */
static void
copy_words(char *to, size_t size, const char *words)
{
	size_t len = strlen(words), half = size / 2;

	if (len < size)
		memcpy(to, words, len + 1);
	else
		snprintf(to, size, "%.*s...%s", (int)half - 4, words, words + len - half);
}

static int
send_msg(int sock, enum sync_type type, int code, const char *words, int fd)
{
	struct packet_fds fds = { .n = fd >= 0, .fd = { fd } };
	struct sync_msg m;

	m.type = type;
	m.code = code;
	copy_words(m.words, sizeof(m.words), words);
	return packet_send(sock, &m, offsetof(struct sync_msg, words) + strlen(m.words) + 1, &fds);
}

/* Words of the other side end on a terminal: no control characters. */
static void
disarm(char *words)
{
	for (; *words; words++)
		if ((unsigned char)*words < ' ' || *words == 0x7f)
			*words = '?';
}

/*
 * Returns 1 with *type, 0 at the end of the other side, or -errno: an error that it told is one,
 * and its end with something of ours unread is -ECONNRESET, before all that it had told.
 */
static int
hear(int sock, enum sync_type *type, int *fd)
{
	struct packet_fds fds;
	struct sync_msg m;
	ssize_t n = packet_recv(sock, &m, sizeof(m), &fds);

	if (n < 0)
		return (int)n;
	for (int i = fd ? 1 : 0; i < fds.n; i++)
		close(fds.fd[i]);
	if (fd)
		*fd = fds.n ? fds.fd[0] : -EBADF;
	if (n == 0)
		return 0;
	if ((size_t)n <= offsetof(struct sync_msg, words) || ((char *)&m)[n - 1] ||
	    m.type >= SYNC_TYPES)
		return fail(EPROTO, "a message of %zd bytes", n);
	if (m.type == SYNC_ERROR) {
		disarm(m.words);
		fail(0, "%s", m.words);
		return m.code < 0 ? m.code : -EINVAL;
	}
	*type = m.type;
	return 1;
}

/* Returns 0 with *type, or -errno. */
static int
recv_msg(int sock, enum sync_type *type)
{
	int r = hear(sock, type, NULL);

	return r == 0 ? fail(EPIPE, "the other side went away") : r < 0 ? r : 0;
}

int
sync_ask(int sock, enum sync_type type, int fd)
{
	enum sync_type answer;
	int r = send_msg(sock, type, 0, "", fd);

	if (r == 0)
		r = recv_msg(sock, &answer);
	if (r == 0 && answer != SYNC_OK)
		r = fail(EPROTO, "answer %d to request %d", answer, type);
	return r;
}

void
sync_tell_error(int sock, int code)
{
	send_msg(sock, SYNC_ERROR, code, err_words(), -1);
}

int
sync_wait_go(int sock)
{
	enum sync_type type;
	int r = recv_msg(sock, &type);

	return r == 0 && type != SYNC_GO ? fail(EPROTO, "message %d at the gate", type) : r;
}

struct talk {
	unsigned served;	/* a bit a type */
	int phase;
};

static int
serve_one(struct talk *t, const struct service *services, enum sync_type type, void *of, int fd)
{
	const struct service *s = &services[type];

	if (!s->serve || t->served & 1u << type || s->phase < t->phase)
		return fail(EPROTO, "init asked for request %d out of turn", type);
	t->served |= 1u << type;
	t->phase = s->phase;
	return wrap(s->serve(of, fd), "%s", s->name);
}

/* The other side went without our answer: it has failed, and may have told why before. */
static int
hear_failure(int sock)
{
	enum sync_type type;
	int r;

	do
		r = hear(sock, &type, NULL);
	while (r > 0 || r == -ECONNRESET);
	return r == 0 ? fail(0, "init died") : r;
}

/* Returns 1 with the *type that was served, 0 at the end of the other side, or -errno. */
static int
serve_next(struct talk *t, int sock, const struct service *services, void *of,
	   enum sync_type *type)
{
	autoclose int fd = -EBADF;
	int r = hear(sock, type, &fd);

	if (r == -ECONNRESET)
		return hear_failure(sock);
	if (r <= 0)
		return r;
	r = serve_one(t, services, *type, of, fd);
	if (r < 0) {
		sync_tell_error(sock, r);
		return r;
	}
	r = send_msg(sock, SYNC_OK, 0, "", -1);
	if (r == -EPIPE)
		return hear_failure(sock);
	return r < 0 ? r : 1;
}

int
sync_serve(int sock, const struct service *services, void *of)
{
	struct talk talk = { 0 };
	enum sync_type type;
	int r;

	do
		r = serve_next(&talk, sock, services, of, &type);
	while (r > 0 && type != SYNC_READY);
	return r == 0 ? fail(0, "init died") : r < 0 ? r : 0;
}

int
sync_wait_executed(int sock, const struct service *listener, void *of)
{
	struct service services[SYNC_TYPES] = { 0 };
	struct talk talk = { 0 };
	enum sync_type type;
	int r;

	if (listener)
		services[SYNC_LISTENER] = *listener;
	do
		r = serve_next(&talk, sock, services, of, &type);
	while (r > 0);
	/* The socket is close-on-exec: its end is the program's beginning. */
	return r;
}

int
sync_go(int sock, const struct service *listener, void *of)
{
	int r = send_msg(sock, SYNC_GO, 0, "", -1);

	return r < 0 ? r : sync_wait_executed(sock, listener, of);
}
