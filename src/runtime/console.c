#include "runtime/console.h"

#include "base/err.h"
#include "base/packet.h"
#include "kernel/resolve.h"
#include "kernel/tty.h"

#include <fcntl.h>
#include <stdio.h>

int
console_open(int root, const struct oci_process *p, int *slave)
{
	autoclose int master = resolve_open(root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY);
	autoclose int pts = -EBADF;
	int r;

	if (master == -ENOENT)	/* a container with the host's /dev */
		master = resolve_open(root, "/dev/ptmx", O_RDWR | O_NOCTTY);
	if (master < 0)
		return master;
	r = tty_from_ptmx(master, &pts);
	if (r == 0 && p->console_size) {
		struct tty_size size = {
			.rows = (uint16_t)p->console_size->height.v,
			.columns = (uint16_t)p->console_size->width.v,
		};

		r = tty_set_size(master, &size);
	}
	if (r == 0 && p->user && fchown(pts, (uid_t)p->user->uid.v, (gid_t)-1) < 0)
		r = fail(errno, "give the terminal to user %u", (unsigned)p->user->uid.v);
	if (r < 0)
		return r;
	*slave = take_fd(pts);
	return take_fd(master);
}

int
console_connect(const char *path)
{
	return wrap(packet_connect(path), "console socket");
}

int
console_send(int sock, int master)
{
	struct packet_fds fds = { .n = 1, .fd = { master } };
	char name[32];
	unsigned n;
	int r = tty_number(master, &n);

	if (r < 0)
		return r;
	int len = snprintf(name, sizeof(name), "/dev/pts/%u", n);
	return wrap(packet_send(sock, name, (size_t)len, &fds), "console socket");
}
