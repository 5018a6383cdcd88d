/*
 * took COMMAND...: runs it, waits for it and for every process that it leaves behind, and prints
 *
 *	MICROSECONDS CPU STATUS
 *
 * from before the command to its end; user and system time of all of them; its exit status.  What
 * the command says goes nowhere but for standard error.  What a daemon does for it is not seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
die(const char *what)
{
	fprintf(stderr, "took: %s: %s\n", what, strerror(errno));
	exit(125);
}

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long long
micros(const struct timeval *t)
{
	return t->tv_sec * 1000000LL + t->tv_usec;
}

static void
execute(char **argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		die("/dev/null");
	execvp(argv[0], argv);
	die(argv[0]);
}

int
main(int argc, char **argv)
{
	struct rusage used;
	long long start, end;
	int status;

	if (argc < 2)
		return fprintf(stderr, "usage: took COMMAND...\n"), 125;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		die("prctl");
	start = now();
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		execute(argv + 1);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait");
	end = now();
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	getrusage(RUSAGE_CHILDREN, &used);
	printf("%lld %lld %d\n", end - start, micros(&used.ru_utime) + micros(&used.ru_stime),
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
