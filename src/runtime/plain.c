#include "runtime/plain.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/cgroupfs.h"
#include "kernel/ns.h"

/* Whether we may make a cgroup there and move ourselves in: in the lowest one that exists. */
static bool
is_writable(const struct cgroupfs_hierarchy *h, const char *path)
{
	autofree char *dir = xasprintf(CGROUPFS_ROOT "/%s%s", h->dir, path);

	while (access(dir, F_OK) < 0 && errno == ENOENT)
		*strrchr(dir, '/') = 0;
	autofree char *procs = xasprintf("%s/cgroup.procs", dir);
	return access(dir, W_OK) == 0 && access(procs, W_OK) == 0;
}

static bool
is_usable(const struct cgroup *cg)
{
	for (size_t i = 0; i < cg->fs->n; i++)
		if (!is_writable(cg->fs->h + i, cg->path))
			return false;
	return cg->fs->n;
}

/* v1 has a path in each hierarchy, which nobody delegates all. */
static void
move_below_own(struct cgroup *cg)
{
	autofree char *own = NULL;

	if (cg->kind != CGROUP_V2 || cgroupfs_v2_path(0, &own) < 0)
		return;
	char *path = xasprintf("%s%s", streq(own, "/") ? "" : own, cg->path);
	free(cg->path);
	cg->path = path;
}

int
plain_plan_cgroup(struct creation *c)
{
	const struct oci_linux *l = c->config.spec.linux_;
	const char *path = l ? l->cgroups_path : NULL;
	struct cgroup *cg = &c->child.cgroup;
	int r = cgroup_plan(cg, path, c->opts->id);

	if (r < 0 || cg->kind == CGROUP_NONE)
		return r;
	if (!path || *path != '/' || !is_usable(cg))
		move_below_own(cg);
	if (is_usable(cg))
		return 0;
	debug("no cgroup: %s is not delegated to us", cg->path);
	cgroup_done(cg);
	cg->kind = CGROUP_NONE;
	return 0;
}

struct first { int error; };

static void
keep_first(void *arg, const char *path, const char *reason)
{
	struct first *f = arg;

	if (!f->error)
		f->error = fail(0, "%s: %s", path, reason);
}

/* The configuration was checked for a kind of cgroup that it cannot have, and recorded with it. */
static int
take_other_kind(struct creation *c)
{
	const struct oci_linux *l = c->config.spec.linux_;
	struct record *rec = &c->state.record;
	struct cgroup *cg = &c->child.cgroup;
	struct first first = { 0 };

	if (l && l->resources)
		cgroup_check_resources(cg->kind, l->resources, keep_first, &first);
	if (first.error)
		return first.error;
	free(rec->cgroup_kind);
	free(rec->cgroup_path);
	rec->cgroup_kind = xstrdup(cgroup_kind_word(cg->kind));
	rec->cgroup_path = cg->path ? xstrdup(cg->path) : NULL;
	return state_save(&c->state);
}

int
plain_make_cgroup(struct creation *c, int failure)
{
	struct cgroup *cg = &c->child.cgroup;

	if ((failure != -EACCES && failure != -EPERM && failure != -EROFS) || !ns_in_user())
		return failure;
	cgroup_done(cg);
	int r = plain_plan_cgroup(c);
	if (r == 0)
		r = take_other_kind(c);
	return r < 0 || cg->kind == CGROUP_NONE ? r : cgroup_make(cg);
}
