/* The cgroup of a container that is made: our own, systemd's, or none. */
#include "runtime/create-parts.h"

#include "runtime/plain.h"

#include "base/err.h"
#include "base/log.h"

/*
 * Who wants no cgroup knows that nothing enforces rules on devices: podman writes them all the
 * same with --cgroups=disabled.  A host that has no cgroups is another matter.
 */
static void
forget_device_rules(struct oci_spec *s)
{
	struct oci_resources *r = s->linux_ ? s->linux_->resources : NULL;

	if (r)
		oci_free_list(&oci_device_rule_type, (void **)take(r->devices));
}

int
creation_plan_cgroup(struct creation *c)
{
	const struct oci_linux *l = c->config.spec.linux_;
	const char *path = l ? l->cgroups_path : NULL;

	switch (c->rt->manager) {
	case MANAGER_CGROUPFS:
		return c->child.plain ? plain_plan_cgroup(c) :
					cgroup_plan(&c->child.cgroup, path, c->opts->id);
	case MANAGER_DISABLED:
		forget_device_rules(&c->config.spec);
		c->child.cgroup.kind = CGROUP_NONE;
		return 0;
	case MANAGER_SYSTEMD:
		break;
	}
	c->child.by_systemd = c->child.has_lodger = true;
	return scope_plan(&c->scope, &c->child.cgroup, &c->config.spec, c->opts->id);
}

/*
 * To be known before the record names it: without a pid namespace of its own
 * a container is ended by killing what is in its cgroup.
 */
int
creation_check_cgroup(const struct creation *c)
{
	autofree pid_t *pids = NULL;
	size_t n;
	int r = cgroup_pids(&c->child.cgroup, &pids, &n);

	if (r == 0 && n)
		r = fail(EBUSY, "container's cgroup is not empty: %zu process(es) found", n);
	return r;
}

bool
creation_has_scope(const struct creation *c)
{
	return c->scope.place.unit;
}

/* Who has no privilege over the owner can still run the container: the specification says MAY. */
static int
delegate_cgroup(const struct creation *c)
{
	uid_t owner;
	int r = 0;

	if (cgroup_owner(&c->config.spec, &owner))
		r = cgroup_delegate(&c->child.cgroup, owner);
	if (r != -EPERM)
		return r;
	warn("the container cannot own its cgroup: %s", err_words());
	return 0;
}

/* Its path goes into the record at once: who has one there has a scope to stop. */
static int
start_scope(struct creation *c)
{
	struct cgroup *cg = &c->child.cgroup;
	int r = scope_start(&c->scope, cg, &c->config.spec, c->opts->id);

	c->cgroup_refused = r < 0;
	if (r < 0)
		return r;
	c->state.record.cgroup_path = xstrdup(cg->path);
	r = state_save(&c->state);
	if (r < 0)
		return r;
	/* Who else is in it must not be killed for it; the scope ends with its helper. */
	r = cgroup_adopt(cg, c->scope.helper.pid);
	c->cgroup_refused = r < 0;
	return r;
}

static int
make_own_cgroup(struct creation *c)
{
	int r = cgroup_make(&c->child.cgroup);

	if (r < 0)
		r = plain_make_cgroup(c, r);
	c->cgroup_refused = r < 0;
	return r;
}

void
creation_leave_cgroup(void *of)
{
	scope_release(&((struct creation *)of)->scope);
}

int
creation_make_cgroup(void *of)
{
	struct creation *c = of;
	const struct oci_linux *l = c->config.spec.linux_;
	int r = creation_has_scope(c) ? start_scope(c) : make_own_cgroup(c);

	if (r >= 0 && c->child.cgroup.kind == CGROUP_NONE)
		return 0;	/* it has turned out that it cannot have any */
	if (r >= 0)
		r = cgroup_limit(&c->child.cgroup, l ? l->resources : NULL);
	if (r >= 0)
		r = delegate_cgroup(c);
	if (r < 0)
		creation_leave_cgroup(c);
	return r;
}
