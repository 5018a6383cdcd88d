#include "engine/container.h"

#include "engine/ending.h"
#include "engine/events.h"
#include "engine/oci.h"
#include "engine/status.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/str.h"

struct change {
	const char *verb, *to;		/* of the runtime; the status */
	const char *event, *already;
};

static int
carry_out(const struct engine *e, const struct container *c, const struct change *change, int dir)
{
	auto_(status_free) struct status *now = NULL;
	int r = container_status(e, c, &now);

	if (r < 0)
		return r;
	if (!status_is_up(now))
		return fail_not_running(c);
	if (streq(now->status, change->to))
		return fail_plain(EALREADY, "container %s is %s", c->name, change->already);
	r = wrap(oci_verb(e, c, change->verb), "container %s", c->name);
	if (r < 0)
		return r;
	status_set(&now->status, change->to);
	return status_write(dir, now);
}

static int
change_under_lock(const struct engine *e, const struct container *c, const struct change *change)
{
	autoclose int lock = container_lock(e, c);
	autoclose int dir = lock < 0 ? lock : container_dir(e, c);
	int r = dir < 0 ? dir : carry_out(e, c, change, dir);

	if (r == 0)
		event_add(e, "container", change->event, c->id, "name", c->name, NULL);
	return r;
}

int
container_pause(const struct engine *e, const struct container *c)
{
	static const struct change pause = { "pause", "paused", "pause", "paused already" };

	return change_under_lock(e, c, &pause);
}

int
container_unpause(const struct engine *e, const struct container *c)
{
	static const struct change resume = { "resume", "running", "unpause", "not paused" };

	return change_under_lock(e, c, &resume);
}
