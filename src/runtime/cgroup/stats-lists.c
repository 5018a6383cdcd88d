/* Reading what a cgroup has used: lists, by processor, device or size of a page, and pressure. */
#include "runtime/cgroup/stats-parse.h"
#include "runtime/cgroup/stats-read.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"

/* -- by processor and node: v1 only -- */

static int
user_column(const char *text, struct oci_uints *list)
{
	return stat_column(text, 1, list);
}

static int
system_column(const char *text, struct oci_uints *list)
{
	return stat_column(text, 2, list);
}

static const struct numbers {
	struct stat_place place;
	const char *controller, *file;
	int (*parse)(const char *text, struct oci_uints *list);
} v1_numbers[] = {
#define CPU(m) STAT_BELOW(cpu, usage, m, struct oci_uints)
	{ CPU(percpu), "cpuacct", "cpuacct.usage_percpu", stat_numbers },
	{ CPU(percpu_kernel), "cpuacct", "cpuacct.usage_all", system_column },
	{ CPU(percpu_user), "cpuacct", "cpuacct.usage_all", user_column },
	{ STAT_IN(cpuset, cpus, struct oci_uints), "cpuset", "cpuset.cpus", stat_ranges },
	{ STAT_IN(cpuset, mems, struct oci_uints), "cpuset", "cpuset.mems", stat_ranges },
};

static int
read_v1_numbers(struct stat_reader *r)
{
	int e = 0;

	for (const struct numbers *n = v1_numbers; n < v1_numbers + countof(v1_numbers); n++) {
		const char *text;

		e = stat_text(r, n->controller, n->file, &text);
		if (e >= 0 && text)
			e = wrap(n->parse(text, stat_place(r->stats, &n->place)), "%s", n->file);
		if (e < 0)
			return e;
	}
	return e;
}

/* -- by device -- */

#define IO(m) STAT_IN(blkio, m, struct stats_io **)

/* Which there are depends on the scheduler of the disks; the first that says anything counts. */
static const struct v1_io {
	struct stat_place place;
	const char *files[5];
} v1_io[] = {
#define OF(m, name) { IO(m), { "blkio.bfq." name "_recursive", "blkio." name "_recursive" } }
	{ IO(service_bytes), { "blkio.bfq.io_service_bytes_recursive",
			       "blkio.io_service_bytes_recursive",
			       "blkio.throttle.io_service_bytes_recursive",
			       "blkio.throttle.io_service_bytes" } },
	{ IO(serviced), { "blkio.bfq.io_serviced_recursive", "blkio.io_serviced_recursive",
			  "blkio.throttle.io_serviced_recursive", "blkio.throttle.io_serviced" } },
	OF(queued, "io_queued"),
	OF(service_time, "io_service_time"),
	OF(wait_time, "io_wait_time"),
	OF(merged, "io_merged"),
	OF(time, "time"),
	OF(sectors, "sectors"),
#undef OF
};

static const struct v2_io {
	struct stat_place place;
	const char *key, *op;
} v2_io[] = {
	{ IO(service_bytes), "rbytes", "Read" },
	{ IO(service_bytes), "wbytes", "Write" },
	{ IO(serviced), "rios", "Read" },
	{ IO(serviced), "wios", "Write" },
};

static int
read_v1_io(struct stat_reader *r, const struct v1_io *row)
{
	struct stats_io ***list = stat_place(r->stats, &row->place);
	int e = 0;

	for (const char *const *file = row->files; e >= 0 && *file && !*list; file++) {
		const char *text;

		e = stat_text(r, "blkio", *file, &text);
		if (e >= 0 && text)
			e = wrap(stat_io_v1(text, list), "%s", *file);
	}
	return e;
}

static int
read_v2_io(struct stat_reader *r)
{
	const char *text;
	int e = stat_text(r, NULL, "io.stat", &text);

	for (size_t i = 0; e >= 0 && text && i < countof(v2_io); i++)
		e = stat_io_v2(text, v2_io[i].key, v2_io[i].op,
			       stat_place(r->stats, &v2_io[i].place));
	return wrap(e, "io.stat");
}

static int
read_io(struct stat_reader *r)
{
	int e = 0;

	if (r->site.cg->kind == CGROUP_V2)
		return read_v2_io(r);
	for (size_t i = 0; e >= 0 && i < countof(v1_io); i++)
		e = read_v1_io(r, v1_io + i);
	return e;
}

/* -- by size of a huge page -- */

static const struct huge {
	const char *file, *key;	/* behind "hugetlb.SIZE.", or "hugetlb.SIZE.rsvd." where it is */
	size_t member;
} v1_huge[] = {
#define HUGE(m) at_(stats_hugetlb, m, struct oci_uint)
	{ "usage_in_bytes", NULL, HUGE(usage) },
	{ "max_usage_in_bytes", NULL, HUGE(max) },
	{ "failcnt", NULL, HUGE(failcnt) },
	{ .file = NULL },
}, v2_huge[] = {
	{ "current", NULL, HUGE(usage) },
	{ "events", "max", HUGE(failcnt) },
	{ .file = NULL },
};

static int
read_huge(struct stat_reader *r, const struct huge *row, struct stats_hugetlb *h)
{
	int e = 0;

	for (; e >= 0 && row->file; row++) {
		struct oci_uint *member = (void *)((char *)h + row->member);
		autofree char *rsvd = xasprintf("hugetlb.%s.rsvd.%s", h->size, row->file);
		autofree char *plain = xasprintf("hugetlb.%s.%s", h->size, row->file);
		const char *text;

		e = stat_text(r, "hugetlb", rsvd, &text);
		if (e >= 0 && !text)
			e = stat_text(r, "hugetlb", plain, &text);
		if (e >= 0 && text)
			e = stat_uint(text, row->key, UINT64_MAX, &member->v);
		wrap(e, "%s", plain);
	}
	return e;
}

/* "2MB" of hugetlb.2MB.current, or NULL: it is another file. */
static char *
size_of(const char *name, const char *file)
{
	const char *size = str_after(name, "hugetlb.");
	const char *dot = size ? strchr(size, '.') : NULL;

	return dot && streq(dot + 1, file) ? xstrndup(size, (size_t)(dot - size)) : NULL;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The sizes that this machine has are those that the cgroup has files for. */
static int
list_sizes(const struct site *s, const char *file, char ***sizes)
{
	const struct cgroupfs_hierarchy *h = s->cg->kind == CGROUP_V2 ?
						     s->fs->h :
						     cgroupfs_of(s->fs, "hugetlb");

	if (!h)
		return 0;
	autofree char *path = site_path(s, h, NULL);
	int fd = cgroupfs_open(s->root, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	autodir dir = fdopendir(fd);
	for (struct dirent *d; dir && (d = readdir(dir));) {
		char *size = size_of(d->d_name, file);

		if (size)
			strv_push(sizes, size);
	}
	if (*sizes)
		qsort(*sizes, strv_len(*sizes), sizeof(char *), compare);
	return 0;
}

static int
read_hugetlb(struct stat_reader *r)
{
	const struct huge *rows = r->site.cg->kind == CGROUP_V2 ? v2_huge : v1_huge;
	autostrv sizes = NULL;
	int e = list_sizes(&r->site, rows->file, &sizes);

	for (char **size = sizes; e >= 0 && size && *size; size++) {
		struct stats_hugetlb *h = xcalloc(1, sizeof(*h));

		h->size = xstrdup(*size);
		strv_push((char ***)&r->stats->hugetlb, (char *)h);
		e = read_huge(r, rows, h);
	}
	return e;
}

/* -- all of memory.stat, and pressure, which v2 has -- */

static int
read_raw(struct stat_reader *r)
{
	const char *text;
	int e = stat_text(r, "memory", "memory.stat", &text);

	if (e >= 0 && text)
		e = wrap(stat_pairs(text, &r->stats->memory->raw), "memory.stat");
	return e;
}

static int
read_pressure(struct stat_reader *r)
{
	const struct {
		const char *file;
		struct stats_psi **psi;
	} rows[] = {
		{ "cpu.pressure", &r->stats->cpu->psi },
		{ "memory.pressure", &r->stats->memory->psi },
		{ "io.pressure", &r->stats->blkio->psi },
	};
	int e = 0;

	for (size_t i = 0; e >= 0 && i < countof(rows); i++) {
		const char *text;

		e = stat_text(r, NULL, rows[i].file, &text);
		if (e >= 0 && text)
			e = wrap(stat_psi(text, rows[i].psi), "%s", rows[i].file);
	}
	return e;
}

int
stat_lists(struct stat_reader *r)
{
	bool v2 = r->site.cg->kind == CGROUP_V2;
	int e = v2 ? read_pressure(r) : read_v1_numbers(r);

	if (e >= 0)
		e = read_raw(r);
	if (e >= 0)
		e = read_io(r);
	return e < 0 ? e : read_hugetlb(r);
}
