/*
 * recvfd SOCKET: listens on SOCKET, takes one descriptor from whoever connects
 * (a runtime, with --console-socket or --pidfd-socket), prints
 *
 *	message TEXT
 *	fd KIND
 *
 * and, if it is a terminal, passes its output on until the other side hangs up;
 * what comes on our standard input goes to the terminal.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

	if (strlen(path) >= sizeof(address.sun_path)) {
		fprintf(stderr, "%s: too long for a socket\n", path);
		exit(1);
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd, "socket");
	check(bind(fd, (struct sockaddr *)&address, sizeof(address)), path);
	check(listen(fd, 1), "listen");
	peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	check(peer, "accept");
	close(fd);
	return peer;
}

/* The first descriptor that comes, with the words beside it. */
static int
receive(int peer, char *text, size_t size)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { text, size - 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t n = recvmsg(peer, &message, MSG_CMSG_CLOEXEC);
	int fd;

	check(n, "recvmsg");
	text[n] = '\0';
	c = CMSG_FIRSTHDR(&message);
	if (!c || c->cmsg_type != SCM_RIGHTS) {
		fprintf(stderr, "no descriptor came\n");
		exit(1);
	}
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void
print_kind(int fd)
{
	char path[64], kind[256];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, kind, sizeof(kind) - 1);
	check(n, path);
	kind[n] = '\0';
	printf("fd %s\n", kind);
}

/* Returns false at the end of `from`. */
static int
pass_on(int from, int to)
{
	char buffer[4096];
	ssize_t n = read(from, buffer, sizeof(buffer));

	if (n < 0 && errno == EINTR)
		return 1;
	if (n <= 0)	/* EIO is how a terminal says that nobody has it any more */
		return 0;
	return write(to, buffer, n) == n;
}

static void
serve_terminal(int terminal)
{
	struct pollfd fds[] = { { terminal, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };

	while (poll(fds, 2, -1) > 0 || errno == EINTR) {
		if (fds[0].revents && !pass_on(terminal, STDOUT_FILENO))
			return;
		if (fds[1].revents && !pass_on(STDIN_FILENO, terminal))
			fds[1].fd = -1;
	}
}

int
main(int argc, char **argv)
{
	char text[256];
	int peer, fd;

	if (argc != 2) {
		fprintf(stderr, "usage: recvfd SOCKET\n");
		return 2;
	}
	peer = accept_on(argv[1]);
	fd = receive(peer, text, sizeof(text));
	printf("message %s\n", text);
	print_kind(fd);
	fflush(stdout);
	if (isatty(fd))
		serve_terminal(fd);
	return 0;
}
