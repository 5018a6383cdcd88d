/* Which mappings an idmapped mount gets. */
#include "runtime/mount/plan.h"

#include "runtime/idmap.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/ns.h"

#include <sched.h>

/* FROM-TO-COUNT: what is on the file system, what it is on the host, how many. */
static int
parse_range(const char *text, struct oci_id_mapping *m)
{
	struct oci_uint *const slots[] = { &m->container_id, &m->host_id, &m->size };
	autostrv parts = strv_split(text, '-');

	if (strv_len(parts) != countof(slots))
		return fail(0, "must be FROM-TO-COUNT");
	for (size_t i = 0; i < countof(slots); i++) {
		int r = parse_uint(parts[i], UINT32_MAX, &slots[i]->v);

		if (r < 0)
			return r;
		slots[i]->set = true;
	}
	return 0;
}

/* With "@" in front TO is an ID of the container, whose whole range must be in one mapping. */
static int
make_absolute(struct oci_id_mapping *m, struct oci_id_mapping *const *of)
{
	uint64_t first, last;

	if (!m->size.v || !idmap_find(of, m->host_id.v, &first) ||
	    !idmap_find(of, m->host_id.v + m->size.v - 1, &last) ||
	    last - first != m->size.v - 1)
		return fail(0, "is not in one mapping of the container's user namespace");
	m->host_id.v = first;
	return 0;
}

static int
add_range(struct str *out, const char *text, struct oci_id_mapping *const *container)
{
	struct oci_id_mapping m = { 0 }, *const one[] = { &m, NULL };
	const char *relative = str_after(text, "@");
	int r = parse_range(relative ? relative : text, &m);

	if (r == 0 && relative)
		r = make_absolute(&m, container);
	if (r == 0 && idmap_mistake(one, 0))
		r = fail(0, "%s", idmap_mistake(one, 0));
	if (r < 0)
		return wrap(r, "%s", text);
	autofree char *line = idmap_text(one);
	str_add(out, line);
	return 0;
}

static int
parse_list(const char *text, struct oci_id_mapping *const *container, char **map)
{
	autostrv ranges = strv_split(text, '#');
	autostr out = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && ranges && ranges[i]; i++)
		r = add_range(&out, ranges[i], container);
	if (r == 0 && !out.len)
		r = fail(0, "no range");
	if (r < 0)
		return r;
	free(*map);
	*map = str_take(&out);
	return 0;
}

int
mount_idmap_parse(struct mount_op *op, const char *text, const struct oci_linux *l)
{
	autostrv parts = strv_split(text, ';');
	int r = 0;

	for (size_t i = 0; r == 0 && parts && parts[i]; i++) {
		const char *uids = str_after(parts[i], "uids=");
		const char *gids = str_after(parts[i], "gids=");

		if (uids)
			r = parse_list(uids, l ? l->uid_mappings : NULL, &op->uid_map);
		else if (gids)
			r = parse_list(gids, l ? l->gid_mappings : NULL, &op->gid_map);
		else
			r = fail(0, "%s: must be uids=... or gids=...", parts[i]);
	}
	if (r == 0 && (!op->uid_map || !op->gid_map))
		r = fail(0, "needs both uids and gids");
	return r;
}

static const char *
mistake_in(struct oci_id_mapping *const *list)
{
	const char *reason = NULL;

	for (size_t i = 0; list && list[i] && !reason; i++)
		reason = idmap_mistake(list, i);
	return reason;
}

static bool
has_user_namespace(const struct oci_linux *l)
{
	uint64_t kind;

	for (struct oci_namespace **n = l ? l->namespaces : NULL; n && *n; n++)
		if (word_number(ns_words, (*n)->type, &kind) && kind == CLONE_NEWUSER)
			return true;
	return false;
}

/* A mapping without the word asks for the same: else it would be ignored. */
static const char *
take_mappings(struct mount_op *op, const struct oci_mount *m)
{
	bool uids = m->uid_mappings && *m->uid_mappings;
	bool gids = m->gid_mappings && *m->gid_mappings;
	const char *reason = mistake_in(m->uid_mappings);

	if (!uids && !gids)
		return NULL;
	if (uids != gids)
		return "needs both uidMappings and gidMappings";
	if (!reason)
		reason = mistake_in(m->gid_mappings);
	if (reason)
		return reason;
	free(op->uid_map);
	free(op->gid_map);
	op->uid_map = idmap_text(m->uid_mappings);
	op->gid_map = idmap_text(m->gid_mappings);
	if (!op->idmap)
		op->idmap = IDMAP_TOP;
	return NULL;
}

const char *
mount_idmap_plan(struct mount_op *op, const struct oci_mount *m, const struct oci_linux *l)
{
	const char *reason = take_mappings(op, m);

	if (reason || !op->idmap)
		return reason;
	if (op->act != MOUNT_BIND)
		return "only a bind mount can be idmapped";
	if (!op->uid_map && !has_user_namespace(l))
		return "idmap needs uidMappings and gidMappings, or a user namespace";
	return NULL;
}
