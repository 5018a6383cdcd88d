#include "runtime/idmap.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/idtool.h"
#include "kernel/userns.h"

#include <stdio.h>

static size_t
length(struct oci_id_mapping *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static bool
overlap(const struct oci_uint *a, uint64_t a_size, const struct oci_uint *b, uint64_t b_size)
{
	return a->v < b->v + b_size && b->v < a->v + a_size;
}

const char *
idmap_mistake(struct oci_id_mapping *const *list, size_t i)
{
	const struct oci_id_mapping *m = list[i];

	if (i >= USERNS_LINES)
		return "is more than the 340 mappings that the kernel takes";
	if (!m->size.v)
		return "must have a size of 1 or more";
	/* -1 is no ID. */
	if (m->container_id.v + m->size.v > UINT32_MAX || m->host_id.v + m->size.v > UINT32_MAX)
		return "goes beyond the last ID, 4294967294";
	for (size_t k = 0; k < i; k++) {
		if (overlap(&m->container_id, m->size.v, &list[k]->container_id, list[k]->size.v))
			return "overlaps an earlier one in the container";
		if (overlap(&m->host_id, m->size.v, &list[k]->host_id, list[k]->size.v))
			return "overlaps an earlier one on the host";
	}
	return NULL;
}

bool
idmap_find(struct oci_id_mapping *const *list, uint64_t id, uint64_t *host)
{
	for (; list && *list; list++) {
		uint64_t first = (*list)->container_id.v;

		if (id < first || id - first >= (*list)->size.v)
			continue;
		if (host)
			*host = (*list)->host_id.v + (id - first);
		return true;
	}
	return false;
}

static bool
has_row(struct oci_id_mapping *const *list, const struct oci_id_mapping *row)
{
	for (; list && *list; list++)
		if ((*list)->container_id.v == row->container_id.v &&
		    (*list)->host_id.v == row->host_id.v && (*list)->size.v == row->size.v)
			return true;
	return false;
}

/* Rows of a list never overlap, so none stands there twice. */
bool
idmap_same(struct oci_id_mapping *const *a, struct oci_id_mapping *const *b)
{
	if (length(a) != length(b))
		return false;
	for (; a && *a; a++)
		if (!has_row(b, *a))
			return false;
	return true;
}

char *
idmap_text(struct oci_id_mapping *const *list)
{
	struct str s = { 0 };

	for (; list && *list; list++)
		str_addf(&s, "%u %u %u\n", (unsigned)(*list)->container_id.v,
			 (unsigned)(*list)->host_id.v, (unsigned)(*list)->size.v);
	return str_take(&s);
}

static bool
is_own(struct oci_id_mapping *const *list, unsigned own)
{
	return length(list) == 1 && list[0]->size.v == 1 && list[0]->host_id.v == own;
}

bool
idmap_denies_groups(const struct oci_linux *l)
{
	return is_own(l->gid_mappings, getegid()) && !userns_may_map();
}

static int
run_tool(pid_t pid, enum userns_file file, struct oci_id_mapping *const *list)
{
	autofree char *text = idmap_text(list);

	return idtool_map(pid, file, text);
}

static int
write_text(pid_t pid, enum userns_file file, struct oci_id_mapping *const *list)
{
	autofree char *text = idmap_text(list);

	return userns_write(pid, file, text);
}

static int
write_uids(pid_t pid, const struct oci_linux *l, bool privileged)
{
	if (privileged || is_own(l->uid_mappings, geteuid()))
		return write_text(pid, USERNS_UID_MAP, l->uid_mappings);
	return run_tool(pid, USERNS_UID_MAP, l->uid_mappings);
}

static int
write_gids(pid_t pid, const struct oci_linux *l, bool privileged)
{
	int r = 0;

	if (!privileged && !is_own(l->gid_mappings, getegid()))
		return run_tool(pid, USERNS_GID_MAP, l->gid_mappings);
	if (!privileged)
		r = userns_write(pid, USERNS_SETGROUPS, "deny");
	return r < 0 ? r : write_text(pid, USERNS_GID_MAP, l->gid_mappings);
}

int
idmap_write(pid_t pid, const struct oci_linux *l)
{
	bool privileged = userns_may_map();
	int r = wrap(write_gids(pid, l, privileged), "gidMappings");

	return r < 0 ? r : wrap(write_uids(pid, l, privileged), "uidMappings");
}

static int
compare(pid_t pid, const char *file, struct oci_id_mapping *const *asked)
{
	struct oci_id_mapping row[USERNS_LINES], *has[USERNS_LINES + 1] = { NULL };
	autofree char *path = xasprintf("/proc/%d/%s", pid, file), *text = NULL;
	int r = file_read_at(AT_FDCWD, path, 1 << 20, &text, NULL);
	char *rest = text, *line;
	size_t n = 0;

	while (r == 0 && n < countof(row) && (line = strsep(&rest, "\n"))) {
		unsigned inside, outside, count;

		if (sscanf(line, "%u %u %u", &inside, &outside, &count) != 3)
			break;
		row[n] = (struct oci_id_mapping){
			{ inside, true }, { outside, true }, { count, true },
		};
		has[n] = &row[n];
		n++;
	}
	if (r == 0 && !idmap_same(asked, has))
		r = fail(0, "not those of the user namespace that is joined");
	return r;
}

int
idmap_compare(pid_t pid, const struct oci_linux *l)
{
	int r = 0;

	if (l->uid_mappings && *l->uid_mappings)
		r = wrap(compare(pid, "uid_map", l->uid_mappings), "uidMappings");
	if (r == 0 && l->gid_mappings && *l->gid_mappings)
		r = wrap(compare(pid, "gid_map", l->gid_mappings), "gidMappings");
	return r;
}
