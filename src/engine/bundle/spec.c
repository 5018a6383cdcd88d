/* The configuration, put together of its parts. */
#include "engine/bundle/parts.h"

#include "engine/pairs.h"

#define SPEC_VERSION "1.0.2"	/* as old as it can be: any runtime takes it */

char *
bundle_cgroup(const struct container *c)
{
	const char *parent = c->host->cgroup_parent;

	/* With no parent that would be left behind. */
	if (!has_text(parent))
		return xasprintf("/servin-%s", c->id);
	return xasprintf("%s%s/%s", *parent == '/' ? "" : "/", parent, c->id);
}

/* A bundle that stands alone leaves it to the runtime. */
static char *
cgroups_path(const struct building *b)
{
	bool free_to_choose = b->at->alone && !has_text(b->c->host->cgroup_parent);

	return free_to_choose ? NULL : bundle_cgroup(b->c);
}

static int
build(struct building *b)
{
	const struct container *c = b->c;
	struct oci_spec *s = b->spec;
	int r;

	s->oci_version = xstrdup(SPEC_VERSION);
	s->root = NEW(struct oci_root, .path = xstrdup(b->at->rootfs),
		      .readonly = { is_on(c->host->readonly_rootfs), true });
	s->linux_ = xcalloc(1, sizeof(*s->linux_));
	s->linux_->resources = xcalloc(1, sizeof(*s->linux_->resources));
	s->linux_->cgroups_path = cgroups_path(b);
	if (has_own_uts(c) && has_text(c->config->hostname))
		s->hostname = xstrdup(c->config->hostname);
	if (has_own_uts(c) && has_text(c->config->domainname))
		s->domainname = xstrdup(c->config->domainname);
	for (struct oci_pair **a = c->annotations; a && *a; a++)
		pairs_set(&s->annotations, (*a)->key, (*a)->value);
	r = build_process(b);
	if (r == 0)
		r = build_namespaces(b);
	if (r == 0)
		r = build_mounts(b);
	if (r == 0)
		r = build_security(b);
	if (r == 0)
		r = build_devices(b);
	return r < 0 ? r : build_resources(b);
}

int
bundle_spec(const struct engine *e, const struct container *c, const struct bundle_place *at,
	    struct oci_spec **spec)
{
	struct building b = { .e = e, .c = c, .at = at, .spec = xcalloc(1, sizeof(*b.spec)) };
	int r = build(&b);

	if (r == 0)
		*spec = b.spec;
	else
		oci_free(&oci_spec_type, b.spec);
	return r;
}
