/* A container without a cgroup: what needs none succeeds, the rest says so. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"

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

const struct cgroup_ops cgroup_none = {
	.word = "none",
	.knob = knob,
	.set_frozen = set_frozen,
	.await_frozen = await_frozen,
	.frozen = frozen,
	.kill = frozen,
};
