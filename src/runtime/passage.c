#include "runtime/passage.h"

#include "base/err.h"
#include "base/packet.h"
#include "kernel/clone.h"
#include "kernel/pidfd.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

/* What the helper tells: the pid, in the pid namespace that it shares with us, or an error. */
struct birth {
	int pid;		/* or -errno */
	char words[1024];
};

static _Noreturn void
tell(int sock, int pid, int pidfd)
{
	struct packet_fds fds = { .n = pidfd >= 0, .fd = { pidfd } };
	struct birth b = { .pid = pid };

	if (pid < 0)
		snprintf(b.words, sizeof(b.words), "%s", err_words());
	packet_send(sock, &b, sizeof(b), &fds);
	_exit(0);
}

/* Returns in the child only. */
static void
help(const struct clone_req *req, int (*join)(void *of), void *of, int sock)
{
	int pidfd = -EBADF;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	int r = join(of);
	if (r == 0)
		r = clone_process(req, &pidfd);
	if (r != 0)
		tell(sock, r, pidfd);
}

static int
listen_to(int sock, int *pidfd)
{
	struct packet_fds fds;
	struct birth b;
	ssize_t n = packet_recv(sock, &b, sizeof(b), &fds);

	if (n < 0)
		return (int)n;
	if (n != sizeof(b))
		return fail(EPIPE, "the process that joins namespaces died");
	if (b.pid > 0 && fds.n == 1) {
		*pidfd = fds.fd[0];
		return b.pid;
	}
	b.words[sizeof(b.words) - 1] = 0;
	fail(0, "%s", b.words);
	return b.pid < 0 ? b.pid : -EPROTO;
}

struct passage {
	int (*join)(void *of);
	void *of;
};

static pid_t
pass(const struct clone_req *req, int *pidfd, void *arg)
{
	const struct clone_req helper_req = { .cgroup = -EBADF };
	struct clone_req sibling = *req;
	struct passage *p = arg;
	autoclose int helper = -EBADF;
	int pair[2], r = packet_pair(pair);

	if (r < 0)
		return r;
	autoclose int ours = pair[0], theirs = pair[1];
	sibling.sibling = true;
	pid_t pid = clone_process(&helper_req, &helper);
	if (pid == 0) {
		help(&sibling, p->join, p->of, theirs);
		return 0;
	}
	if (pid < 0)
		return pid;
	close_at(&theirs);
	theirs = -EBADF;
	r = listen_to(ours, pidfd);
	pidfd_reap(helper);
	return r;
}

int
passage_clone(struct child *c, uint64_t namespaces, int (*join)(void *of), void *of)
{
	struct passage p = { join, of };

	return child_clone_by(c, namespaces, pass, &p);
}
