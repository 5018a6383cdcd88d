#include "runtime/foreground.h"

#include "runtime/notify.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "kernel/pidfd.h"
#include "kernel/tty.h"

#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>

#define CHUNK 4096

int
foreground_signals(void)
{
	/* A child's end is seen by its pidfd; job control and faults are our own affair. */
	static const int ours[] = {
		SIGCHLD, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU,
		SIGPIPE, SIGSEGV, SIGBUS,  SIGILL,  SIGFPE,
	};
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < countof(ours); i++)
		sigdelset(&set, ours[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return fail(errno, "block signals");
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? fail(errno, "signalfd") : fd;
}

static void
hand_on_signals(const struct foreground *f)
{
	struct signalfd_siginfo info;

	while (read(f->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGWINCH && f->master >= 0)
			tty_copy_size(STDIN_FILENO, f->master);
		else if (pidfd_send_signal(f->pidfd, (int)info.ssi_signo, NULL, 0) < 0 &&
			 errno != ESRCH)
			warn("hand on signal %u: %s", info.ssi_signo, err_text(errno));
	}
}

/* One piece from one to the other; 0 when there is no more. */
static ssize_t
copy_piece(int from, int to)
{
	char buf[CHUNK];
	ssize_t n = read(from, buf, sizeof(buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 1;
	/* EIO from a master: the last one with the slave open has gone. */
	if (n <= 0 || fd_write_all(to, "the terminal", buf, (size_t)n) < 0)
		return 0;
	return n;
}

/* What the process wrote before its end is in the master still. */
static void
drain(int master)
{
	struct pollfd p = { .fd = master, .events = POLLIN };

	while (poll(&p, 1, 0) > 0 && p.revents & POLLIN)
		if (copy_piece(master, STDOUT_FILENO) == 0)
			return;
}

/* And what it told; a socket holds no more than that, and others may go on telling. */
static void
drain_notify(struct foreground *f)
{
	struct pollfd p = { .fd = f->notify, .events = POLLIN };

	for (int i = 0; i < 16 && poll(&p, 1, 0) > 0; i++)
		if (notify_hand_on(f->notify, f->pid) < 0)
			return;
}

static void
serve(struct foreground *f, struct pollfd p[5])
{
	if (p[1].revents)
		hand_on_signals(f);
	if (p[2].revents && copy_piece(f->master, STDOUT_FILENO) == 0)
		p[2].fd = -1;
	if (p[3].revents && copy_piece(STDIN_FILENO, f->master) == 0)
		p[3].fd = -1;
	if (p[4].revents && notify_hand_on(f->notify, f->pid) < 0) {
		warn("%s", err_words());
		p[4].fd = -1;
	}
}

int
foreground_wait(struct foreground *f)
{
	auto_(tty_restore_at) struct tty_mode *mode = f->master >= 0 ? tty_raw(STDIN_FILENO) : NULL;
	struct pollfd p[] = {
		{ .fd = f->pidfd, .events = POLLIN },
		{ .fd = f->signals, .events = POLLIN },
		{ .fd = f->master, .events = POLLIN },
		{ .fd = f->master >= 0 ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = f->notify, .events = POLLIN },
	};

	(void)mode;	/* it is there to be undone */
	while (!p[0].revents) {
		if (poll(p, countof(p), -1) < 0 && errno != EINTR)
			return fail(errno, "poll");
		serve(f, p);
	}
	if (f->master >= 0)
		drain(f->master);
	if (p[4].fd >= 0)
		drain_notify(f);
	return pidfd_reap(f->pidfd);
}
