#include "engine/usage.h"

#include "engine/container.h"
#include "engine/oci.h"
#include "engine/status.h"

#include "libocispec/document.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/sysinfo.h>

/* --- what "events --stats" of a runtime says, as far as it concerns us ----------------------- */

struct said_cpu_usage { struct oci_uint total; };
static TYPE(said_cpu_usage, "processor time", F_UINT(said_cpu_usage, total, "total"), );

struct said_cpu { struct said_cpu_usage *usage; };
static TYPE(said_cpu, "processors", F_OBJECT(said_cpu, usage, "usage", said_cpu_usage), );

struct said_entry { struct oci_uint limit, usage; };
static TYPE(said_entry, "memory of one kind",
	F_UINT(said_entry, limit, "limit"),
	F_UINT(said_entry, usage, "usage"),
);

/* memory.stat: of cgroup v1 with "total_" for all that is below. */
struct said_raw { struct oci_uint inactive_file, total_inactive_file; };
static TYPE(said_raw, "numbers",
	F_UINT(said_raw, inactive_file, "inactive_file"),
	F_UINT(said_raw, total_inactive_file, "total_inactive_file"),
);

struct said_memory { struct said_entry *usage; struct said_raw *raw; };
static TYPE(said_memory, "memory",
	F_OBJECT(said_memory, usage, "usage", said_entry),
	F_OBJECT(said_memory, raw, "raw", said_raw),
);

struct said_pids { struct oci_uint current; };
static TYPE(said_pids, "tasks", F_UINT(said_pids, current, "current"), );

struct said_io { char *op; struct oci_uint value; };
static TYPE(said_io, "disk traffic of a device",
	F_STRING(said_io, op, "op"),
	F_UINT(said_io, value, "value"),
);

struct said_blkio { struct said_io **bytes; };
static TYPE(said_blkio, "disk traffic",
	F_LIST(said_blkio, bytes, "ioServiceBytesRecursive", said_io),
);

struct said_data {
	struct said_cpu *cpu;
	struct said_memory *memory;
	struct said_pids *pids;
	struct said_blkio *blkio;
};
static TYPE(said_data, "statistics",
	F_OBJECT(said_data, cpu, "cpu", said_cpu),
	F_OBJECT(said_data, memory, "memory", said_memory),
	F_OBJECT(said_data, pids, "pids", said_pids),
	F_OBJECT(said_data, blkio, "blkio", said_blkio),
);

struct said { struct said_data *data; };
static TYPE(said, "event", F_OBJECT(said, data, "data", said_data, .must = true), );

/* --- from it --------------------------------------------------------------------------- */

/* A limit above what the machine has is none. */
static uint64_t
limit_of(uint64_t limit)
{
	struct sysinfo host;
	uint64_t all = sysinfo(&host) < 0 ? limit : (uint64_t)host.totalram * host.mem_unit;

	return limit && limit < all ? limit : all;
}

static void
take_memory(const struct said_memory *m, struct usage *u)
{
	const struct said_raw *raw = m->raw;
	uint64_t cache = 0;

	if (raw)
		cache = raw->total_inactive_file.set ? raw->total_inactive_file.v :
						       raw->inactive_file.v;
	if (!m->usage)
		return;
	u->memory = m->usage->usage.v > cache ? m->usage->usage.v - cache : m->usage->usage.v;
	u->memory_limit = m->usage->limit.v;
}

static void
take_blkio(const struct said_blkio *b, struct usage *u)
{
	for (struct said_io **io = b->bytes; io && *io; io++) {
		const char *op = (*io)->op ? (*io)->op : "";

		if (strcasecmp(op, "read") == 0)
			u->read += (*io)->value.v;
		else if (strcasecmp(op, "write") == 0)
			u->written += (*io)->value.v;
	}
}

static void
take_data(const struct said_data *d, struct usage *u)
{
	if (d->cpu && d->cpu->usage)
		u->cpu_ns = d->cpu->usage->total.v;
	if (d->memory)
		take_memory(d->memory, u);
	if (d->blkio)
		take_blkio(d->blkio, u);
	if (d->pids)
		u->pids = d->pids->current.v;
}

static int
ask_runtime(const struct engine *e, const struct container *c, struct usage *u)
{
	const char *const words[] = { "events", "--stats", c->id, NULL };
	struct said said = { 0 };
	autostr text = { 0 };
	int r = oci_ask(e, c, words, &text);

	if (r == 0)
		r = oci_decode(&said_type, &(struct oci_source){
			"statistics of the runtime", text.s ? text.s : "", text.len }, &said);
	if (r < 0)
		return r;
	take_data(said.data, u);
	oci_done(&said_type, &said);
	return 0;
}

/* --- the network ------------------------------------------------------------------------- */

/* "  eth0: BYTES PACKETS and six more of what came, the same of what went" */
void
usage_read_net_dev(const char *text, struct usage *u)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		uint64_t received, sent;
		char name[32];

		line += *line == '\n';
		if (sscanf(line, " %31[^: ]: %" SCNu64 " %*u %*u %*u %*u %*u %*u %*u %" SCNu64,
			   name, &received, &sent) != 3 || streq(name, "lo"))
			continue;
		u->received += received;
		u->sent += sent;
	}
}

/* Of the host's network nobody can say whose traffic it was. */
static void
read_network(const struct container *c, const struct status *s, struct usage *u)
{
	const char *mode = c->host->network_mode ? c->host->network_mode : "none";
	autofree char *path = xasprintf("/proc/%lld/net/dev", (long long)s->pid.v), *text = NULL;
	autowords words = err_keep();

	if (!streq(mode, "host") && file_read_at(AT_FDCWD, path, 1 << 20, &text, NULL) == 0)
		usage_read_net_dev(text, u);
}

int
container_usage(const struct engine *e, const struct container *c, struct usage *u)
{
	struct status *now;
	int r = container_status(e, c, &now);

	*u = (struct usage){ 0 };
	if (r < 0)
		return r;
	if (status_is_up(now)) {
		u->at_ms = clock_ms();
		r = ask_runtime(e, c, u);
		/* crun has no such verb, nor others that the specification leaves open. */
		if (r < 0)
			r = usage_of_cgroup((pid_t)now->pid.v, u);
		u->counted = r == 0;
		r = r == -ENODATA ? 0 : r;
		u->up = r == 0;
		u->memory_limit = limit_of(u->memory_limit);
		if (u->up)
			read_network(c, now, u);
	}
	oci_free(&status_type, now);
	/* It may have ended while we asked. */
	return r < 0 && container_is_up(e, c) == 0 ? 0 : r;
}

double
usage_cpu_percent(const struct usage *before, const struct usage *now)
{
	int64_t ms = now->at_ms - before->at_ms;

	if (!before->up || !now->up || ms <= 0 || now->cpu_ns <= before->cpu_ns)
		return 0;
	return (double)(now->cpu_ns - before->cpu_ns) / (double)ms / 1e6 * 100;
}
