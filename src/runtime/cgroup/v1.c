/*
 * A host with v1 hierarchies.  On a hybrid the v2 hierarchy beside them has no
 * controller, but it has events, a freezer that a signal gets through, and
 * cgroup.kill: what it can do is done there.
 */
#include "runtime/cgroup/kind.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

#include <poll.h>
#include <signal.h>

/* How long killed processes may take to be gone. */
#define KILL_MS 10000

static bool
is_hybrid(const struct site *s)
{
	return s->fs->h[0].v2;
}

static const struct knob *
knob(const struct prop *p)
{
	return &p->v1;
}

/* -- cpuset -- */

/*
 * The value of a cpuset.  A new one is empty, and the kernel lets no process
 * into it; it is given what its parent has, which may have to be given first.
 */
static int
inherit(const struct site *s, char *dir, const char *file, char value[4096])
{
	autofree char *path = xasprintf("%s/%s", dir, file);
	char *slash = strrchr(dir, '/');
	int r = cgroupfs_read(s->root, path, value, 4096);

	if (r < 0 || *value || !slash)
		return r;
	*slash = 0;
	r = inherit(s, dir, file, value);
	*slash = '/';
	return r < 0 ? r : cgroupfs_write(s->root, path, value);
}

static int
fill_cpuset(const struct site *s)
{
	const struct cgroupfs_hierarchy *h = cgroupfs_of(s->fs, "cpuset");

	if (!h)
		return 0;

	autofree char *dir = site_path(s, h, NULL);
	char value[4096];
	int r = inherit(s, dir, "cpuset.cpus", value);

	return r < 0 ? r : inherit(s, dir, "cpuset.mems", value);
}

/* -- freezing -- */

static int
write_freezer(const struct site *s, bool on)
{
	const struct cgroupfs_hierarchy *h = cgroupfs_of(s->fs, "freezer");

	if (!h)
		return on ? fail(0, "this host has no freezer controller in " CGROUPFS_ROOT) : 0;
	return site_write(s, h, "freezer.state", on ? "FROZEN" : "THAWED");
}

/* FREEZING counts as frozen: whoever joins will not run. */
static int
freezer_state(const struct site *s, const char *state)
{
	const struct cgroupfs_hierarchy *h = cgroupfs_of(s->fs, "freezer");

	if (!h)
		return streq(state, "THAWED");
	autofree char *path = site_path(s, h, "freezer.state");
	return cgroupfs_has(s->root, path, state);
}

/* Thaws both: another program may have used the v1 freezer. */
static int
set_frozen(const struct site *s, bool on)
{
	int r = is_hybrid(s) ? cgroup_v2.set_frozen(s, on) : 0;

	return r < 0 || (on && is_hybrid(s)) ? r : write_freezer(s, on);
}

/* The v1 freezer has no event, and freezes on while its state is read. */
static int
await_freezer(const struct site *s, bool on)
{
	int64_t end = clock_ms() + FREEZE_MS;
	int r;

	while ((r = freezer_state(s, on ? "FROZEN" : "THAWED")) == 0) {
		if (clock_ms() > end)
			return fail(ETIMEDOUT, "wait for freezer.state %s",
				    on ? "FROZEN" : "THAWED");
		poll(NULL, 0, 1);
	}
	return r < 0 ? r : 0;
}

static int
await_frozen(const struct site *s, bool on)
{
	int r = is_hybrid(s) ? cgroup_v2.await_frozen(s, on) : 0;

	return r < 0 || (on && is_hybrid(s)) ? r : await_freezer(s, on);
}

static int
frozen(const struct site *s)
{
	int r = is_hybrid(s) ? cgroup_v2.frozen(s) : 0;

	if (r > 0 || (r < 0 && r != -ENOENT))
		return r;
	r = freezer_state(s, "THAWED");
	return r < 0 ? r : !r;
}

/* -- killing -- */

/*
 * A fork bomb loses: nobody can fork between the list and the signal.  Where
 * there is no freezer, the round does what it can.
 */
static int
kill_frozen(const struct site *s)
{
	write_freezer(s, true);

	int n = members_signal(s, SIGKILL);
	int r = write_freezer(s, false);	/* only then can they die */

	return n < 0 ? n : r < 0 && r != -ENOENT ? r : n;
}

static int
kill_each(const struct site *s)
{
	int64_t end = clock_ms() + KILL_MS;
	int n;

	while ((n = kill_frozen(s)) > 0) {
		int64_t left = end - clock_ms();
		int r = left > 0 ? members_await_one(s, s->fs->h, (int)left) : -ETIMEDOUT;

		if (r == -ETIMEDOUT)
			return fail(EBUSY, "%d process(es) are still there after SIGKILL", n);
		if (r < 0)
			return r;
	}
	return n;
}

/* What the v1 freezer of a hybrid holds would not die. */
static int
kill_all(const struct site *s)
{
	int r = is_hybrid(s) ? cgroup_v2.kill(s) : kill_each(s);

	if (r < 0 || !is_hybrid(s))
		return r;
	r = write_freezer(s, false);
	return r == -ENOENT ? 0 : r;
}

/* -- devices -- */

/* Without the devices hierarchy a filter on the v2 one of a hybrid does as well. */
static int
limit_devices(const struct site *s, const struct device_rule *rules, size_t n)
{
	const struct cgroupfs_hierarchy *h = cgroupfs_of(s->fs, "devices");
	auto_(device_list_done) struct device_list list = { 0 };

	if (!h && is_hybrid(s))
		return cgroup_v2.limit_devices(s, rules, n);
	if (!h && !devices_allow_all(rules, n))
		return fail(0, "this host has no devices controller in " CGROUPFS_ROOT);

	int r = device_list_make(&list, rules, n);
	return r < 0 || !h ? r : device_list_write(s, h, &list);
}

static int
check_devices(const struct device_rule *rules, size_t n)
{
	auto_(device_list_done) struct device_list list = { 0 };

	return device_list_make(&list, rules, n);
}

const struct cgroup_ops cgroup_v1 = {
	.word = "v1",
	.knob = knob,
	.fill = fill_cpuset,
	.set_frozen = set_frozen,
	.await_frozen = await_frozen,
	.frozen = frozen,
	.kill = kill_all,
	.limit_devices = limit_devices,
	.check_devices = check_devices,
};
