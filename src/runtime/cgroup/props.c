/* The table of resources: a row for each property that has one value. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/str.h"

#include <inttypes.h>

/* -- how values are written -- */

/*
 * A 0 that means "not set" in engines written in Go, where nothing could be
 * run with a limit of 0.
 */
static int
as_limit(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *n = member;

	(void)r;
	if (n->set && n->v != 0)
		str_addf(out, "%" PRId64, n->v < 0 ? -1 : n->v);
	return 0;
}

static int
as_limit_or_max(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *n = member;

	if (!n->set || n->v >= 0)
		return as_limit(out, r, member);
	str_add(out, "max");
	return 0;
}

/* Here 0 is a limit. */
static int
as_count_or_max(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *n = member;

	(void)r;
	if (n->set && n->v < 0)
		str_add(out, "max");
	else if (n->set)
		str_addf(out, "%" PRId64, n->v);
	return 0;
}

static int
as_int(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *n = member;

	(void)r;
	if (n->set)
		str_addf(out, "%" PRId64, n->v);
	return 0;
}

static int
as_uint(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *n = member;

	(void)r;
	if (n->set)
		str_addf(out, "%" PRIu64, n->v);
	return 0;
}

/* Again a 0 that means "not set". */
static int
as_period(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *n = member;

	return n->v ? as_uint(out, r, member) : 0;
}

static int
as_text(struct str *out, const struct oci_resources *r, const void *member)
{
	const char *const *text = member;

	(void)r;
	if (*text)
		str_add(out, *text);
	return 0;
}

static int
as_one_if_true(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_bool *b = member;

	(void)r;
	if (b->set && b->v)
		str_add(out, "1");
	return 0;
}

static int
check_swap(const struct oci_resources *r, const struct oci_int *swap)
{
	const struct oci_int *limit = &r->memory->limit;

	if (!swap->set || swap->v <= 0)
		return 0;
	if (!limit->set || limit->v <= 0)
		return fail(0, "needs memory.limit beside it: it counts memory and swap together");
	if (swap->v < limit->v)
		return fail(0, "is less than memory.limit: it counts memory and swap together");
	return 0;
}

static bool
swap_follows_limit(const struct oci_resources *r, const struct oci_int *swap)
{
	return (!swap->set || swap->v == 0) && r->memory->limit.set && r->memory->limit.v < 0;
}

/* Memory without limit above a limited sum is what the kernel refuses. */
static int
as_memory_and_swap(struct str *out, const struct oci_resources *r, const void *member)
{
	if (swap_follows_limit(r, member))
		str_add(out, "-1");
	int e = check_swap(r, member);
	return e < 0 || out->len ? e : as_limit(out, r, member);
}

/* v2 counts swap alone. */
static int
as_swap_alone(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *both = member;
	int e = check_swap(r, both);

	if (e < 0)
		return e;
	if (swap_follows_limit(r, both) || (both->set && both->v < 0))
		str_add(out, "max");
	else if (both->set && both->v > 0)
		str_addf(out, "%" PRId64, both->v - r->memory->limit.v);
	return 0;
}

/* The kernel takes no shares for an idle cgroup, which has none. */
static bool
has_shares(const struct oci_resources *r, const struct oci_uint *shares)
{
	return shares->set && shares->v != 0 && !(r->cpu->idle.set && r->cpu->idle.v == 1);
}

/* The kernel would take the nearest number without a word. */
static int
as_shares(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *shares = member;

	if (!has_shares(r, shares))
		return 0;
	if (shares->v < 2 || shares->v > 262144)
		return fail(0, "must be from 2 to 262144");
	return as_uint(out, r, member);
}

static int
as_weight(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *shares = member;

	if (has_shares(r, shares))
		str_addf(out, "%u", weight_of_shares(shares->v));
	return 0;
}

/* "QUOTA PERIOD"; a QUOTA alone leaves the period as it is. */
static int
as_cpu_max(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *quota = member;
	const struct oci_uint *period = &r->cpu->period;
	bool has_period = period->set && period->v;

	if (quota->set && quota->v != 0)
		as_limit_or_max(out, r, quota);
	else if (has_period)
		str_add(out, "max");
	if (has_period)
		str_addf(out, " %" PRIu64, period->v);
	return 0;
}

/* Part of another file, written by another row. */
static int
as_nothing(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r, (void)member;
	return 0;
}

static int
not_on_v2(bool asked)
{
	return asked ? fail(0, "cgroup v2 has no such setting") : 0;
}

static int
not_on_v2_uint(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return not_on_v2(((const struct oci_uint *)member)->set);
}

static int
not_on_v2_bool(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return not_on_v2(((const struct oci_bool *)member)->v);
}

/* v2 counts the cgroups below whatever one does, and so does v1 since Linux 5.11. */
static int
always_on(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_bool *b = member;

	(void)out, (void)r;
	return b->set && !b->v ? fail(0, "cannot be turned off: cgroups below always count") : 0;
}

static int
later_int(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return ((const struct oci_int *)member)->v ? fail(0, "is not supported yet") : 0;
}

static int
later_uint(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return ((const struct oci_uint *)member)->v ? fail(0, "is not supported yet") : 0;
}

/*
 * memory.kernel and kernelTCP are not recommended by the specification, and
 * Linux has dropped what was behind them: see .obsolete.
 */
const struct prop cgroup_props[] = {
#define AT(p, m, type) offsetof(struct oci_resources, p), at_(oci_##p, m, type)
#define INT(p, m, name, ...)  { #p "." name, AT(p, m, struct oci_int), __VA_ARGS__ }
#define UINT(p, m, name, ...) { #p "." name, AT(p, m, struct oci_uint), __VA_ARGS__ }
#define BOOL(p, m, name, ...) { #p "." name, AT(p, m, struct oci_bool), __VA_ARGS__ }
#define TEXT(p, m, name, ...) { #p "." name, AT(p, m, char *), __VA_ARGS__ }
#define V1(...) .v1 = { __VA_ARGS__ }
#define V2(...) .v2 = { __VA_ARGS__ }
#define MEM(file) "memory", "memory." file
#define CPU(file) "cpu", "cpu." file
#define SET(file) "cpuset", "cpuset." file
#define PIDS	  "pids", "pids.max"
#define NONE	  NULL, NULL
	INT(memory, limit, "limit",
	    V1(MEM("limit_in_bytes"), as_limit),
	    V2(MEM("max"), as_limit_or_max)),
	INT(memory, swap, "swap",
	    V1(MEM("memsw.limit_in_bytes"), as_memory_and_swap),
	    V2(MEM("swap.max"), as_swap_alone)),
	INT(memory, reservation, "reservation",
	    V1(MEM("soft_limit_in_bytes"), as_limit),
	    V2(MEM("low"), as_limit_or_max)),
	INT(memory, kernel, "kernel",
	    V1(MEM("kmem.limit_in_bytes"), as_limit),
	    V2(NONE, as_limit), .obsolete = true),
	INT(memory, kernel_tcp, "kernelTCP",
	    V1(MEM("kmem.tcp.limit_in_bytes"), as_limit),
	    V2(NONE, as_limit), .obsolete = true),
	UINT(memory, swappiness, "swappiness",
	     V1(MEM("swappiness"), as_uint),
	     V2(NONE, not_on_v2_uint)),
	BOOL(memory, disable_oom_killer, "disableOOMKiller",
	     V1(MEM("oom_control"), as_one_if_true),
	     V2(NONE, not_on_v2_bool)),
	BOOL(memory, use_hierarchy, "useHierarchy",
	     V1(NONE, always_on),
	     V2(NONE, always_on)),
	UINT(cpu, shares, "shares",
	     V1(CPU("shares"), as_shares),
	     V2(CPU("weight"), as_weight)),
	INT(cpu, idle, "idle",
	    V1(CPU("idle"), as_int),
	    V2(CPU("idle"), as_int)),
	UINT(cpu, period, "period",
	     V1(CPU("cfs_period_us"), as_period),
	     V2(NONE, as_nothing)),
	INT(cpu, quota, "quota",
	    V1(CPU("cfs_quota_us"), as_limit),
	    V2(CPU("max"), as_cpu_max)),
	UINT(cpu, burst, "burst",
	     V1(CPU("cfs_burst_us"), as_uint),
	     V2(CPU("max.burst"), as_uint)),
	TEXT(cpu, cpus, "cpus",
	     V1(SET("cpus"), as_text),
	     V2(SET("cpus"), as_text)),
	TEXT(cpu, mems, "mems",
	     V1(SET("mems"), as_text),
	     V2(SET("mems"), as_text)),
	INT(cpu, realtime_runtime, "realtimeRuntime",
	    V1(NONE, later_int),
	    V2(NONE, later_int)),
	UINT(cpu, realtime_period, "realtimePeriod",
	     V1(NONE, later_uint),
	     V2(NONE, later_uint)),
	INT(pids, limit, "limit",
	    V1(PIDS, as_count_or_max),
	    V2(PIDS, as_count_or_max)),
	{ .path = NULL },
};
_Static_assert(countof(cgroup_props) <= 64, "limit.c has a bit for each");

int
prop_value(const struct prop *p, const struct knob *k, const struct oci_resources *r,
	   struct str *value)
{
	const char *part = *(const char *const *)((const char *)r + p->part);

	value->len = 0;
	return part ? k->as(value, r, part + p->member) : 0;
}
