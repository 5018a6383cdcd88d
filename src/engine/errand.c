#include "engine/errand.h"

#include "base/err.h"
#include "base/packet.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define WORDS_MAX 4096

static _Noreturn void
child(int sock, pid_t parent, int (*work)(void *, int *), void *arg)
{
	struct packet_fds fds = { .n = 1, .fd = { -EBADF } };
	autofree char *said = NULL;
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	r = work(arg, &fds.fd[0]);
	said = xasprintf("%d %.*s", r < 0 ? r : 0, WORDS_MAX - 32, r < 0 ? err_words() : "");
	_exit(packet_send(sock, said, strlen(said) + 1, r < 0 || fds.fd[0] < 0 ? NULL : &fds) < 0);
}

int
errand_begin(struct errand *x, int (*work)(void *arg, int *fd), void *arg)
{
	pid_t parent = getpid();
	int pair[2], r = packet_pair(pair);

	if (r < 0)
		return r;
	x->pid = fork();
	if (x->pid == 0)
		child(pair[1], parent, work, arg);
	close(pair[1]);
	x->sock = pair[0];
	if (x->pid > 0)
		return 0;
	close(pair[0]);
	return fail(errno, "fork");
}

static int
hear(int sock, int *fd)
{
	struct packet_fds fds = { 0 };
	char said[WORDS_MAX], *words = NULL;
	ssize_t n = packet_recv(sock, said, sizeof(said) - 1, fd ? &fds : NULL);
	long code;

	if (n <= 0)
		return n < 0 ? (int)n : fail_plain(EIO, "a child died");
	said[n] = 0;
	code = strtol(said, &words, 10);
	if (fd && fds.n)
		*fd = fds.fd[0];
	return code < 0 ? fail_plain((int)-code, "%s", words + (*words == ' ')) : 0;
}

int
errand_end(struct errand *x, int *fd)
{
	int r = hear(x->sock, fd);

	close(x->sock);
	while (waitpid(x->pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}
