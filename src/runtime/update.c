/* update: new limits for a container that is there. */
#include "runtime/cgroup/systemd.h"
#include "runtime/config.h"
#include "runtime/intelrdt.h"
#include "runtime/state.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

struct update {
	const struct update_opts *opts;
	struct state state;
	struct config config;		/* as create or the last update left it */
	struct oci_resources *changes, *merged;
	struct cgroup cgroup;
	struct cgroup_journal journal;
	bool devices_written;
};

static void
update_done(struct update *u)
{
	cgroup_journal_done(&u->journal);
	cgroup_done(&u->cgroup);
	oci_free(&oci_resources_type, u->changes);
	oci_free(&oci_resources_type, u->merged);
	config_done(&u->config);
	state_done(&u->state);
}

/* -- the changes -- */

static int
read_changes(struct update *u)
{
	autofree char *text = NULL;
	struct oci_source source;

	if (!u->opts->resources) {
		u->changes = oci_copy(&oci_resources_type, u->opts->changes);
		return 0;
	}
	int r = config_read_input(u->opts->resources, &source, &text);
	if (r < 0)
		return r;
	u->changes = xcalloc(1, sizeof(*u->changes));
	return oci_decode(&oci_resources_type, &source, u->changes);
}

/*
 * Where 0 is no limit but "not set": it must not take the place of a value that
 * others are computed from.
 */
static const struct {
	size_t part, member;
} unset_by_zero[] = {
#define AT(part, member, type) \
	{ offsetof(struct oci_resources, part), at_(oci_##part, member, type) }
	AT(memory, limit, struct oci_int), AT(memory, reservation, struct oci_int),
	AT(memory, swap, struct oci_int), AT(memory, kernel, struct oci_int),
	AT(memory, kernel_tcp, struct oci_int), AT(cpu, shares, struct oci_uint),
	AT(cpu, quota, struct oci_int), AT(cpu, period, struct oci_uint),
	AT(cpu, realtime_runtime, struct oci_int), AT(cpu, realtime_period, struct oci_uint),
	AT(block_io, weight, struct oci_uint), AT(block_io, leaf_weight, struct oci_uint),
#undef AT
};

_Static_assert(offsetof(struct oci_int, set) == offsetof(struct oci_uint, set), "zero is zero");

static void
drop_empty(char **text)
{
	if (*text && !**text)
		free(take(*text));
}

static void
drop_unset(struct oci_resources *r)
{
	for (size_t i = 0; i < countof(unset_by_zero); i++) {
		char *part = *(char **)((char *)r + unset_by_zero[i].part);
		struct oci_uint *n = part ? (void *)(part + unset_by_zero[i].member) : NULL;

		if (n && n->v == 0)
			n->set = false;
	}
	if (r->cpu) {
		drop_empty(&r->cpu->cpus);
		drop_empty(&r->cpu->mems);
	}
}

/* Memory without limit leaves none on memory and swap together, whatever that was before. */
static void
lift_swap(struct oci_memory *m)
{
	if (m && m->limit.set && m->limit.v < 0 && !m->swap.set)
		m->swap = (struct oci_int){ -1, true };
}

/* -- the container -- */

static int
check_status(const struct state *s)
{
	enum status status;
	int r = state_status(s, &status, NULL);

	if (r < 0)
		return r;
	if (status == STATUS_CREATING)
		return fail(0, "cannot update a container that is being created");
	return status == STATUS_STOPPED ? fail(0, "container not running") : 0;
}

static int
open_container(struct update *u, const struct runtime *rt)
{
	struct state *s = &u->state;
	int r = state_find(s, rt, u->opts->id);

	/* Not to wait for a create: it may be one of its hooks that calls us. */
	if (r == 0 && streq(s->record.phase, PHASE_CREATING))
		r = check_status(s);
	if (r == 0)
		r = state_lock(s);
	if (r == 0)	/* as whoever had the lock left it */
		r = state_load(s);
	if (r == 0)
		r = check_status(s);
	if (r == 0)
		r = config_read(&u->config, s->dir, "config.json");
	if (r == 0)
		r = cgroup_from_record(&u->cgroup, s->record.cgroup_kind, s->record.cgroup_path);
	return r;
}

/* -- carrying it out -- */

static struct oci_resources **
resources_of(struct oci_spec *spec)
{
	if (!spec->linux_)
		spec->linux_ = xcalloc(1, sizeof(*spec->linux_));
	if (!spec->linux_->resources)
		spec->linux_->resources = xcalloc(1, sizeof(*spec->linux_->resources));
	return &spec->linux_->resources;
}

static bool
same_devices(const struct oci_resources *a, const struct oci_resources *b)
{
	const struct oci_resources x = { .devices = a->devices }, y = { .devices = b->devices };
	autofree char *one = oci_encode(&oci_resources_type, &x, OCI_COMPACT);
	autofree char *other = oci_encode(&oci_resources_type, &y, OCI_COMPACT);

	return streq(one, other);
}

/*
 * Of the parts that the changes name, all values, for some need others.  The
 * other parts are left alone: somebody else may have set them since.
 */
static struct oci_resources
named_of(const struct update *u, const struct oci_resources *m)
{
	const struct oci_resources *c = u->changes;

	return (struct oci_resources){
		.memory = c->memory ? m->memory : NULL,
		.cpu = c->cpu ? m->cpu : NULL,
		.pids = c->pids ? m->pids : NULL,
		.block_io = c->block_io ? m->block_io : NULL,
		.network = c->network ? m->network : NULL,
		.hugepage_limits = c->hugepage_limits,
		.rdma = c->rdma,
		.unified = c->unified,
	};
}

static int
write_limits(struct update *u)
{
	const struct oci_resources named = named_of(u, u->merged);

	return cgroup_update(&u->cgroup, &named, &u->journal);
}

/* Behind the files, for systemd to write the same when it reloads. */
static int
tell_systemd(const struct update *u, const struct oci_resources *all)
{
	const char *unit = u->state.record.unit;
	struct oci_resources named = named_of(u, all);

	named.devices = u->changes->devices ? all->devices : NULL;
	return unit ? scope_limit(unit, u->cgroup.kind, &named) : 0;
}

static void
tell_systemd_again(const struct update *u, const struct oci_resources *old)
{
	autowords words = err_keep();

	if (tell_systemd(u, old) < 0)
		warn("systemd cannot be told the limits of before: %s", err_words());
}

static void
undo_devices(const struct update *u, const struct oci_resources *old)
{
	autowords words = err_keep();

	if (u->devices_written && cgroup_limit_devices(&u->cgroup, old) < 0)
		warn("the device rules of before cannot be put back: %s", err_words());
}

/*
 * Engines repeat the rules of the configuration in each update.  These are in
 * force, perhaps with what a plug-in of the engine added, and stay untouched.
 */
static int
write_devices(struct update *u, const struct oci_resources *old)
{
	if (!u->changes->devices || same_devices(old, u->merged))
		return 0;
	u->devices_written = true;
	int r = cgroup_limit_devices(&u->cgroup, u->merged);
	if (r < 0)
		undo_devices(u, old);
	return wrap(r, "devices");
}

/* Behind what can be taken back, which this cannot. */
static int
write_schemata(struct update *u)
{
	const char *l3 = u->opts->l3_cache_schema, *mb = u->opts->mem_bw_schema;

	return l3 || mb ? wrap(intelrdt_update_host(&u->state.record, l3, mb), "Intel RDT") : 0;
}

static int
save(struct update *u)
{
	autofree char *text = oci_encode(&oci_spec_type, &u->config.spec, OCI_COMPACT);

	return file_replace_at(u->state.dir, "config.json", text, strlen(text), 0600);
}

/* What was there before is put back by whatever fails behind it. */
static int
apply(struct update *u)
{
	struct oci_resources **place = resources_of(&u->config.spec), *old = *place;

	u->merged = oci_copy(&oci_resources_type, old);
	oci_merge(&oci_resources_type, u->merged, u->changes);

	int r = write_limits(u);
	if (r < 0)
		return r;
	r = write_devices(u, old);
	if (r == 0) {
		r = tell_systemd(u, u->merged);
		if (r == 0)
			r = write_schemata(u);
		*place = u->merged;
		u->merged = old;
		if (r == 0)
			r = save(u);
		if (r < 0) {
			undo_devices(u, old);
			tell_systemd_again(u, old);
		}
	}
	if (r < 0)
		cgroup_undo(&u->cgroup, &u->journal);
	return r;
}

int
runtime_update(const struct runtime *rt, const struct update_opts *o)
{
	auto_(update_done) struct update u = { .opts = o, .state = STATE_EMPTY };
	int r = read_changes(&u);

	if (r == 0)
		r = open_container(&u, rt);
	if (r < 0)
		return r;
	drop_unset(u.changes);
	lift_swap(u.changes->memory);
	return apply(&u);
}
