#include "engine/exec.h"

#include "engine/events.h"
#include "engine/explain.h"
#include "engine/oci.h"
#include "engine/status.h"

#include "kernel/pidfd.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

/* The status of ocirun and runc for a failure of their own; the command may have it too. */
#define RUNTIME_FAILED 255

/* The process as a file that the runtime inherits; where its path leads it can be read from. */
static int
process_file(const struct oci_process *process)
{
	autofree char *text = oci_encode(&oci_process_type, process, OCI_COMPACT);
	autoclose int fd = memfd_create("process.json", 0);
	int r;

	if (fd < 0)
		return fail(errno, "memfd_create");
	r = fd_write_all(fd, "process.json", text, strlen(text));
	return r < 0 ? r : take_fd(fd);
}

struct running {
	pid_t pid;
	int pidfd, signals;
	sigset_t before;
};

static void
running_done(struct running *x)
{
	close_at(&x->pidfd);
	close_at(&x->signals);
	sigprocmask(SIG_SETMASK, &x->before, NULL);
}

static _Noreturn void
become_runtime(const struct running *x, char **argv, const struct exec_how *how)
{
	int null = how->input ? -1 : open("/dev/null", O_RDWR);

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	if (how->detach)
		for (int fd = STDOUT_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
			dup2(null, fd);
	umask(022);	/* that of the container's first process */
	sigprocmask(SIG_SETMASK, &x->before, NULL);
	execv(argv[0], argv);
	_exit(RUNTIME_FAILED);
}

static int
start_runtime(struct running *x, char **argv, const struct exec_how *how)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &x->before);
	x->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (x->signals < 0)
		return fail(errno, "signalfd");
	x->pid = fork();
	if (x->pid < 0)
		return fail(errno, "fork");
	if (x->pid == 0)
		become_runtime(x, argv, how);
	x->pidfd = pidfd_open(x->pid, 0);
	return x->pidfd < 0 ? fail(errno, "pidfd_open") : 0;
}

/* Those of a terminal have reached the runtime already, which is in the same group. */
static void
pass_signals(const struct running *x)
{
	struct signalfd_siginfo info;

	while (read(x->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_code != SI_KERNEL && info.ssi_signo != SIGCHLD)
			pidfd_signal(x->pidfd, (int)info.ssi_signo);
}

static int
run_runtime(char **argv, const struct exec_how *how)
{
	auto_(running_done) struct running x = { .pidfd = -EBADF, .signals = -EBADF };
	int r = start_runtime(&x, argv, how);

	while (r == 0) {
		struct pollfd p[] = {
			{ .fd = x.pidfd, .events = POLLIN }, { .fd = x.signals, .events = POLLIN },
		};

		if (poll(p, countof(p), -1) < 0 && errno != EINTR)
			return fail(errno, "poll");
		if (p[1].revents)
			pass_signals(&x);
		if (p[0].revents)
			return pidfd_reap(x.pidfd);
	}
	return r;
}

/* What the runtime wrote to its log: a command that ran and ended with 255 leaves it empty. */
static int
failure(const struct container *c, int state, const char *log, int status, bool *told)
{
	autofree char *text = NULL;
	int code;

	if (status != RUNTIME_FAILED && status != 1)
		return status;
	if (file_read_at(state, log, 64u << 10, &text, NULL) < 0 || !*text)
		return status;
	*told = true;
	for (size_t n = strlen(text); n > 0 && text[n - 1] == '\n'; n--)
		text[n - 1] = 0;
	code = oci_exec_failure(text);
	return oci_words(c, code ? code : EIO, text);
}

static int
call_runtime(const struct engine *e, const struct container *c, int process,
	     const struct exec_how *how, bool *told)
{
	autofree char *log = xasprintf("exec-%d.log", (int)getpid());
	autofree char *log_path = xasprintf("%s/%s/%s", e->state, c->id, log);
	autoclose int state = openat(e->state_fd, c->id, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct fd_path file = fd_path(process);
	const char *words[] = { "exec", "--process", file.s, how->detach ? "--detach" : c->id,
				how->detach ? c->id : NULL, NULL };
	autostrv argv = NULL;
	int r = state < 0 ? fail_plain(ESRCH, "container %s is not running", c->name) :
			    oci_command(e, c, words, &argv);

	if (r < 0)
		return r;
	strv_insert(&argv, 1, "--log");
	strv_insert(&argv, 2, log_path);
	r = run_runtime(argv, how);
	if (r >= 0)
		r = failure(c, state, log, r, told);
	unlinkat(state, log, 0);
	return r;
}

static int
check_running(const struct engine *e, const struct container *c)
{
	struct status *now;
	int r = container_status(e, c, &now);

	if (r < 0)
		return r;
	if (streq(now->status, "paused"))
		r = hint(fail_plain(EBUSY, "container %s is paused", c->name), "unpause it first");
	else if (!status_is_up(now))
		r = hint(fail_plain(ESRCH, "container %s is not running", c->name),
			 "start it first");
	oci_free(&status_type, now);
	return r;
}

/* The cause is looked for as for a container whose command it were. */
static int
explain(int r, int root, const struct container *c, const struct oci_process *process)
{
	struct container_config config = { .env = process->env };
	struct container like = {
		.path = process->args ? process->args[0] : NULL, .mounts = c->mounts,
		.config = &config,
	};

	return explain_failure(r, root, &like);
}

int
container_exec(const struct engine *e, const struct container *c, const struct exec_request *req,
	       const struct exec_how *how, bool *told)
{
	autoclose int root = -EBADF, file = -EBADF;
	struct oci_process *process = NULL;
	int r = check_running(e, c);

	if (r < 0)
		return r;
	root = container_root(e, c);
	r = root < 0 ? root : bundle_exec_process(e, c, root, req, &process);
	if (r == 0) {
		file = process_file(process);
		r = file < 0 ? file : 0;
	}
	if (r == 0) {
		event_add(e, "container", "exec_start", c->id, "name", c->name, NULL);
		r = call_runtime(e, c, file, how, told);
	}
	if (*told && (r == -ENOENT || r == -EACCES))
		r = explain(r, root, c, process);
	oci_free(&oci_process_type, process);
	return r;
}
