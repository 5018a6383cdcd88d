#include "engine/ending.h"

#include "engine/container.h"
#include "engine/lock.h"
#include "engine/status.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/signals.h"
#include "base/str.h"

#include <signal.h>
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

#define STOP_SECONDS 10

int
container_stop_signal(const struct container *c)
{
	int signal = has_text(c->config->stop_signal) ? signal_number(c->config->stop_signal) : 0;

	return signal > 0 ? signal : SIGTERM;
}

int64_t
container_stop_seconds(const struct container *c)
{
	return c->config->stop_timeout.set ? c->config->stop_timeout.v : STOP_SECONDS;
}

int
fail_not_running(const struct container *c)
{
	return fail_plain(ESRCH, "container %s is not running", c->name);
}

int
container_open_process(const struct engine *e, const struct container *c, struct status *status)
{
	struct status *now;
	int r = container_status(e, c, &now), fd = r;

	if (r == 0) {
		fd = status_is_up(now) ? status_open_process(now) : fail_not_running(c);
		if (fd == -ESRCH)
			fd = fail_not_running(c);
		*status = *now;
		free(now);
	}
	return fd;
}

static int
write_mark(const struct engine *e, const struct container *c)
{
	autoclose int lock = container_lock(e, c);
	struct container *now;
	int r = lock < 0 ? lock : container_find(e, c->id, &now);

	if (r < 0)
		return r;
	if (!now->user_stopped.v) {
		now->user_stopped = (struct oci_bool){ true, true };
		r = container_write(e, now);
	}
	oci_free(&container_type, now);
	return r;
}

/* A full disk must keep nobody from ending it: its monitor is told so by a signal then. */
int
container_mark_stopped(const struct engine *e, const struct container *c, int monitor)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);
	int r = write_mark(e, c);

	if (r != -ENOSPC && r != -EDQUOT && r != -EROFS && r != -EIO)
		return r;
	if (monitor >= 0 && getsockopt(monitor, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    peer.pid > 0)
		kill(peer.pid, SIGTERM);
	return 0;
}
