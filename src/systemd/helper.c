#include "systemd/helper.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/packet.h"
#include "base/parse.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#define PATIENCE_MS 30000

/* For tests and for who keeps it elsewhere.  Whoever starts us chooses what we do anyway. */
static const char *
program(void)
{
	const char *chosen = secure_getenv("OCIRUN_SYSTEMD");

	return chosen && *chosen ? chosen : OCIRUN_SYSTEMD;
}

static int
patience(int64_t *ms)
{
	const char *text = secure_getenv("OCIRUN_SYSTEMD_TIMEOUT");
	uint64_t ns = PATIENCE_MS * UINT64_C(1000000);
	int r = text && *text ? parse_duration(text, &ns) : 0;

	*ms = (int64_t)(ns / 1000000 < INT_MAX ? ns / 1000000 : INT_MAX);
	return wrap(r, "OCIRUN_SYSTEMD_TIMEOUT=%s", text);
}

static int
spawn(const char *path, const char *manager, int sock, pid_t *pid)
{
	char *const argv[] = { "ocirun-systemd", (char *)(uintptr_t)manager, NULL };
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	sigset_t none;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_adddup2(&acts, sock, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&acts, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&acts, STDERR_FILENO + 1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	int r = posix_spawn(pid, path, &acts, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&acts);
	return r ? fail(r, "execute %s, the helper for systemd", path) : 0;
}

int
helper_start(struct helper *h, const char *manager)
{
	int pair[2];
	int r = patience(&h->patience_ms);

	if (r == 0)
		r = packet_pair(pair);
	if (r < 0)
		return r;
	h->sock = pair[0];
	autoclose int its = pair[1];
	r = spawn(program(), manager, its, &h->pid);
	if (r < 0)
		return r;
	h->pidfd = pidfd_open(h->pid, 0);
	return h->pidfd < 0 ? fail(errno, "watch the helper for systemd") : 0;
}

static int
ended(const char *doing)
{
	return fail(0, "%s: %s ended without an answer", doing, program());
}

static int
send_request(const struct helper *h, char *const *request, const char *doing)
{
	autostr packet = { 0 };

	packet_of_words(&packet, request);
	if (packet.len > TALK_MAX)
		return fail(E2BIG, "its properties have %zu bytes, and %d are the most",
			    packet.len, TALK_MAX);
	int r = packet_send(h->sock, packet.s, packet.len, NULL);
	return r == -EPIPE ? ended(doing) : r;
}

/* One packet of the answer, or how long we waited for what. */
static int
receive(const struct helper *h, int64_t end, const char *doing, char ***words)
{
	autofree char *packet = xcalloc(1, TALK_MAX);
	struct pollfd p = { .fd = h->sock, .events = POLLIN };
	int64_t left = end - clock_ms();
	int n = left <= 0 ? 0 : poll(&p, 1, (int)left);

	if (n == 0)
		return fail(ETIMEDOUT, "%s: no answer for %g s", doing,
			    (double)h->patience_ms / 1000);
	if (n < 0)
		return errno == EINTR ? 0 : fail(errno, "poll");
	ssize_t len = packet_recv(h->sock, packet, TALK_MAX, NULL);
	if (len == 0 || len == -ECONNRESET)
		return ended(doing);
	*words = len > 0 ? words_of_packet(packet, (size_t)len) : NULL;
	return len < 0 ? (int)len : 0;
}

static int
told_error(char *const *answer)
{
	int64_t code = 0;

	if (strv_len(answer) != 3)
		return fail(EPROTO, "the answer of %s", program());
	fail(0, "%s", answer[2]);
	parse_int(answer[1], -4095, 0, &code);
	return code < 0 ? (int)code : -EINVAL;
}

static int
told_ok(char *const *answer, char **path)
{
	if (strv_len(answer) < 2)
		return fail(EPROTO, "the answer of %s", program());
	for (char *const *name = answer + 2; *name; name++)
		debug("systemd did not take %s; the cgroup's own file has it", *name);
	if (path)
		*path = xstrdup(answer[1]);
	return 0;
}

int
helper_ask(const struct helper *h, char *const *request, char **path)
{
	int64_t end = clock_ms() + h->patience_ms;
	autofree char *doing = xstrdup("start the helper");
	int r = send_request(h, request, doing);

	while (r == 0) {
		autostrv answer = NULL;

		r = receive(h, end, doing, &answer);
		if (r < 0 || !answer)
			continue;
		if (streq(answer[0], ANSWER_OK))
			return told_ok(answer, path);
		if (streq(answer[0], ANSWER_ERROR))
			return told_error(answer);
		free(doing);
		doing = xstrdup(answer[1] ? answer[1] : "");
	}
	return r;
}

void
helper_done(struct helper *h)
{
	siginfo_t info;

	if (h->pidfd >= 0) {
		pidfd_send_signal(h->pidfd, SIGKILL, NULL, 0);
		while (waitid(P_PIDFD, (id_t)h->pidfd, &info, WEXITED) < 0 && errno == EINTR)
			;
	}
	close_at(&h->pidfd);
	close_at(&h->sock);
	*h = (struct helper)HELPER_EMPTY;
}
