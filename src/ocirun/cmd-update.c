#include "ocirun/commands.h"

#include "base/err.h"
#include "base/parse.h"

struct update_cli {
	const char *resources, *l3_cache_schema, *mem_bw_schema;
	const char *blkio_weight;
	const char *cpu_period, *cpu_quota, *cpu_share, *cpu_burst, *cpu_idle;
	const char *cpu_rt_period, *cpu_rt_runtime, *cpuset_cpus, *cpuset_mems;
	const char *memory, *memory_reservation, *memory_swap, *kernel_memory, *kernel_memory_tcp;
	const char *pids_limit;
};

/* What the options fill: the parts of all, of which those are in it that an option concerns. */
struct changes {
	struct oci_resources all;
	struct oci_memory memory;
	struct oci_cpu cpu;
	struct oci_pids pids;
	struct oci_block_io block_io;
};

static int
as_uint(const char *text, void *member)
{
	struct oci_uint *n = member;

	n->set = true;
	return parse_uint(text, UINT64_MAX, &n->v);
}

static int
as_weight(const char *text, void *member)
{
	struct oci_uint *n = member;

	n->set = true;
	return parse_uint(text, UINT16_MAX, &n->v);
}

static int
as_int(const char *text, void *member)
{
	struct oci_int *n = member;

	n->set = true;
	return parse_int(text, INT64_MIN, INT64_MAX, &n->v);
}

static int
as_size(const char *text, void *member)
{
	struct oci_int *n = member;
	uint64_t bytes;

	if (streq(text, "-1"))
		return as_int(text, member);
	int r = parse_size(text, &bytes);
	if (r == 0 && bytes > INT64_MAX)
		return fail(ERANGE, "%s", text);
	*n = (struct oci_int){ (int64_t)bytes, true };
	return r;
}

static int
as_text(const char *text, void *member)
{
	*(char **)member = (char *)text;
	return 0;
}

/* Each option's place among the changes; the option itself is below. */
static const struct setting {
	size_t option;
	size_t pointer, part, member;	/* all's pointer to the part, the part, its member */
	int (*as)(const char *text, void *member);
} settings[] = {
#define SET(option, part, member, type, as) \
	{ offsetof(struct update_cli, option), offsetof(struct oci_resources, part), \
	  offsetof(struct changes, part), at_(oci_##part, member, type), as }
	SET(blkio_weight, block_io, weight, struct oci_uint, as_weight),
	SET(cpu_period, cpu, period, struct oci_uint, as_uint),
	SET(cpu_quota, cpu, quota, struct oci_int, as_int),
	SET(cpu_share, cpu, shares, struct oci_uint, as_uint),
	SET(cpu_burst, cpu, burst, struct oci_uint, as_uint),
	SET(cpu_idle, cpu, idle, struct oci_int, as_int),
	SET(cpu_rt_period, cpu, realtime_period, struct oci_uint, as_uint),
	SET(cpu_rt_runtime, cpu, realtime_runtime, struct oci_int, as_int),
	SET(cpuset_cpus, cpu, cpus, char *, as_text),
	SET(cpuset_mems, cpu, mems, char *, as_text),
	SET(memory, memory, limit, struct oci_int, as_size),
	SET(memory_reservation, memory, reservation, struct oci_int, as_size),
	SET(memory_swap, memory, swap, struct oci_int, as_size),
	SET(kernel_memory, memory, kernel, struct oci_int, as_size),
	SET(kernel_memory_tcp, memory, kernel_tcp, struct oci_int, as_size),
	SET(pids_limit, pids, limit, struct oci_int, as_int),
#undef SET
};

#define OPT(l, m, n, v, h, ...) OPT_STRING(update_cli, l, m, n, v, h, __VA_ARGS__)

static const struct opt options[] = {
	OPT('r', resources, "resources", "FILE", "the limits as JSON; - is standard input"),
	OPT(0, blkio_weight, "blkio-weight", "N", "share of disk time, 10 to 1000"),
	OPT(0, cpu_period, "cpu-period", "N", "length of a period of CPU time, in microseconds"),
	OPT(0, cpu_quota, "cpu-quota", "N", "CPU time in a period, in microseconds; -1: no limit"),
	OPT(0, cpu_share, "cpu-share", "N", "share of CPU time, 2 to 262144"),
	OPT(0, cpu_share, "cpu-shares", "N", "same as --cpu-share", .hidden = true),
	OPT(0, cpu_burst, "cpu-burst", "N", "saved CPU time that a period may add, microseconds"),
	OPT(0, cpu_idle, "cpu-idle", "0|1", "1: run only when nobody else wants to"),
	OPT(0, cpu_rt_period, "cpu-rt-period", "N", "length of a period of realtime"),
	OPT(0, cpu_rt_runtime, "cpu-rt-runtime", "N", "realtime in a period"),
	OPT(0, cpuset_cpus, "cpuset-cpus", "LIST", "CPUs to run on, such as 0-2,4"),
	OPT(0, cpuset_mems, "cpuset-mems", "LIST", "memory nodes to use"),
	OPT(0, memory, "memory", "SIZE", "limit of memory; -1: none"),
	OPT(0, memory_reservation, "memory-reservation", "SIZE", "memory that is its own"),
	OPT(0, memory_swap, "memory-swap", "SIZE", "limit of memory and swap together; -1: none"),
	OPT(0, kernel_memory, "kernel-memory", "SIZE", "obsolete", .hidden = true),
	OPT(0, kernel_memory_tcp, "kernel-memory-tcp", "SIZE", "obsolete", .hidden = true),
	OPT(0, pids_limit, "pids-limit", "N", "most processes and threads; -1: no limit"),
	OPT(0, l3_cache_schema, "l3-cache-schema", "TEXT", "share of cache: L3:0=7ff"),
	OPT(0, mem_bw_schema, "mem-bw-schema", "TEXT", "share of bandwidth: MB:0=50"),
	{ 0 },
};

static const char *
name_of(size_t at)
{
	const struct opt *o = options;

	while (o->at != at)
		o++;
	return o->name;
}

/* How many of the settings were given, or -errno with words. */
static int
read_settings(const struct update_cli *cli, struct changes *c)
{
	int given = 0, r = 0;

	for (size_t i = 0; r == 0 && i < countof(settings); i++) {
		const struct setting *s = settings + i;
		const char *text = *(const char *const *)((const char *)cli + s->option);

		if (!text)
			continue;
		char *part = (char *)c + s->part;
		*(void **)((char *)&c->all + s->pointer) = part;
		r = wrap(s->as(text, part + s->member), "--%s", name_of(s->option));
		given++;
	}
	return r < 0 ? r : given;
}

static int
update_run(const void *rt, const void *opts, char **args)
{
	const struct update_cli *cli = opts;
	struct changes changes = { .all = { .memory = NULL } };
	int given = read_settings(cli, &changes);

	if (given < 0)
		return given;
	if (given && cli->resources)
		return fail(0, "--resources and an option for a single limit exclude each other");
	return runtime_update(rt, &(struct update_opts){
		.id = args[0],
		.resources = cli->resources,
		.changes = &changes.all,
		.l3_cache_schema = cli->l3_cache_schema,
		.mem_bw_schema = cli->mem_bw_schema,
	});
}

const struct command cmd_update = {
	.name = "update", .args = "CONTAINER", .min = 1, .max = 1,
	.summary = "change the limits of a container",
	.text = "What is not given stays as it is, and so does what is given as 0, but for\n"
		"--pids-limit, --cpu-burst and --cpu-idle. Either all of it holds afterwards or,\n"
		"if something is wrong, nothing has changed. A SIZE is in bytes, or with k, m, g\n"
		"or t behind it.\n"
		"\n"
		"FILE is an object as linux.resources in a configuration:\n"
		"\n"
		"\t{ \"memory\": { \"limit\": 104857600 }, \"pids\": { \"limit\": 100 } }",
	.size = sizeof(struct update_cli),
	.opts = options,
	.run = update_run,
};
