/*
 * decider SOCKET ERRNO: decides on the system calls of containers
 * (SCMP_ACT_NOTIFY), of many at once, until it is killed: each call fails with
 * ERRNO.  A runtime that is killed before it has sent a listener, or while a
 * process waits for the answer, is nothing to it.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 16) < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

/* -1 if none came. */
static int
receive(int peer)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char text[16384];
	struct iovec iov = { text, sizeof(text) };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fd = -1;

	if (recvmsg(peer, &message, MSG_CMSG_CLOEXEC) > 0 && message.msg_controllen)
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	close(peer);
	return fd;
}

/* 0 when nobody has the filter any more. */
static int
decide(int listener, int error)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct seccomp_notif call = { 0 };

	if (poll(&p, 1, -1) < 0 || !(p.revents & POLLIN))
		return 0;
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return errno == ENOENT || errno == EINTR;
	struct seccomp_notif_resp answer = { .id = call.id, .error = -error };
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0 || errno == ENOENT;
}

static void
serve(int peer, int error)
{
	int listener = receive(peer);

	while (listener >= 0 && decide(listener, error))
		;
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	int fd = listen_on(argv[1]);

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int peer = accept(fd, NULL, NULL);

		if (peer >= 0 && fork() == 0) {
			close(fd);
			serve(peer, atoi(argv[2]));
			return 0;
		}
		close(peer);
	}
}
