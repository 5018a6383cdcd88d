#include "criu/talk.h"

#include "base/err.h"
#include "base/packet.h"

#include <poll.h>

/* criu tells names, numbers and one sentence. */
#define ANSWER_MAX 16384

/* Until there is something to read, or nobody left who could write it. */
static int
wait_for_word(int sock, int pidfd)
{
	struct pollfd p[] = {
		{ .fd = sock, .events = POLLIN }, { .fd = pidfd, .events = POLLIN },
	};

	while (poll(p, countof(p), -1) < 0)
		if (errno != EINTR)
			return fail(errno, "poll");
	return p[0].revents ? 0 : fail(EPIPE, "it ended without an answer");
}

static int
receive(int sock, int pidfd, struct criu_answer *a, int *fd)
{
	char message[ANSWER_MAX];
	struct packet_fds fds;

	*fd = -EBADF;
	int r = wait_for_word(sock, pidfd);
	if (r < 0)
		return r;
	ssize_t n = packet_recv(sock, message, sizeof(message), &fds);
	if (n == 0 || n == -ECONNRESET)
		return fail(EPIPE, "it ended without an answer");
	if (n < 0)
		return (int)n;
	for (int i = 1; i < fds.n; i++)
		close(fds.fd[i]);
	*fd = fds.n ? fds.fd[0] : -EBADF;
	return criu_answer_decode(a, message, (size_t)n);
}

static int
send_message(int sock, const struct str *message)
{
	int r = packet_send(sock, message->s, message->len, NULL);

	return r == -EPIPE ? fail(EPIPE, "it ended without an answer") : r;
}

static int
judge(const struct criu_answer *a, enum criu_task task)
{
	if (a->task != task)
		return fail(EPROTO, "an answer of type %d to a question of type %d", a->task, task);
	if (a->success)
		return 0;
	if (a->words && *a->words)
		return fail(a->error, "%s", a->words);
	return a->error ? fail(a->error, "failed") : fail(0, "failed");
}

static int
notified(int sock, const struct criu_listener *l, const struct criu_answer *a, int fd)
{
	autostr reply = { 0 };
	int r = l->notify(l->of, a->event ? a->event : "", a->pid, fd);

	criu_notified_encode(r >= 0, &reply);
	int e = packet_send(sock, reply.s, reply.len, NULL);
	return r < 0 ? r : e;
}

int
criu_talk(int sock, int pidfd, const struct criu_request *r, const struct criu_listener *l,
	  struct criu_answer *a)
{
	autostr message = { 0 };

	criu_request_encode(r, &message);
	int e = send_message(sock, &message);
	while (e == 0) {
		autoclose int fd = -EBADF;

		e = receive(sock, pidfd, a, &fd);
		if (e == 0 && a->task != CRIU_NOTIFY)
			break;
		if (e == 0)
			e = notified(sock, l, a, fd);
		criu_answer_done(a);
	}
	if (e == 0)
		e = judge(a, r->task);
	if (e < 0)
		criu_answer_done(a);
	return e;
}

static int
ask(int sock, const struct str *question, enum criu_task task, struct criu_answer *a)
{
	autoclose int fd = -EBADF;
	int r = send_message(sock, question);

	if (r == 0)
		r = receive(sock, -1, a, &fd);
	return r < 0 ? r : judge(a, task);
}

int
criu_ask_version(int sock, unsigned *version)
{
	auto_(criu_answer_done) struct criu_answer a = { 0 };
	autostr question = { 0 };

	criu_version_encode(&question);
	int r = ask(sock, &question, CRIU_VERSION, &a);
	*version = a.version;
	return r;
}

int
criu_ask_features(int sock, bool *track_mem, bool *lazy_pages)
{
	auto_(criu_answer_done) struct criu_answer a = { 0 };
	autostr question = { 0 };

	criu_features_encode(&question);
	int r = ask(sock, &question, CRIU_FEATURES, &a);
	*track_mem = a.can_track_mem;
	*lazy_pages = a.can_lazy_pages;
	return r;
}
