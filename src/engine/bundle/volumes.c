/* What is mounted: the volumes that a container has, and what the record tells of its mounts. */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "engine/volume.h"

static struct mount_point *
add_point(struct container *c, const char *type, const char *target, bool read_only)
{
	struct mount_point *p = NEW(struct mount_point, .type = xstrdup(type),
				    .destination = xstrdup(target), .mode = xstrdup(""),
				    .rw = { !read_only, true });

	ptrs_push(&c->mounts, p);
	return p;
}

static int
add_volume(const struct engine *e, struct container *c, const struct mount_request *m)
{
	struct volume *v = NULL;
	struct mount_point *p;
	int r = volume_create(e, has_text(m->source) ? m->source : NULL,
			      m->volume_options ? m->volume_options->labels : NULL, &v);

	if (r < 0)
		return r;
	p = add_point(c, "volume", m->target, is_on(m->read_only));
	p->name = xstrdup(v->name);
	p->source = xstrdup(v->mountpoint);
	p->driver = xstrdup(v->driver);
	p->propagation = xstrdup("");
	if (!has_text(m->source))
		p->anonymous = (struct oci_bool){ true, true };
	oci_free(&volume_type, v);
	return 0;
}

static int
add_request(const struct engine *e, struct container *c, const struct mount_request *m)
{
	const char *propagation = m->bind_options ? m->bind_options->propagation : NULL;
	struct mount_point *p;

	if (streq(m->type, "volume"))
		return add_volume(e, c, m);
	p = add_point(c, m->type, m->target, is_on(m->read_only));
	if (streq(m->type, "bind")) {
		p->source = xstrdup(m->source);
		p->propagation = xstrdup(has_text(propagation) ? propagation : "rprivate");
	} else {
		p->source = xstrdup("");
		p->propagation = xstrdup("");
	}
	return 0;
}

static bool
is_taken(const struct container *c, const char *target)
{
	for (struct mount_point **m = c->mounts; m && *m; m++)
		if (same_place((*m)->destination, target))
			return true;
	return false;
}

/* What the image calls a volume is one, unless something else was asked for there. */
int
bundle_volumes(const struct engine *e, struct container *c)
{
	int r = 0;

	for (struct mount_request **m = c->host->mounts; r == 0 && m && *m; m++)
		r = add_request(e, c, *m);
	for (struct oci_member **v = c->config->volumes; r == 0 && v && *v; v++) {
		const struct mount_request asked = { .type = (char[]){ "volume" },
						     .target = (*v)->key };

		if (!is_taken(c, (*v)->key))
			r = add_volume(e, c, &asked);
	}
	return r;
}

void
bundle_drop_volumes(const struct engine *e, const struct container *c)
{
	autowords keep = err_keep();

	for (struct mount_point **p = c->mounts; p && *p; p++)
		if (is_on((*p)->anonymous))
			volume_remove(e, (*p)->name);
}

/* The mounts of a bundle that stands alone: the image's volumes are directories of its root. */
int
alone_mounts(struct container *c)
{
	int r = 0;

	for (struct mount_request **m = c->host->mounts; r == 0 && m && *m; m++) {
		if (streq((*m)->type, "volume"))
			return fail(0, "a bundle that stands alone has no volumes; %s must be "
				       "bound to a directory", (*m)->target);
		r = add_request(NULL, c, *m);
	}
	return r;
}

static bool
copies(const struct container *c, const char *target)
{
	for (struct mount_request **m = c->host->mounts; m && *m; m++)
		if (streq((*m)->target, target) && (*m)->volume_options)
			return !is_on((*m)->volume_options->no_copy);
	return true;
}

int
bundle_seed(const struct engine *e, const struct container *c, int root)
{
	int r = 0;

	for (struct mount_point **p = c->mounts; r == 0 && p && *p; p++)
		if (streq((*p)->type, "volume") && copies(c, (*p)->destination))
			r = volume_seed(e, (*p)->name, root, (*p)->destination);
	return r;
}
