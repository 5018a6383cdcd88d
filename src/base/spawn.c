#include "base/spawn.h"

#include "base/clock.h"
#include "base/err.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#define SAID_MAX 2048

struct child {
	pid_t pid;
	int pidfd, in, out;
	const char *input;
	size_t left;		/* of the input */
	char said[SAID_MAX + 1];
	size_t n_said;
};

static void
child_done(struct child *c)
{
	close_at(&c->pidfd);
	close_at(&c->in);
	close_at(&c->out);
}

static int
start(const struct spawn *s, struct child *c, int in, int out)
{
	char *const alone[] = { (char *)(uintptr_t)s->path, NULL };
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	sigset_t none;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_adddup2(&acts, s->in > 0 ? s->in : in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&acts, s->out > 0 ? s->out : out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&acts, s->err > 0 ? s->err : out, STDERR_FILENO);
	/* Nor what an engine left open in us. */
	posix_spawn_file_actions_addclosefrom_np(&acts, STDERR_FILENO + 1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);	/* ours may be blocked for a signalfd */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	int r = posix_spawn(&c->pid, s->path, &acts, &attr, s->argv && s->argv[0] ? s->argv : alone,
			    s->env ? s->env : environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&acts);
	return r ? fail(r, "execute") : 0;
}

static int
child_start(const struct spawn *s, struct child *c)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	autoclose int in_end = in[0];
	c->in = in[1];
	if (pipe2(out, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	autoclose int out_end = out[1];
	c->out = out[0];

	int r = start(s, c, in_end, out_end);
	if (r < 0)
		return r;
	c->pidfd = pidfd_open(c->pid, 0);
	if (c->pidfd < 0 || fcntl(c->in, F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(c->out, F_SETFL, O_NONBLOCK) < 0)
		return fail(errno, "watch the program");
	return 0;
}

static void
feed(struct child *c)
{
	ssize_t n = c->left ? write(c->in, c->input, c->left) : 0;

	if (n > 0) {
		c->input += n;
		c->left -= (size_t)n;
	}
	/* A program may close its input unread; that is its business. */
	if (!c->left || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close(c->in);
		c->in = -EBADF;
	}
}

/* Keeps the end of what the program says.  Returns whether there may be more. */
static bool
listen_to(struct child *c)
{
	char buf[SAID_MAX];
	ssize_t n = read(c->out, buf, sizeof(buf));

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			close(c->out);
			c->out = -EBADF;
		}
		return false;
	}
	size_t keep = SAID_MAX - (size_t)n < c->n_said ? SAID_MAX - (size_t)n : c->n_said;
	memmove(c->said, c->said + c->n_said - keep, keep);
	memcpy(c->said + keep, buf, (size_t)n);
	c->n_said = keep + (size_t)n;
	c->said[c->n_said] = 0;
	return true;
}

static int
ms_until(int64_t end)
{
	int64_t ms = end - clock_ms();

	return ms > 0 ? (int)ms : 0;
}

static int
converse(struct child *c, int timeout_ms)
{
	int64_t end = clock_ms() + timeout_ms;

	for (;;) {
		struct pollfd p[] = {
			{ .fd = c->pidfd, .events = POLLIN },
			{ .fd = c->in, .events = POLLOUT },
			{ .fd = c->out, .events = POLLIN },
		};
		int n = poll(p, countof(p), timeout_ms < 0 ? -1 : ms_until(end));

		if (n < 0 && errno != EINTR)
			return fail(errno, "poll");
		if (n == 0)
			return fail(0, "no end after %g s", timeout_ms / 1000.0);
		if (p[1].revents)
			feed(c);
		if (p[2].revents)
			listen_to(c);
		if (p[0].revents)
			return 0;
	}
}

/* What it said, as one line for an error. */
static const char *
last_words(struct child *c)
{
	while (c->out >= 0 && listen_to(c))
		;
	while (c->n_said && strchr(" \n\r\t", c->said[c->n_said - 1]))
		c->said[--c->n_said] = 0;
	for (char *p = c->said; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	return c->said;
}

static int
outcome(struct child *c)
{
	int status;

	while (waitpid(c->pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(errno, "wait for the program");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;

	const char *said = last_words(c), *between = *said ? ": " : "";
	if (WIFEXITED(status))
		return fail(0, "exit status %d%s%s", WEXITSTATUS(status), between, said);
	return fail(0, "killed by signal %d%s%s", WTERMSIG(status), between, said);
}

static void
end(const struct child *c)
{
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* A write to a program that is gone must fail, not kill us. */
static int
converse_safely(struct child *c, int timeout_ms)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;

	if (sigaction(SIGPIPE, &ignore, &before) < 0)
		return fail(errno, "ignore SIGPIPE");
	int r = converse(c, timeout_ms);
	sigaction(SIGPIPE, &before, NULL);
	return r;
}

int
spawn_run(const struct spawn *s)
{
	auto_(child_done) struct child c = {
		.pidfd = -EBADF, .in = -EBADF, .out = -EBADF,
		.input = s->input, .left = s->input ? strlen(s->input) : 0,
	};
	int r = child_start(s, &c);

	if (r == 0)
		r = converse_safely(&c, s->timeout_ms);
	if (r == 0)
		r = outcome(&c);
	else if (c.pid > 0)
		end(&c);
	return wrap(r, "%s", s->path);
}
