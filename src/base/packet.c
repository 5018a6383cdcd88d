#include "base/packet.h"

#include "base/err.h"
#include "base/file.h"

#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

union control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(sizeof(int) * PACKET_FDS)];
};

int
packet_pair(int pair[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return fail(errno, "socketpair");
	return 0;
}

int
packet_send(int sock, const void *data, size_t len, const struct packet_fds *fds)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;

	if (fds && fds->n) {
		size_t bytes = sizeof(int) * (size_t)fds->n;

		memset(&control, 0, sizeof(control));
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(bytes);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(bytes);
		memcpy(CMSG_DATA(c), fds->fd, bytes);
	}

	ssize_t n;
	do
		n = sendmsg(sock, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? fail(errno, "send") : 0;
}

static void
collect_fds(struct msghdr *msg, struct packet_fds *out)
{
	out->n = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		out->n = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(out->fd, CMSG_DATA(c), sizeof(int) * (size_t)out->n);
	}
}

static void
close_fds(struct packet_fds *fds)
{
	while (fds->n)
		close(fds->fd[--fds->n]);
}

ssize_t
packet_recv(int sock, void *data, size_t room, struct packet_fds *fds)
{
	struct iovec iov = { .iov_base = data, .iov_len = room };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.buf, .msg_controllen = sizeof(control.buf),
	};
	struct packet_fds got;
	ssize_t n;

	do
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(errno, "receive");

	collect_fds(&msg, &got);
	if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		close_fds(&got);
		return fail(EMSGSIZE, "receive");
	}
	if (fds)
		*fds = got;
	else
		close_fds(&got);
	return n;
}

int
packet_connect(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	autofree char *copy = xstrdup(path), *copy2 = xstrdup(path);
	autoclose int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	autoclose int dir = -EBADF;

	if (sock < 0)
		return fail(errno, "socket");
	if (strlen(path) < sizeof(addr.sun_path)) {
		memcpy(addr.sun_path, path, strlen(path) + 1);
	} else {
		/* An address holds 107 bytes: name the directory by its descriptor. */
		dir = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			return fail(errno, "open the directory of %s", path);
		int n = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%s", fd_path(dir).s,
				 basename(copy2));
		if (n >= (int)sizeof(addr.sun_path))
			return fail(ENAMETOOLONG, "connect to %s", path);
	}
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return fail(errno, "connect to %s", path);
	return take_fd(sock);
}
