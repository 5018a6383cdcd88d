/*
 * reaper COMMAND...: runs it, and reaps at once whoever below it is left without a parent.  The
 * init of a test machine may take seconds for that, and so long a container's last process stays.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	int status;
	pid_t pid, ended;

	if (argc < 2) {
		fprintf(stderr, "usage: reaper COMMAND...\n");
		return 2;
	}
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 || (pid = fork()) < 0) {
		perror("reaper");
		return 1;
	}
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	do
		ended = wait(&status);
	while (ended != pid && (ended > 0 || errno == EINTR));
	if (ended != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
