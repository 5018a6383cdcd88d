#include "engine/ending.h"

#include "engine/container.h"
#include "engine/lock.h"

#include "base/err.h"

#include <sys/socket.h>

int
begin_end(int dir)
{
	return lock_at(dir, "ending.lock", LOCK_WHOLE);
}

int
await_end(const struct engine *e, const struct container *c, int monitor)
{
	autowords keep = err_keep();
	autoclose int dir = -EBADF, lock = -EBADF;
	char packet[64];

	if (monitor >= 0) {
		/* We asked for no output: what comes is the end. */
		while (recv(monitor, packet, sizeof(packet), 0) < 0 && errno == EINTR)
			;
		return 0;
	}
	dir = container_dir(e, c);
	if (dir < 0)
		return 0;
	lock = lock_at(dir, "ending.lock", LOCK_SHARED);
	return lock < 0 ? lock : 0;
}
