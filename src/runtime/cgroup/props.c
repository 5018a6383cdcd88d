/*
 * The table of resources: a row for each property with one value.  Those that
 * are lists or maps, and those to come, have functions below.
 */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

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
not_on_v2_uint(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return ((const struct oci_uint *)member)->set ? fail(0, "cgroup v2 has no such setting") : 0;
}

static int
not_on_v2_bool(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return ((const struct oci_bool *)member)->v ? fail(0, "cgroup v2 has no such setting") : 0;
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
#define ROW(type, p, m, name, ...) \
	{ #p "." name, offsetof(struct oci_resources, p), at_(oci_##p, m, struct oci_##type), __VA_ARGS__ }
#define TEXT(p, m, name, ...) \
	{ #p "." name, offsetof(struct oci_resources, p), at_(oci_##p, m, char *), __VA_ARGS__ }
#define V1(...) .v1 = { __VA_ARGS__ }
#define V2(...) .v2 = { __VA_ARGS__ }
#define MEM(file) "memory", "memory." file
#define CPU(file) "cpu", "cpu." file
#define SET(file) "cpuset", "cpuset." file
#define PIDS	  "pids", "pids.max"
#define NONE	  NULL, NULL
	ROW(int, memory, limit, "limit",
	    V1(MEM("limit_in_bytes"), as_limit),		V2(MEM("max"), as_limit_or_max)),
	ROW(int, memory, swap, "swap",
	    V1(MEM("memsw.limit_in_bytes"), as_memory_and_swap), V2(MEM("swap.max"), as_swap_alone)),
	ROW(int, memory, reservation, "reservation",
	    V1(MEM("soft_limit_in_bytes"), as_limit),		V2(MEM("low"), as_limit_or_max)),
	ROW(int, memory, kernel, "kernel",
	    V1(MEM("kmem.limit_in_bytes"), as_limit),		V2(NONE, as_limit), .obsolete = true),
	ROW(int, memory, kernel_tcp, "kernelTCP",
	    V1(MEM("kmem.tcp.limit_in_bytes"), as_limit),	V2(NONE, as_limit), .obsolete = true),
	ROW(uint, memory, swappiness, "swappiness",
	    V1(MEM("swappiness"), as_uint),			V2(NONE, not_on_v2_uint)),
	ROW(bool, memory, disable_oom_killer, "disableOOMKiller",
	    V1(MEM("oom_control"), as_one_if_true),		V2(NONE, not_on_v2_bool)),
	ROW(uint, cpu, shares, "shares",
	    V1(CPU("shares"), as_shares),			V2(CPU("weight"), as_weight)),
	ROW(int, cpu, idle, "idle",
	    V1(CPU("idle"), as_int),				V2(CPU("idle"), as_int)),
	ROW(uint, cpu, period, "period",
	    V1(CPU("cfs_period_us"), as_period),		V2(NONE, as_nothing)),
	ROW(int, cpu, quota, "quota",
	    V1(CPU("cfs_quota_us"), as_limit),			V2(CPU("max"), as_cpu_max)),
	ROW(uint, cpu, burst, "burst",
	    V1(CPU("cfs_burst_us"), as_uint),			V2(CPU("max.burst"), as_uint)),
	TEXT(cpu, cpus, "cpus",
	    V1(SET("cpus"), as_text),				V2(SET("cpus"), as_text)),
	TEXT(cpu, mems, "mems",
	    V1(SET("mems"), as_text),				V2(SET("mems"), as_text)),
	ROW(int, cpu, realtime_runtime, "realtimeRuntime",
	    V1(NONE, later_int),				V2(NONE, later_int)),
	ROW(uint, cpu, realtime_period, "realtimePeriod",
	    V1(NONE, later_uint),				V2(NONE, later_uint)),
	ROW(int, pids, limit, "limit",
	    V1(PIDS, as_count_or_max),				V2(PIDS, as_count_or_max)),
	{ .path = NULL },
};

int
prop_value(const struct prop *p, const struct knob *k, const struct oci_resources *r, struct str *value)
{
	const char *part = *(const char *const *)((const char *)r + p->part);

	value->len = 0;
	return part ? k->as(value, r, part + p->member) : 0;
}

/* -- writing -- */

static int
no_controller(const struct site *s, const struct knob *k)
{
	if (s->cg->kind == CGROUP_V2)
		return fail(0, "this host has no %s controller in " CGROUPFS_ROOT "%s/cgroup.controllers",
			    k->controller, s->cg->path);
	return fail(0, "this host has no %s controller in " CGROUPFS_ROOT, k->controller);
}

static const struct cgroupfs_hierarchy *
hierarchy_of(const struct site *s, const struct knob *k)
{
	return s->cg->kind == CGROUP_V2 ? s->fs->h : cgroupfs_of(s->fs, k->controller);
}

/* The file is not there: for want of the controller, or of this one property. */
static int
no_file(const struct site *s, const struct knob *k, const struct cgroupfs_hierarchy *h)
{
	autofree char *path = site_path(s, h, "cgroup.controllers");
	char have[1024];

	if (s->cg->kind == CGROUP_V2 && cgroupfs_read(s->root, path, have, sizeof(have)) == 0) {
		autostrv words = strv_split(have, ' ');

		if (!strv_has(words, k->controller))
			return no_controller(s, k);
	}
	return fail(0, "the %s controller of this host has no %s", k->controller, k->file);
}

static int
write_knob(const struct site *s, const struct knob *k, const char *value)
{
	const struct cgroupfs_hierarchy *h = hierarchy_of(s, k);

	if (!h)
		return no_controller(s, k);

	int r = site_write(s, h, k->file, value);
	return r == -ENOENT ? no_file(s, k, h) : r;
}

static int
write_prop(const struct site *s, const struct prop *p, const struct oci_resources *r)
{
	const struct knob *k = ops_of(s->cg->kind)->knob(p);
	autostr value = { 0 };
	int e = prop_value(p, k, r, &value);

	if (e < 0 || value.len == 0)
		return wrap(e, "%s", p->path);
	if (k->file)
		e = write_knob(s, k, value.s);
	if (p->obsolete && (!k->file || e < 0)) {
		warn("%s has no effect on this kernel", p->path);
		return 0;
	}
	return wrap(e, "%s", p->path);
}

/*
 * Some values bound each other, new and old ones alike: memory.limit must not
 * be above memory.swap, burst not above quota, quota by period not above that
 * of the parent.  Whether they go up or down, one of two orders works: what is
 * refused in the first round is tried again behind the others.
 */
static int
write_props(const struct site *s, const struct oci_resources *r)
{
	bool refused[countof(cgroup_props)] = { false };
	int e = 0;

	for (size_t i = 0; e >= 0 && cgroup_props[i].path; i++) {
		e = write_prop(s, cgroup_props + i, r);
		refused[i] = e == -EINVAL;
		if (refused[i])
			e = 0;
	}
	for (size_t i = 0; e >= 0 && cgroup_props[i].path; i++)
		if (refused[i])
			e = write_prop(s, cgroup_props + i, r);
	return e;
}

/* v2 would kill the container for a limit that is below what it uses. */
static int
check_usage(const struct site *s, const struct oci_memory *m)
{
	struct knob usage = { .controller = "memory", .file = "memory.current" };
	char text[32];
	uint64_t n;

	if (!m || !m->check_before_update.v || !m->limit.set || m->limit.v <= 0)
		return 0;
	if (s->cg->kind == CGROUP_V1)
		usage.file = "memory.usage_in_bytes";

	const struct cgroupfs_hierarchy *h = hierarchy_of(s, &usage);
	if (!h)
		return no_controller(s, &usage);
	autofree char *path = site_path(s, h, usage.file);
	int r = cgroupfs_read(s->root, path, text, sizeof(text));
	if (r == 0)
		r = parse_uint(text, UINT64_MAX, &n);
	if (r == 0 && n > (uint64_t)m->limit.v)
		return fail(0, "is below the %" PRIu64 " bytes in use", n);
	return r == -ENOENT ? no_file(s, &usage, h) : r;
}

/* -- unified -- */

/* Of the files of the core only those that set a bound; the others move processes or freeze them. */
static const char *const core_keys[] = { "cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure", NULL };

static int
check_key(const char *key)
{
	const char *dot = strchr(key, '.');

	if (!dot || dot == key || strchr(key, '/'))
		return fail(0, "is no name of a file of a cgroup");
	if (str_after(key, "cgroup.") && !strv_has((char *const *)core_keys, key))
		return fail(0, "is not for a container's configuration to write");
	return 0;
}

/* The kernel takes one line a write: io.max has one for each device. */
static int
write_unified(const struct site *s, const struct oci_pair *p)
{
	autofree char *controller = xstrndup(p->key, strcspn(p->key, "."));
	struct knob k = { .controller = controller, .file = p->key };
	autostrv lines = strv_split(p->value ? p->value : "", '\n');
	int r = check_key(p->key);

	for (char **line = lines; r >= 0 && line && *line; line++)
		r = write_knob(s, &k, *line);
	return wrap(r, "unified[\"%s\"]", p->key);
}

/* -- checking -- */

struct teller {
	void (*tell)(void *arg, const char *path, const char *reason);
	void *arg;
	int n;
};

static void
tell(struct teller *t, const char *path, int r)
{
	if (r >= 0)
		return;
	autofree char *whole = xasprintf(".linux.resources.%s", path);
	t->tell(t->arg, whole, err_words());
	t->n++;
}

static bool
limits_block_io(const struct oci_block_io *b)
{
	return b && (b->weight.v || b->leaf_weight.v || (b->weight_device && *b->weight_device) ||
		     (b->throttle_read_bps_device && *b->throttle_read_bps_device) ||
		     (b->throttle_write_bps_device && *b->throttle_write_bps_device) ||
		     (b->throttle_read_iops_device && *b->throttle_read_iops_device) ||
		     (b->throttle_write_iops_device && *b->throttle_write_iops_device));
}

static bool
limits_network(const struct oci_network *n)
{
	return n && (n->class_id.v || (n->priorities && *n->priorities));
}

static void
tell_later(struct teller *t, const struct oci_resources *r)
{
	const struct { const char *path; bool asked; } later[] = {
		{ "blockIO", limits_block_io(r->block_io) },
		{ "hugepageLimits", r->hugepage_limits && *r->hugepage_limits },
		{ "network", limits_network(r->network) },
		{ "rdma", r->rdma && *r->rdma },
	};

	for (size_t i = 0; i < countof(later); i++)
		if (later[i].asked)
			tell(t, later[i].path, fail(0, "is not supported yet"));
}

static void
tell_unified(struct teller *t, enum cgroup_kind kind, const struct oci_resources *r)
{
	if (r->unified && *r->unified && kind == CGROUP_V1)
		tell(t, "unified", fail(0, "is for cgroup v2, and this host has v1"));
	for (struct oci_pair **p = r->unified; kind == CGROUP_V2 && p && *p; p++) {
		autofree char *path = xasprintf("unified[\"%s\"]", (*p)->key);

		tell(t, path, check_key((*p)->key));
	}
}

static void
tell_props(struct teller *t, const struct cgroup_ops *ops, const struct oci_resources *r)
{
	autostr value = { 0 };

	for (const struct prop *p = cgroup_props; p->path; p++) {
		int e = prop_value(p, ops->knob(p), r, &value);

		if (e == 0 && value.len && ops == &cgroup_none)
			e = fail(0, "needs a cgroup, and the container has none");
		tell(t, p->path, e);
	}
}

static void
tell_devices(struct teller *t, const struct cgroup_ops *ops, const struct oci_resources *r)
{
	autofree struct device_rule *rules = NULL;
	struct device_rule rule;
	int mistakes = 0;
	size_t n;

	for (size_t i = 0; r->devices && r->devices[i]; i++) {
		int e = devices_rule(r->devices[i], &rule);
		autofree char *path = xasprintf("devices[%zu]", i);

		tell(t, path, e);
		mistakes += e < 0;
	}
	if (!mistakes && devices_rules(r, &rules, &n) == 0 && ops->check_devices && r->devices)
		tell(t, "devices", ops->check_devices(rules, n));
}

int
cgroup_check_resources(enum cgroup_kind kind, const struct oci_resources *r,
		       void (*tell_fn)(void *arg, const char *path, const char *reason), void *arg)
{
	struct teller t = { .tell = tell_fn, .arg = arg };

	if (!r)
		return 0;
	tell_props(&t, ops_of(kind), r);
	tell_devices(&t, ops_of(kind), r);
	tell_later(&t, r);
	tell_unified(&t, kind, r);
	return t.n;
}

static void
keep_first(void *arg, const char *path, const char *reason)
{
	char **first = arg;

	if (!*first)
		*first = xasprintf("%s: %s", path, reason);
}

/* So that nothing is written if something is wrong. */
static int
refuse_mistakes(enum cgroup_kind kind, const struct oci_resources *r)
{
	autofree char *first = NULL;

	return cgroup_check_resources(kind, r, keep_first, &first) ? fail(0, "%s", first) : 0;
}

int
cgroup_limit(const struct cgroup *cg, const struct oci_resources *r)
{
	autosite s = { .root = -EBADF };

	if (!r)
		return 0;

	int e = refuse_mistakes(cg->kind, r);
	if (e >= 0)
		e = site_open(&s, cg);
	if (e >= 0)
		e = wrap(check_usage(&s, r->memory), "memory.limit");
	if (e >= 0)
		e = write_props(&s, r);
	for (struct oci_pair **p = r->unified; e >= 0 && p && *p; p++)
		e = write_unified(&s, *p);
	return e;
}
