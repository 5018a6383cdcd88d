/*
 * Cgroup ownership as config-linux.md has it: a container that may write to
 * its cgroup, in a namespace of its own, gets what the kernel lists as fit to
 * be handed over, and nothing that would raise its limits.
 */
#include "runtime/cgroup/cgroup.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/cgroupfs.h"

#include <unistd.h>

#define LIST "/sys/kernel/cgroup/delegate"

/* For a kernel that does not tell. */
static const char fallback[] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";

/* -- whether, and to whom -- */

/* Whether the namespace is listed; *path is NULL if it is to be a new one. */
static bool
find_namespace(const struct oci_spec *s, const char *type, const char **path)
{
	struct oci_namespace **n = s->linux_ ? s->linux_->namespaces : NULL;

	while (n && *n && !streq((*n)->type, type))
		n++;
	if (!n || !*n)
		return false;
	*path = (*n)->path && *(*n)->path ? (*n)->path : NULL;
	return true;
}

static bool
is_cgroup_mount(const struct oci_mount *m)
{
	autostrv parts = strv_split(m->destination, '/');

	return m->source && streq(m->source, "cgroup") && strv_len(parts) == 3 &&
	       streq(parts[0], "sys") && streq(parts[1], "fs") && streq(parts[2], "cgroup");
}

static bool
mounts_writable(const struct oci_spec *s)
{
	for (struct oci_mount **m = s->mounts; m && *m; m++)
		if (is_cgroup_mount(*m) && !strv_has((*m)->options, "ro"))
			return true;
	return false;
}

/* One that is not mapped has no owner on the host. */
static bool
map_uid(struct oci_id_mapping *const *maps, uint64_t uid, uid_t *owner)
{
	for (; maps && *maps; maps++) {
		const struct oci_id_mapping *m = *maps;

		if (uid < m->container_id.v || uid - m->container_id.v >= m->size.v)
			continue;
		*owner = (uid_t)(m->host_id.v + (uid - m->container_id.v));
		return true;
	}
	return false;
}

bool
cgroup_owner(const struct oci_spec *s, uid_t *owner)
{
	uint64_t uid = s->process && s->process->user ? s->process->user->uid.v : 0;
	const char *path;

	if (!find_namespace(s, "cgroup", &path) || path || !mounts_writable(s))
		return false;
	if (!find_namespace(s, "user", &path)) {
		*owner = (uid_t)uid;
		return true;
	}
	/* The mappings of another's namespace are not in the configuration. */
	return !path && map_uid(s->linux_->uid_mappings, uid, owner);
}

/* -- handing over -- */

static int
delegated_files(char ***names)
{
	autofree char *list = NULL;
	int r = file_read_at(AT_FDCWD, LIST, 4096, &list, NULL);

	if (r < 0 && r != -ENOENT)
		return r;
	*names = strv_split(r < 0 ? fallback : list, '\n');
	return 0;
}

/* Not every cgroup has every file of the list. */
static int
give_files(int dir, const struct cgroup *cg, uid_t owner)
{
	autostrv names = NULL;
	int r = delegated_files(&names);

	for (char **name = names; r >= 0 && name && *name; name++)
		if (fchownat(dir, *name, owner, (gid_t)-1, AT_SYMLINK_NOFOLLOW) < 0 &&
		    errno != ENOENT)
			r = fail(errno, "chown " CGROUPFS_ROOT "%s/%s", cg->path, *name);
	return r;
}

int
cgroup_delegate(const struct cgroup *cg, uid_t owner)
{
	if (cg->kind != CGROUP_V2)
		return 0;

	autoclose int root = cgroupfs_open_root();
	if (root < 0)
		return root;
	autofree char *path = xasprintf(".%s", cg->path);
	autoclose int dir = cgroupfs_open(root, path, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return dir;
	if (fchown(dir, owner, (gid_t)-1) < 0)
		return fail(errno, "chown " CGROUPFS_ROOT "%s", cg->path);
	return give_files(dir, cg, owner);
}
