#include "runtime/timens.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/ns.h"

#include <inttypes.h>
#include <sched.h>

bool
timens_has_offsets(const struct oci_linux *l)
{
	return l && l->time_offsets && (l->time_offsets->monotonic || l->time_offsets->boottime);
}

static int
set(const char *clock, const struct oci_time_offset *offset)
{
	if (!offset)
		return 0;
	autofree char *line = xasprintf("%s %" PRId64 " %" PRIu64 "\n", clock, offset->secs.v,
					offset->nanosecs.v);
	int r = file_write_at(AT_FDCWD, "/proc/self/timens_offsets", line);

	/* The kernel's clocks begin at 0 and end some 146 years later. */
	if (r == -ERANGE)
		r = fail(ERANGE, "%" PRId64 " s is more than the clock can be moved",
			 offset->secs.v);
	return wrap(r, "%s", clock);
}

int
timens_enter(const struct oci_time_offsets *offsets)
{
	if (unshare(CLONE_NEWTIME) < 0)
		return fail(errno, "unshare");

	int r = set("monotonic", offsets->monotonic);
	if (r == 0)
		r = set("boottime", offsets->boottime);
	if (r < 0)
		return r;
	autoclose int ns = ns_open("/proc/self/ns/time_for_children", CLONE_NEWTIME);
	return ns < 0 ? ns : ns_join(ns, CLONE_NEWTIME);
}
