/* Reading what a cgroup has used: the numbers, and the order of all. */
#include "runtime/cgroup/stats-parse.h"
#include "runtime/cgroup/stats-read.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"

/* The longest file has a line for each processor. */
#define TEXT_MAX (1u << 20)

/* -- files -- */

static int
read_file(struct stat_reader *r)
{
	autoclose int fd = cgroupfs_open(r->site.root, r->path, O_RDONLY);
	int e = fd < 0 ? fd : fd_read_all(fd, r->path, TEXT_MAX, &r->text, NULL);

	/* EOPNOTSUPP: pressure is not measured unless the kernel is told to. */
	return e == -ENOENT || e == -ENODEV || e == -EOPNOTSUPP ? 0 : e;
}

int
stat_text(struct stat_reader *r, const char *controller, const char *file, const char **text)
{
	const struct site *s = &r->site;
	const struct cgroupfs_hierarchy *h = s->fs->h;
	int e = 0;

	*text = NULL;
	if (s->cg->kind == CGROUP_V1 && controller)
		h = cgroupfs_of(s->fs, controller);
	if (!h || !file)
		return 0;
	autofree char *path = site_path(s, h, file);
	if (!r->path || !streq(r->path, path)) {
		free(r->path);
		free(take(r->text));
		r->path = take(path);
		e = read_file(r);
	}
	*text = r->text;
	return e;
}

/* -- numbers -- */

struct source {
	const char *controller, *file;
	const char *key;	/* of its line in the file; NULL: the file has one number */
	uint64_t unit;		/* of that number in units of the document; 0 is 1 */
	uint64_t max;		/* what the word "max" stands for */
};

struct number {
	struct stat_place place;
	struct source v1, v2;
};

#define NS_OF_TICK 10000000	/* what the kernel shows has 100 a second on every machine */
#define NS_OF_US   1000
#define NO_LIMIT   UINT64_MAX

/*
 * Two rows of one member are added: v1 counts memory and swap together, and so
 * does the document.  v2 has no count of refusals, and no kernel memory apart.
 */
static const struct number numbers[] = {
#define V1(c, name, ...) .v1 = { .controller = c, .file = name, __VA_ARGS__ }
#define V2(name, ...)	 .v2 = { .file = name, __VA_ARGS__ }
#define USAGE(m)      STAT_BELOW(cpu, usage, m, struct oci_uint)
#define THROTTLING(m) STAT_BELOW(cpu, throttling, m, struct oci_uint)
	{ USAGE(total), V1("cpuacct", "cpuacct.usage"), V2("cpu.stat", "usage_usec", NS_OF_US) },
	{ USAGE(kernel), V1("cpuacct", "cpuacct.stat", "system", NS_OF_TICK),
	  V2("cpu.stat", "system_usec", NS_OF_US) },
	{ USAGE(user), V1("cpuacct", "cpuacct.stat", "user", NS_OF_TICK),
	  V2("cpu.stat", "user_usec", NS_OF_US) },
	{ THROTTLING(periods), V1("cpu", "cpu.stat", "nr_periods"), V2("cpu.stat", "nr_periods") },
	{ THROTTLING(throttled_periods), V1("cpu", "cpu.stat", "nr_throttled"),
	  V2("cpu.stat", "nr_throttled") },
	{ THROTTLING(throttled_time), V1("cpu", "cpu.stat", "throttled_time"),
	  V2("cpu.stat", "throttled_usec", NS_OF_US) },

#define SET(m) { STAT_IN(cpuset, m, struct oci_uint), V1("cpuset", "cpuset." #m) }
	SET(cpu_exclusive),
	SET(mem_hardwall),
	SET(mem_exclusive),
	SET(memory_migrate),
	SET(memory_spread_page),
	SET(memory_spread_slab),
	SET(memory_pressure),
	SET(sched_load_balance),

	{ STAT_IN(memory, cache, struct oci_uint), V1("memory", "memory.stat", "cache"),
	  V2("memory.stat", "file") },
#define MEM(q, m, file, ...) \
	{ STAT_BELOW(memory, q, m, struct oci_uint), V1("memory", "memory." file), __VA_ARGS__ }
#define AND(q, m, ...) { STAT_BELOW(memory, q, m, struct oci_uint), V2(__VA_ARGS__) }
	MEM(usage, limit, "limit_in_bytes", V2("memory.max", .max = NO_LIMIT)),
	MEM(usage, usage, "usage_in_bytes", V2("memory.current")),
	MEM(usage, max, "max_usage_in_bytes", V2("memory.peak")),
	MEM(usage, failcnt, "failcnt"),
	MEM(swap, limit, "memsw.limit_in_bytes", V2("memory.swap.max", .max = NO_LIMIT)),
	AND(swap, limit, "memory.max", .max = NO_LIMIT),
	MEM(swap, usage, "memsw.usage_in_bytes", V2("memory.swap.current")),
	AND(swap, usage, "memory.current"),
	MEM(swap, max, "memsw.max_usage_in_bytes"),
	MEM(swap, failcnt, "memsw.failcnt"),
	MEM(kernel, limit, "kmem.limit_in_bytes"),
	MEM(kernel, usage, "kmem.usage_in_bytes"),
	MEM(kernel, max, "kmem.max_usage_in_bytes"),
	MEM(kernel, failcnt, "kmem.failcnt"),
	MEM(kernel_tcp, limit, "kmem.tcp.limit_in_bytes"),
	MEM(kernel_tcp, usage, "kmem.tcp.usage_in_bytes"),
	MEM(kernel_tcp, max, "kmem.tcp.max_usage_in_bytes"),
	MEM(kernel_tcp, failcnt, "kmem.tcp.failcnt"),

	/* Here no limit is 0. */
#define PIDS(m, file) { STAT_IN(pids, m, struct oci_uint), V1("pids", file), V2(file) }
	PIDS(current, "pids.current"),
	PIDS(limit, "pids.max"),
};

static void
add(struct oci_uint *member, uint64_t n, uint64_t unit)
{
	if (__builtin_mul_overflow(n, unit, &n) || __builtin_add_overflow(member->v, n, &member->v))
		member->v = UINT64_MAX;
	member->set = true;
}

static int
read_number(struct stat_reader *r, const struct number *row)
{
	const struct source *from = r->site.cg->kind == CGROUP_V2 ? &row->v2 : &row->v1;
	const char *text;
	uint64_t n;
	int e = stat_text(r, from->controller, from->file, &text);

	if (e < 0 || !text)
		return e;
	e = stat_uint(text, from->key, from->max, &n);
	if (e > 0)
		add(stat_place(r->stats, &row->place), n, from->unit ? from->unit : 1);
	return wrap(e, "%s", from->file);
}

/* The one number that may be negative. */
static int
read_relax_level(struct stat_reader *r)
{
	static const char file[] = "cpuset.sched_relax_domain_level";
	struct oci_int *level = &r->stats->cpuset->sched_relax_domain_level;
	const char *text = NULL;
	int e = r->site.cg->kind == CGROUP_V1 ? stat_text(r, "cpuset", file, &text) : 0;

	if (e < 0 || !text)
		return e;
	autofree char *line = xstrndup(text, strcspn(text, "\n"));
	return wrap(parse_int(line, INT64_MIN, INT64_MAX, &level->v), "%s", file);
}

/* -- the document -- */

/* The objects that are always there. */
static void
make_objects(const struct type *t, void *of)
{
	for (const struct field *row = t->fields; row->name; row++) {
		void **at = (void **)((char *)of + row->at);

		if (row->kind != KIND_OBJECT || !row->must)
			continue;
		*at = xcalloc(1, row->of->size);
		make_objects(row->of, *at);
	}
}

static void settle(const struct type *t, void *of);

static void
settle_list(const struct field *row, void ***list)
{
	if (!*list && row->must)
		*list = xcalloc(1, sizeof(void *));
	for (void **e = *list; e && *e && row->of->fields; e++)
		settle(row->of, *e);
}

/* Leaves out what is 0, and says 0 where it must be said. */
static void
settle(const struct type *t, void *of)
{
	for (const struct field *row = t->fields; row->name; row++) {
		void *at = (char *)of + row->at;

		switch (row->kind) {
		case KIND_UINT:
			((struct oci_uint *)at)->set = row->must || ((struct oci_uint *)at)->v;
			break;
		case KIND_INT:
			((struct oci_int *)at)->set = row->must || ((struct oci_int *)at)->v;
			break;
		case KIND_OBJECT:
			if (*(void **)at)
				settle(row->of, *(void **)at);
			break;
		case KIND_LIST:
		case KIND_MAP:
			settle_list(row, at);
			break;
		default:
			break;
		}
	}
}

static int
read_all(struct stat_reader *r)
{
	int e = 0;

	for (size_t i = 0; e >= 0 && i < countof(numbers); i++)
		e = read_number(r, numbers + i);
	if (e >= 0)
		e = read_relax_level(r);
	return e < 0 ? e : stat_lists(r);
}

int
cgroup_stats(const struct cgroup *cg, struct stats *s)
{
	struct stat_reader r = { .stats = s };

	if (cg->kind == CGROUP_NONE)
		return fail(0, "the container has no cgroup");
	int e = site_open(&r.site, cg);
	if (e >= 0) {
		make_objects(&stats_type, s);
		e = read_all(&r);
		settle(&stats_type, s);
	}
	free(r.path);
	free(r.text);
	site_done(&r.site);
	return e < 0 ? e : 0;
}
