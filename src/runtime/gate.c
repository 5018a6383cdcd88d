#include "runtime/gate.h"

#include "base/err.h"
#include "base/file.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

/* By the directory's descriptor: an address has room for 107 bytes only. */
static struct sockaddr_un
address(int dir)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" GATE_NAME, fd_path(dir).s);
	return addr;
}

int
gate_make(int dir)
{
	const struct sockaddr_un addr = address(dir);
	autoclose int gate = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (gate < 0)
		return fail(errno, "socket");
	if (bind(gate, (const struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(gate, 1) < 0)
		return fail(errno, "bind");
	return take_fd(gate);
}

int
gate_connect(int dir)
{
	const struct sockaddr_un addr = address(dir);
	autoclose int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (sock < 0)
		return fail(errno, "socket");
	if (connect(sock, (const struct sockaddr *)&addr, sizeof(addr)) < 0)
		return fail(errno, "connect to init");
	return take_fd(sock);
}
