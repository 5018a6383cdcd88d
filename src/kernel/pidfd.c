#include "kernel/pidfd.h"

#include "base/err.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

/* Of the flags in /proc/PID/stat; the kernel's PF_FORKNOEXEC (proc(5), field 9). */
#define FORKED_ONLY 0x40

int
proc_stat(pid_t pid, struct proc_stat *st)
{
	char name[32], text[1024];
	unsigned flags;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	autoclose int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(errno == ENOENT ? ESRCH : errno, "open %s", name);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return fail(errno, "read %s", name);
	text[n] = 0;

	/* The second field is the program's name in brackets, and may hold brackets itself. */
	const char *p = strrchr(text, ')');
	if (!p || sscanf(p, ") %*c %*d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u"
			    " %*d %*d %*d %*d %*d %*d %" SCNu64,
			 &flags, &st->start) != 2)
		return fail(EPROTO, "read %s", name);
	st->forked_only = flags & FORKED_ONLY;
	return 0;
}

int
pidfd_open_started(pid_t pid, uint64_t start)
{
	struct proc_stat st;
	autoclose int fd = pidfd_open(pid, 0);

	if (fd < 0)
		return fail(errno, "pidfd_open %d", pid);
	/* Asked after the fd is there: if it fits now, the fd is of that process. */
	int r = proc_stat(pid, &st);
	if (r < 0)
		return r;
	/* Only the pidfd knows: a first thread that has ended is a zombie while the others run. */
	if (st.start != start || pidfd_wait_end(fd, 0) == 0)
		return fail(ESRCH, "process %d", pid);
	return take_fd(fd);
}

int
pidfd_signal(int pidfd, int signal)
{
	if (pidfd_send_signal(pidfd, signal, NULL, 0) < 0)
		return fail(errno, "send signal %d", signal);
	return 0;
}

int
pidfd_wait_end(int pidfd, int timeout_ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int n;

	do
		n = poll(&p, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(errno, "wait for a process");
	return n ? 0 : fail(ETIMEDOUT, "wait for a process to end");
}

int
proc_check_executed(pid_t pid, uint64_t start)
{
	struct proc_stat st;
	int r = proc_stat(pid, &st);

	if (r < 0)
		return r == -ESRCH ? 0 : r;
	/* execve takes the mark away before it closes anything. */
	if (!st.forked_only || (start && st.start != start))
		return 0;
	return fail(ESRCH, "process %d ended before it executed the program", pid);
}

int
pidfd_reap(int pidfd)
{
	siginfo_t info;
	int r;

	do
		r = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return fail(errno, "wait for a child");
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

int
boot_id(struct boot_id *id)
{
	static const char name[] = "/proc/sys/kernel/random/boot_id";
	autoclose int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(errno, "open %s", name);
	ssize_t n = read(fd, id->s, sizeof(id->s) - 1);
	if (n != sizeof(id->s) - 1)
		return fail(n < 0 ? errno : EIO, "read %s", name);
	id->s[n] = 0;
	return 0;
}
