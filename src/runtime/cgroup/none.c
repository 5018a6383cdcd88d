/* A container without a cgroup: what needs none succeeds, the rest says so. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "kernel/ns.h"

#include <unistd.h>

static int
no_cgroup(void)
{
	return fail(0, "the container has no cgroup");
}

static const struct knob *
knob(const struct prop *p)
{
	return &p->v1;
}

static int
set_frozen(const struct site *s, bool on)
{
	(void)s;
	return on ? no_cgroup() : 0;
}

static int
await_frozen(const struct site *s, bool on)
{
	return set_frozen(s, on);
}

static int
frozen(const struct site *s)
{
	(void)s;
	return 0;
}

static int
check_devices(const struct device_rule *rules, size_t n)
{
	if (devices_allow_all(rules, n))
		return 0;
	/* As in cgroup_limit_devices(): there is nothing for them to forbid. */
	return geteuid() != 0 || ns_in_user() ? 0 : no_cgroup();
}

static int
limit_devices(const struct site *s, const struct device_rule *rules, size_t n)
{
	(void)s;
	return check_devices(rules, n);
}

const struct cgroup_ops cgroup_none = {
	.word = "none",
	.knob = knob,
	.set_frozen = set_frozen,
	.await_frozen = await_frozen,
	.frozen = frozen,
	.kill = frozen,
	.limit_devices = limit_devices,
	.check_devices = check_devices,
};
