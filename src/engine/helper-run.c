#include "engine/helper-run.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { DIR_FD = 3, ANSWER_FD, PROGRESS_FD, HELPER_FDS };
enum { ANSWER_MAX = 16 << 20, WORDS_MAX = 4096, TICK_MS = 100 };

/* A pipe from the helper, and what came by it. */
struct flow {
	int fd, theirs;		/* ours; theirs until it is started */
	struct str text;
	size_t max;
};

struct helper {
	const struct helper_job *job;
	const char *path;
	pid_t pid, parent;
	int pidfd, in, in_theirs;
	const char *input;
	size_t left;		/* of input */
	struct flow answer, words, progress;
	uint64_t total;
};

static void
flow_done(struct flow *f)
{
	close_at(&f->fd);
	close_at(&f->theirs);
	str_done(&f->text);
}

static void
helper_done(struct helper *h)
{
	close_at(&h->pidfd);
	close_at(&h->in);
	close_at(&h->in_theirs);
	flow_done(&h->answer);
	flow_done(&h->words);
	flow_done(&h->progress);
}

static int
flow_open(struct flow *f, size_t max)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	f->fd = ends[0];
	f->theirs = ends[1];
	f->max = max;
	return fcntl(f->fd, F_SETFL, O_NONBLOCK) < 0 ? fail(errno, "pipe") : 0;
}

static int
input_open(struct helper *h)
{
	int ends[2];

	if (h->job->in >= 0)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	h->in_theirs = ends[0];
	h->in = ends[1];
	return fcntl(h->in, F_SETFL, O_NONBLOCK) < 0 ? fail(errno, "pipe") : 0;
}

/* Puts each descriptor in its place, all others away.  In the child. */
static int
place_fds(const int from[HELPER_FDS])
{
	int high[HELPER_FDS];

	/* First out of the way of each other. */
	for (int i = 0; i < HELPER_FDS; i++)
		high[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD_CLOEXEC, HELPER_FDS);
	for (int i = 0; i < HELPER_FDS; i++) {
		if (from[i] >= 0 && (high[i] < 0 || dup2(high[i], i) < 0))
			return -1;
		if (from[i] < 0)
			close(i);
	}
	return close_range(HELPER_FDS, ~0u, 0);
}

static _Noreturn void
become_helper(const struct helper *h, char *const *argv)
{
	const struct helper_job *job = h->job;
	int from[HELPER_FDS] = {
		job->in >= 0 ? job->in : h->in_theirs,
		job->out >= 0 ? job->out : h->answer.theirs,
		h->words.theirs,
		job->dir,
		job->out >= 0 ? h->answer.theirs : -1,
		h->progress.theirs,
	};
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != h->parent || place_fds(from) < 0)
		_exit(127);
	execv(argv[0], argv);
	/* Words by hand: nothing of ours but the descriptor is left. */
	const char *why = err_text(errno);
	if (write(STDERR_FILENO, why, strlen(why)) < 0)
		_exit(126);
	_exit(127);
}

static char **
helper_argv(const struct helper *h)
{
	char **argv = NULL;

	strv_add(&argv, h->path);
	for (const char *const *arg = h->job->args; *arg; arg++)
		strv_add(&argv, *arg);
	if (h->progress.theirs >= 0) {
		strv_add(&argv, "--progress");
		strv_push(&argv, xasprintf("%d", PROGRESS_FD));
	}
	return argv;
}

static int
helper_start(struct helper *h)
{
	autostrv argv = helper_argv(h);

	h->parent = getpid();
	h->pid = fork();
	if (h->pid < 0)
		return fail(errno, "fork");
	if (h->pid == 0)
		become_helper(h, argv);
	close_at(&h->in_theirs);
	close_at(&h->answer.theirs);
	close_at(&h->words.theirs);
	close_at(&h->progress.theirs);
	h->in_theirs = h->answer.theirs = h->words.theirs = h->progress.theirs = -EBADF;
	h->pidfd = pidfd_open(h->pid, 0);
	return h->pidfd < 0 ? fail(errno, "watch the helper") : 0;
}

static void
feed(struct helper *h)
{
	ssize_t n = h->left ? write(h->in, h->input, h->left) : 0;

	if (n > 0) {
		h->input += n;
		h->left -= (size_t)n;
	}
	if (!h->left || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close(h->in);
		h->in = -EBADF;
	}
}

/* 1: there may be more; 0: not now. */
static int
listen_to(struct flow *f)
{
	char buf[16384];
	ssize_t n = read(f->fd, buf, sizeof(buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		close(f->fd);
		f->fd = -EBADF;
		return 0;
	}
	if (f->text.len + (size_t)n > f->max)
		return fail_plain(EFBIG, "an answer of more than %zu bytes", f->max);
	str_addn(&f->text, buf, (size_t)n);
	return 1;
}

/* Words may be many; the last count. */
static void
hear_words(struct flow *f)
{
	if (f->text.len > f->max / 2) {
		f->text.len -= f->max / 2;
		memmove(f->text.s, f->text.s + f->max / 2, f->text.len + 1);
	}
	listen_to(f);
}

static void
tell(const struct helper *h, uint64_t done, uint64_t total, const char *what)
{
	if (h->job->progress)
		h->job->progress(h->job->arg, done, total, what);
}

/* "DONE TOTAL WHAT" */
static void
tell_line(const struct helper *h, char *line)
{
	char *total = strchr(line, ' '), *what = total ? strchr(total + 1, ' ') : NULL;
	uint64_t done, all;

	if (!what)
		return;
	*total++ = *what++ = 0;
	if (parse_uint(line, UINT64_MAX, &done) == 0 && parse_uint(total, UINT64_MAX, &all) == 0)
		tell(h, done, all, what);
}

/* Of the lines that came only the last whole one matters. */
static void
hear_progress(struct helper *h)
{
	struct flow *f = &h->progress;
	char *end, *start;

	if (listen_to(f) < 0) {
		str_done(&f->text);
		return;
	}
	end = f->text.s ? memrchr(f->text.s, '\n', f->text.len) : NULL;
	if (!end)
		return;
	*end = 0;
	start = strrchr(f->text.s, '\n');
	tell_line(h, start ? start + 1 : f->text.s);
	f->text.len -= (size_t)(end + 1 - f->text.s);
	memmove(f->text.s, end + 1, f->text.len + 1);
}

/* The place in the file is shared with the helper. */
static void
tell_place(const struct helper *h)
{
	off_t at;

	if (!h->total || h->job->tells_progress)
		return;
	at = lseek(h->job->in, 0, SEEK_CUR);
	if (at >= 0)
		tell(h, (uint64_t)at, h->total, h->job->what);
}

static int
converse(struct helper *h)
{
	int timeout = h->job->progress && h->total ? TICK_MS : -1;

	for (;;) {
		struct pollfd p[] = {
			{ .fd = h->pidfd, .events = POLLIN },
			{ .fd = h->in, .events = POLLOUT },
			{ .fd = h->answer.fd, .events = POLLIN },
			{ .fd = h->words.fd, .events = POLLIN },
			{ .fd = h->progress.fd, .events = POLLIN },
		};

		if (poll(p, countof(p), timeout) < 0 && errno != EINTR)
			return fail(errno, "poll");
		if (p[1].revents)
			feed(h);
		if (p[2].revents && listen_to(&h->answer) < 0)
			return -EFBIG;
		if (p[3].revents)
			hear_words(&h->words);
		if (p[4].revents)
			hear_progress(h);
		tell_place(h);
		if (p[0].revents)
			return 0;
	}
}

/* A helper that is gone must make a write fail, not kill us. */
static int
converse_safely(struct helper *h)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;

	if (sigaction(SIGPIPE, &ignore, &before) < 0)
		return fail(errno, "ignore SIGPIPE");
	int r = converse(h);
	sigaction(SIGPIPE, &before, NULL);
	return r;
}

/* The last line, without what cannot be shown. */
static const char *
last_words(struct helper *h)
{
	struct str *t = &h->words.text;
	char *line;

	while (h->words.fd >= 0 && listen_to(&h->words) > 0)
		;
	while (t->len && strchr(" \n\r\t", t->s[t->len - 1]))
		t->s[--t->len] = 0;
	if (!t->len)
		return NULL;
	line = strrchr(t->s, '\n');
	line = line ? line + 1 : t->s;
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = ' ';
	return str_after(line, "servin-image: ") ? str_after(line, "servin-image: ") : line;
}

static int
outcome(struct helper *h, const struct type *t, void *answer)
{
	int status, r;

	while (waitpid(h->pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(errno, "wait for the helper");
	if (!WIFEXITED(status))
		return fail(0, "servin-image was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0) {
		const char *said = last_words(h);

		return said ? fail(0, "%s", said) :
			      fail(0, "servin-image: exit status %d", WEXITSTATUS(status));
	}
	while (h->answer.fd >= 0 && (r = listen_to(&h->answer)) != 0)
		if (r < 0)
			return r;
	return t ? oci_decode(t, &(struct oci_source){ "answer of servin-image",
						       h->answer.text.s ? h->answer.text.s : "",
						       h->answer.text.len }, answer) : 0;
}

static void
end(const struct helper *h)
{
	kill(h->pid, SIGKILL);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int
prepare(struct helper *h)
{
	struct stat st;
	int r = input_open(h);

	if (r == 0)
		r = flow_open(&h->answer, ANSWER_MAX);
	if (r == 0)
		r = flow_open(&h->words, WORDS_MAX * 8);
	if (r == 0 && h->job->progress && h->job->tells_progress)
		r = flow_open(&h->progress, WORDS_MAX * 16);
	if (h->job->in >= 0 && fstat(h->job->in, &st) == 0 && S_ISREG(st.st_mode))
		h->total = (uint64_t)st.st_size;
	return r;
}

#define NO_FLOW { .fd = -EBADF, .theirs = -EBADF }

int
helper_run(const struct helper_job *job, const struct type *t, void *answer)
{
	autofree char *path = engine_helper("servin-image");
	auto_(helper_done) struct helper h = {
		.job = job, .path = path, .pidfd = -EBADF, .in = -EBADF, .in_theirs = -EBADF,
		.input = job->input, .left = job->input ? strlen(job->input) : 0,
		.answer = NO_FLOW, .words = NO_FLOW, .progress = NO_FLOW,
	};
	autofree char *words = strv_join((char *const *)(uintptr_t)job->args, " ");
	int r = prepare(&h);

	debug("%s %s", path, words);
	if (r == 0)
		r = helper_start(&h);
	if (r == 0)
		r = converse_safely(&h);
	if (r == 0)
		return outcome(&h, t, answer);
	if (h.pid > 0)
		end(&h);
	return wrap(r, "servin-image");
}
