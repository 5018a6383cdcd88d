/* The table of resources: a row for each property that has one value. */
#include "runtime/cgroup/props.h"

#include "base/err.h"

#include <inttypes.h>

/* -- how values are written -- */

int
as_limit(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *n = member;

	(void)r;
	if (n->set && n->v != 0)
		str_addf(out, "%" PRId64, n->v < 0 ? -1 : n->v);
	return 0;
}

int
as_limit_or_max(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *n = member;

	if (!n->set || n->v >= 0)
		return as_limit(out, r, member);
	str_add(out, "max");
	return 0;
}

static int
add_count(struct str *out, const struct oci_int *n, int64_t least)
{
	if (n->set && n->v < 0)
		str_add(out, "max");
	else if (n->set)
		str_addf(out, "%" PRId64, n->v > least ? n->v : least);
	return 0;
}

/* 0 is a limit: then init cannot fork. */
static int
as_tasks(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)r;
	return add_count(out, member, 0);
}

/* Init is cloned into a v2 cgroup, which takes room for one; then 1 forbids what 0 does. */
static int
as_tasks_with_init(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)r;
	return add_count(out, member, 1);
}

int
as_int(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *n = member;

	(void)r;
	if (n->set)
		str_addf(out, "%" PRId64, n->v);
	return 0;
}

int
as_uint(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *n = member;

	(void)r;
	if (n->set)
		str_addf(out, "%" PRIu64, n->v);
	return 0;
}

int
as_text(struct str *out, const struct oci_resources *r, const void *member)
{
	const char *const *text = member;

	(void)r;
	if (*text)
		str_add(out, *text);
	return 0;
}

/* Also false is written: the kernel's default is what the cgroup above has. */
static int
as_flag(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_bool *b = member;

	(void)r;
	if (b->set)
		str_add(out, b->v ? "1" : "0");
	return 0;
}

static int
as_swappiness(struct str *out, const struct oci_resources *r, const void *member)
{
	if (((const struct oci_uint *)member)->v > 100)
		return fail(0, "must be from 0 to 100");
	return as_uint(out, r, member);
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

int
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
not_on_v2_nonzero(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return not_on_v2(((const struct oci_uint *)member)->v);
}

static int
not_on_v2_int(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return not_on_v2(((const struct oci_int *)member)->v);
}

static const struct knob old_weight =
	KNOB("blkio", "blkio.weight", as_block_weight, .feature = IO_WEIGHTS);
static const struct knob cost_weight =
	KNOB("io", "io.weight", as_io_weight, .feature = IO_WEIGHTS);

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
#define BLOCK(m, name) "blockIO." name, offsetof(struct oci_resources, block_io), \
	at_(oci_block_io, m, struct oci_uint)
#define V1(...) .v1 = KNOB(__VA_ARGS__)
#define V2(...) .v2 = KNOB(__VA_ARGS__)
#define MEM(file) "memory", "memory." file
#define CPU(file) "cpu", "cpu." file
#define SET(file) "cpuset", "cpuset." file
#define PIDS	  "pids", "pids.max"
#define NONE	  NULL, NULL
	INT(memory, limit, "limit",
	    V1(MEM("limit_in_bytes"), as_limit),
	    V2(MEM("max"), as_limit_or_max)),
	INT(memory, swap, "swap",
	    V1(MEM("memsw.limit_in_bytes"), as_memory_and_swap, .moot = "-1",
	       .feature = SWAP_ACCOUNTING),
	    V2(MEM("swap.max"), as_swap_alone, .moot = "max 0",
	       .feature = SWAP_ACCOUNTING)),
	INT(memory, reservation, "reservation",
	    V1(MEM("soft_limit_in_bytes"), as_limit),
	    V2(MEM("low"), as_limit_or_max)),
	INT(memory, kernel, "kernel",
	    V1(NONE, as_limit),
	    V2(NONE, as_limit), .obsolete = true),
	INT(memory, kernel_tcp, "kernelTCP",
	    V1(MEM("kmem.tcp.limit_in_bytes"), as_limit),
	    V2(NONE, as_limit), .obsolete = true),
	UINT(memory, swappiness, "swappiness",
	     V1(MEM("swappiness"), as_swappiness),
	     V2(NONE, not_on_v2_uint)),
	BOOL(memory, disable_oom_killer, "disableOOMKiller",
	     V1(MEM("oom_control"), as_flag),
	     V2(NONE, not_on_v2_bool)),
	BOOL(memory, use_hierarchy, "useHierarchy",
	     V1(NONE, always_on),
	     V2(NONE, always_on)),
	UINT(cpu, shares, "shares",
	     V1(CPU("shares"), as_shares),
	     V2(CPU("weight"), as_weight)),
	INT(cpu, idle, "idle",
	    V1(CPU("idle"), as_idle),
	    V2(CPU("idle"), as_idle)),
	UINT(cpu, period, "period",
	     V1(CPU("cfs_period_us"), as_period),
	     V2(NONE, as_part_of_cpu_max)),
	INT(cpu, quota, "quota",
	    V1(CPU("cfs_quota_us"), as_quota, .bounded = true),
	    V2(CPU("max"), as_cpu_max)),
	UINT(cpu, burst, "burst",
	     V1(CPU("cfs_burst_us"), as_burst),
	     V2(CPU("max.burst"), as_burst)),
	TEXT(cpu, cpus, "cpus",
	     V1(SET("cpus"), as_text, .bounded = true),
	     V2(SET("cpus"), as_text)),
	TEXT(cpu, mems, "mems",
	     V1(SET("mems"), as_text, .bounded = true),
	     V2(SET("mems"), as_text)),
	UINT(cpu, realtime_period, "realtimePeriod",
	     V1(CPU("rt_period_us"), as_rt_period, .feature = RT_GROUPS),
	     V2(NONE, not_on_v2_nonzero)),
	INT(cpu, realtime_runtime, "realtimeRuntime",
	    V1(CPU("rt_runtime_us"), as_rt_runtime, .feature = RT_GROUPS, .bounded = true),
	    V2(NONE, not_on_v2_int)),
	INT(pids, limit, "limit",
	    V1(PIDS, as_tasks),
	    V2(PIDS, as_tasks_with_init)),
	{ BLOCK(weight, "weight"),
	  V1("blkio", "blkio.bfq.weight", as_block_weight, .instead = &old_weight),
	  V2("io", "io.bfq.weight", as_block_weight, .instead = &cost_weight) },
	{ BLOCK(leaf_weight, "leafWeight"),
	  V1("blkio", "blkio.leaf_weight", as_block_weight, .feature = LEAF_WEIGHTS),
	  V2(NONE, not_on_v2_nonzero) },
	UINT(network, class_id, "classID",
	     V1("net_cls", "net_cls.classid", as_uint),
	     V2(NONE, not_on_v2_nonzero)),
	{ .path = NULL },
};
_Static_assert(countof(cgroup_props) <= 64, "limit.c has a bit for each");

const void *
prop_member(const struct prop *p, const struct oci_resources *r)
{
	const char *part = (const char *)r;

	if (p->part != PART_NONE)
		part = *(const char *const *)(part + p->part);
	return part ? part + p->member : NULL;
}

int
prop_value(const struct knob *k, const struct oci_resources *r, const void *member,
	   struct str *value)
{
	value->len = 0;
	return member ? k->as(value, r, member) : 0;
}
