/*
 * One command with one fault, by ptrace(2).
 *
 * What is traced stops at the entry of each system call.  A kill there is a
 * kill before the call had any effect.  An error is made by skipping the call
 * (its number becomes -1) and setting what it returned.
 */
#include "fault.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRACEES_MAX 64

struct trace {
	const struct fault *fault;
	struct outcome out;
	pid_t main, victim;	/* victim: its next exit from a call gets the error */
	bool main_runs, main_ended;
	pid_t tracee[TRACEES_MAX];
	size_t n;
	unsigned long calls;
};

#if defined(__x86_64__)
static void
skip_call(pid_t pid)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	regs.orig_rax = (unsigned long long)-1;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

static void
set_result(pid_t pid, long value)
{
	struct user_regs_struct regs;

	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	regs.rax = (unsigned long long)value;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}
#elif defined(__aarch64__)
static void
skip_call(pid_t pid)
{
	int none = -1;
	struct iovec v = { &none, sizeof(none) };

	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &v);
}

static void
set_result(pid_t pid, long value)
{
	struct user_regs_struct regs;
	struct iovec v = { &regs, sizeof(regs) };

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &v);
	regs.regs[0] = (unsigned long long)value;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &v);
}
#else
static void
skip_call(pid_t pid)
{
	(void)pid;
	die("no way to skip a system call is known on this machine: only kills can be walked");
}

static void
set_result(pid_t pid, long value)
{
	(void)pid;
	(void)value;
}
#endif

long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
reap(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
		;
	return pid == 0;
}

bool
settle(int ms)
{
	long end = now_ms() + ms;

	while (reap()) {
		if (now_ms() > end)
			return false;
		usleep(500);
	}
	return true;
}

static bool
is_tracee(const struct trace *t, pid_t pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->tracee[i] == pid)
			return true;
	return false;
}

static void
add_tracee(struct trace *t, pid_t pid)
{
	if (is_tracee(t, pid))
		return;
	if (t->n == TRACEES_MAX)
		die("more than %d processes", TRACEES_MAX);
	t->tracee[t->n++] = pid;
}

static void
drop_tracee(struct trace *t, pid_t pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->tracee[i] == pid)
			t->tracee[i] = t->tracee[--t->n];
}

/* Calls that cannot fail: no error is made of them. */
static bool
never_fails(long call)
{
	static const long list[] = {
		SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_umask, SYS_getpid, SYS_gettid,
		SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (call == list[i])
			return true;
	return false;
}

static void
hit(struct trace *t, pid_t pid, long call)
{
	t->out.hit = true;
	t->out.call = call;
	if (!t->fault->error) {
		kill(pid, SIGKILL);
		return;
	}
	if (never_fails(call))
		return;
	t->victim = pid;
	/* An error of close(2) comes when the descriptor is closed already. */
	if (call != SYS_close)
		skip_call(pid);
}

static void
on_call(struct trace *t, pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && ++t->calls == t->fault->at)
		hit(t, pid, (long)info.entry.nr);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && t->victim == pid) {
		set_result(pid, -t->fault->error);
		t->victim = 0;
	}
}

static bool
is_target(const struct trace *t, pid_t pid)
{
	return (t->fault->target == TARGET_MAIN) == (pid == t->main);
}

/* Behind the fault there is nothing to see; until then only what may be hit stops at calls. */
static void
go_on(struct trace *t, pid_t pid, int sig)
{
	bool stops = is_target(t, pid) && (!t->out.hit || t->victim == pid);

	ptrace(stops ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, sig);
}

static void
let_go(struct trace *t, pid_t pid, int sig)
{
	ptrace(PTRACE_DETACH, pid, 0, sig);
	drop_tracee(t, pid);
}

static void
on_stop(struct trace *t, pid_t pid, int status)
{
	int event = status >> 16, sig = WSTOPSIG(status);

	add_tracee(t, pid);
	if (event == PTRACE_EVENT_EXEC && pid == t->main)
		t->main_runs = true;
	else if (event == PTRACE_EVENT_EXEC) {
		let_go(t, pid, 0);	/* a hook, or the container's program */
		return;
	}
	if (sig == (SIGTRAP | 0x80)) {
		if ((t->main_runs || pid == t->fault->also) && is_target(t, pid))
			on_call(t, pid);
		sig = 0;
	}
	if (event || sig == SIGTRAP)
		sig = 0;
	if (t->main_ended && t->victim != pid)
		let_go(t, pid, sig);	/* an init that waits at its gate, or soon will */
	else
		go_on(t, pid, sig);
}

static void
on_end(struct trace *t, pid_t pid, int status)
{
	drop_tracee(t, pid);
	if (pid != t->main)
		return;
	t->out.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	t->main_ended = true;
	for (size_t i = 0; i < t->n; i++)
		ptrace(PTRACE_INTERRUPT, t->tracee[i], 0, 0);
}

static void
wake(int sig)
{
	(void)sig;
}

/* So that a wait ends now and then, to look at the clock. */
static void
tick(bool on)
{
	struct sigaction act = { .sa_handler = wake };
	struct itimerval every = { { 0, on ? 50000 : 0 }, { 0, on ? 50000 : 0 } };

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

static void
follow(struct trace *t, int deadline_ms)
{
	long end = now_ms() + deadline_ms;
	int status;

	tick(true);
	while (!t->main_ended || t->n) {
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno != EINTR)
			break;
		if (pid > 0 && WIFSTOPPED(status))
			on_stop(t, pid, status);
		else if (pid > 0)
			on_end(t, pid, status);
		if (now_ms() < end)
			continue;
		t->out.hung = true;
		kill(t->main, SIGKILL);
		for (size_t i = 0; i < t->n; i++)
			kill(t->tracee[i], SIGKILL);
		end = now_ms() + deadline_ms;
	}
	tick(false);
}

static int
open_new(const char *name, const char *suffix)
{
	char *path = text("%s%s", name, suffix);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);

	free(path);
	return fd;
}

static pid_t
start(char *const argv[], const char *out, int *go)
{
	int gate[2];

	if (pipe2(gate, O_CLOEXEC) < 0)
		die("pipe");
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		char c;

		dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
		dup2(open_new(out, ""), 1);
		dup2(open_new(out, ".err"), 2);
		close(gate[1]);
		if (read(gate[0], &c, 1) == 1)
			execv(argv[0], argv);
		_exit(126);
	}
	close(gate[0]);
	*go = gate[1];
	return pid;
}

struct outcome
inject(char *const argv[], const char *out, const struct fault *fault, int deadline_ms)
{
	static const struct fault none = { .target = TARGET_MAIN };
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC;
	struct trace t = { .fault = fault ? fault : &none };
	int go;

	if (t.fault->target == TARGET_CHILD)
		options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	t.main = start(argv, out, &go);
	if (fault && ptrace(PTRACE_SEIZE, t.main, 0, options) < 0)
		die("ptrace: not allowed");
	if (fault && fault->also)
		ptrace(PTRACE_SEIZE, fault->also, 0, options);
	if (fault && fault->also)
		ptrace(PTRACE_INTERRUPT, fault->also, 0, 0);
	if (write(go, "", 1) != 1)
		die("the command has ended");
	close(go);
	follow(&t, deadline_ms);
	return t.out;
}
