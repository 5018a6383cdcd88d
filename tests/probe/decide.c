/*
 * decide SOCKET ERRNO: decides on the system calls of a container
 * (SCMP_ACT_NOTIFY).  Listens on SOCKET, takes one listener from a runtime,
 * prints
 *
 *	message TEXT
 *	fds N
 *	end		the sender has closed the connection behind that one message
 *
 * and then, until the container has ended, a line "call NUMBER PID" for each
 * call, which fails with ERRNO; with 0 it goes on.  "over" is the last line.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
check(long result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

static int
accept_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, peer;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd, "socket");
	check(bind(fd, (struct sockaddr *)&address, sizeof(address)), path);
	check(listen(fd, 1), "listen");
	peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	check(peer, "accept");
	return peer;
}

static int
receive(int peer)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(4 * sizeof(int))];
	} control = { 0 };
	char text[16384], more;
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(peer, &message, MSG_CMSG_CLOEXEC);
	int fd = -1;

	check(n, "recvmsg");
	text[n] = '\0';
	printf("message %s\n", text);
	if (message.msg_controllen)
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	printf("fds %zu\n", message.msg_controllen ?
	       (control.header.cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0);
	if (read(peer, &more, 1) == 0)
		puts("end");
	fflush(stdout);
	close(peer);
	return fd;
}

/* 0 when nobody has the filter any more. */
static int
decide(int listener, int error)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct seccomp_notif call = { 0 };

	check(poll(&p, 1, -1), "poll");
	if (!(p.revents & POLLIN))
		return 0;
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return errno == ENOENT || errno == EINTR;
	printf("call %d %u\n", call.data.nr, call.pid);
	fflush(stdout);
	struct seccomp_notif_resp answer = {
		.id = call.id, .error = -error,
		.flags = error ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0 || errno == ENOENT;
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	int listener = receive(accept_on(argv[1]));

	check(listener, "no descriptor came");
	while (decide(listener, atoi(argv[2])))
		;
	puts("over");
	return 0;
}
