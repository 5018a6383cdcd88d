/* User namespaces and their mappings; the offsets of time namespaces. */
#include "runtime/check/checker.h"

#include "runtime/idmap.h"

#include <inttypes.h>
#include <sched.h>

static void
check_list(struct checker *c, struct oci_id_mapping **list, const char *name)
{
	for (size_t i = 0; list && list[i]; i++) {
		const char *reason = idmap_mistake(list, i);

		if (reason)
			bad(c, reason, ".linux.%s[%zu]", name, i);
	}
}

static bool
is_empty(struct oci_id_mapping **list)
{
	return !list || !*list;
}

/* The IDs of the process must be among those of the container. */
static void
check_mapped(struct checker *c)
{
	static const char reason[] = "is not in the mappings of the user namespace";
	const struct oci_linux *l = c->spec->linux_;
	const struct oci_user *u = c->spec->process ? c->spec->process->user : NULL;

	if (!idmap_find(l->uid_mappings, u ? u->uid.v : 0, NULL))
		bad(c, reason, ".process.user.uid");
	if (!idmap_find(l->gid_mappings, u ? u->gid.v : 0, NULL))
		bad(c, reason, ".process.user.gid");
	for (size_t i = 0; u && i < u->additional_gids.n; i++)
		if (!idmap_find(l->gid_mappings, u->additional_gids.v[i], NULL))
			bad(c, reason, ".process.user.additionalGids[%zu]", i);
	if (u && u->additional_gids.n && idmap_denies_groups(l))
		bad(c, "cannot be had by a plain user who maps one group only",
		    ".process.user.additionalGids");
}

static void
check_new(struct checker *c)
{
	static const char missing[] = "is missing: a new user namespace needs it";
	const struct oci_linux *l = c->spec->linux_;
	int before = c->mistakes;

	if (is_empty(l->uid_mappings))
		bad(c, missing, ".linux.uidMappings");
	if (is_empty(l->gid_mappings))
		bad(c, missing, ".linux.gidMappings");
	if (c->mistakes == before)
		check_mapped(c);
}

static void
check_none(struct checker *c)
{
	static const char reason[] = "needs a user namespace in .linux.namespaces";

	if (!is_empty(c->spec->linux_->uid_mappings))
		bad(c, reason, ".linux.uidMappings");
	if (!is_empty(c->spec->linux_->gid_mappings))
		bad(c, reason, ".linux.gidMappings");
}

void
check_user_namespace(struct checker *c)
{
	const struct oci_linux *l = c->spec->linux_;
	const char *path;
	int before = c->mistakes;

	check_list(c, l->uid_mappings, "uidMappings");
	check_list(c, l->gid_mappings, "gidMappings");
	if (c->mistakes > before)
		return;
	if (!config_namespace(c->spec, CLONE_NEWUSER, &path))
		check_none(c);
	else if (!path)
		check_new(c);
	else if (!is_empty(l->uid_mappings) || !is_empty(l->gid_mappings))
		doubt(c, "must be those of the user namespace that is joined",
		      ".linux.uidMappings");
}

static void
check_offset(struct checker *c, const struct oci_time_offset *o, const char *clock)
{
	if (o && o->nanosecs.v >= 1000000000)
		bad(c, "must be less than 1000000000", ".linux.timeOffsets.%s.nanosecs", clock);
}

void
check_time_offsets(struct checker *c)
{
	const struct oci_time_offsets *t = c->spec->linux_->time_offsets;
	const char *path;

	if (!t)
		return;
	if (!config_namespace(c->spec, CLONE_NEWTIME, &path) || path)
		bad(c, "needs a new time namespace in .linux.namespaces", ".linux.timeOffsets");
	check_offset(c, t->monotonic, "monotonic");
	check_offset(c, t->boottime, "boottime");
}
