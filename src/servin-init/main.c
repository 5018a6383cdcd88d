/*
 * servin-init -- PROGRAM [ARGUMENT...]: the first process of a container with --init.
 *
 * It runs the program, hands signals on to it, reaps what it leaves behind,
 * and ends as it ends: its status, or 128 and the signal's number.  It is
 * mounted into the container, so it is static and needs nothing there.
 */
#include "base/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>

enum { FAILED = 125, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

static void
say(const char *what, int code)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(code));
}

/*
 * A session of its own would lose the terminal; a process group in the foreground has it, and is
 * what ^C is for.
 */
static _Noreturn void
run_program(char **argv, const sigset_t *old)
{
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpid());	/* it need not be a terminal */
	sigprocmask(SIG_SETMASK, old, NULL);
	execvp(argv[0], argv);

	int code = errno;
	say(argv[0], code);
	_exit(code == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

/* Whether the program was among the dead, and how it ended. */
static bool
reap(pid_t program, int *ended)
{
	bool found = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != program)
			continue;
		found = true;
		*ended = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	return found;
}

/* Of what the kernel says of us nothing is for the program: it hears of its terminal itself. */
static bool
is_ours(int sig)
{
	return sig == SIGCHLD || sig == SIGTTIN || sig == SIGTTOU || sig == SIGTSTP;
}

static int
serve(pid_t program, const sigset_t *all)
{
	int ended = 0, sig;

	for (;;) {
		sig = sigwaitinfo(all, NULL);
		if (sig == SIGCHLD && reap(program, &ended))
			return ended;
		if (sig > 0 && !is_ours(sig))
			kill(program, sig);
	}
}

int
main(int argc, char **argv)
{
	sigset_t all, old;
	pid_t program;

	if (argc < 3 || strcmp(argv[1], "--") != 0) {
		fprintf(stderr, "usage: servin-init -- PROGRAM [ARGUMENT...]\n");
		return FAILED;
	}
	/* Blocked, a signal waits for us, whoever sends it and however early. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	program = fork();
	if (program < 0) {
		say("fork", errno);
		return FAILED;
	}
	if (program == 0)
		run_program(argv + 2, &old);
	return serve(program, &all);
}
