/* Writing limits: what the table has, then the keys of .unified. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

#include <inttypes.h>

static int
no_controller(const struct site *s, const struct knob *k)
{
	if (s->cg->kind == CGROUP_V2)
		return fail(0, "this host has no %s controller in " CGROUPFS_ROOT
			       "%s/cgroup.controllers", k->controller, s->cg->path);
	return fail(0, "this host has no %s controller in " CGROUPFS_ROOT, k->controller);
}

static const struct cgroupfs_hierarchy *
hierarchy_of(const struct site *s, const struct knob *k)
{
	return s->cg->kind == CGROUP_V2 ? s->fs->h : cgroupfs_of(s->fs, k->controller);
}

/* The file is not there: for want of the controller, or of this one property. */
static int
no_file(const struct site *s, const struct knob *k, const struct cgroupfs_hierarchy *h)
{
	autofree char *path = site_path(s, h, "cgroup.controllers");
	char have[1024];

	if (s->cg->kind == CGROUP_V2 && cgroupfs_read(s->root, path, have, sizeof(have)) == 0) {
		autostrv words = strv_split(have, ' ');

		if (!strv_has(words, k->controller))
			return no_controller(s, k);
	}
	return fail(0, "the %s controller of this host has no %s", k->controller, k->file);
}

static int
write_knob(const struct site *s, const struct knob *k, const char *value)
{
	const struct cgroupfs_hierarchy *h = hierarchy_of(s, k);

	if (!h)
		return no_controller(s, k);

	int r = site_write(s, h, k->file, value);
	return r == -ENOENT ? no_file(s, k, h) : r;
}

static int
write_prop(const struct site *s, const struct prop *p, const struct oci_resources *r)
{
	const struct knob *k = ops_of(s->cg->kind)->knob(p);
	autostr value = { 0 };
	int e = prop_value(p, k, r, &value);

	if (e < 0 || value.len == 0)
		return wrap(e, "%s", p->path);
	if (k->file)
		e = write_knob(s, k, value.s);
	if (p->obsolete && (!k->file || e < 0)) {
		warn("%s has no effect on this kernel", p->path);
		return 0;
	}
	return wrap(e, "%s", p->path);
}

/*
 * Some values bound each other, new and old ones alike: memory.limit must not
 * be above memory.swap, burst not above quota, quota by period not above that
 * of the parent.  Whether they go up or down, one of two orders works: what is
 * refused in the first round is tried again behind the others.
 */
static int
write_props(const struct site *s, const struct oci_resources *r)
{
	uint64_t refused = 0;
	int e = 0;

	for (size_t i = 0; e >= 0 && cgroup_props[i].path; i++) {
		e = write_prop(s, cgroup_props + i, r);
		if (e == -EINVAL) {
			refused |= UINT64_C(1) << i;
			e = 0;
		}
	}
	for (size_t i = 0; e >= 0 && cgroup_props[i].path; i++)
		if (refused >> i & 1)
			e = write_prop(s, cgroup_props + i, r);
	return e;
}

/* v2 would kill the container for a limit that is below what it uses. */
static int
check_usage(const struct site *s, const struct oci_memory *m)
{
	struct knob usage = { .controller = "memory", .file = "memory.current" };
	char text[32];
	uint64_t n;

	if (!m || !m->check_before_update.v || !m->limit.set || m->limit.v <= 0)
		return 0;
	if (s->cg->kind == CGROUP_V1)
		usage.file = "memory.usage_in_bytes";

	const struct cgroupfs_hierarchy *h = hierarchy_of(s, &usage);
	if (!h)
		return no_controller(s, &usage);
	autofree char *path = site_path(s, h, usage.file);
	int r = cgroupfs_read(s->root, path, text, sizeof(text));
	if (r == 0)
		r = parse_uint(text, UINT64_MAX, &n);
	if (r == 0 && n > (uint64_t)m->limit.v)
		return fail(0, "is below the %" PRIu64 " bytes in use", n);
	return r == -ENOENT ? no_file(s, &usage, h) : r;
}

/* The kernel takes one line a write: io.max has one for each device. */
static int
write_unified(const struct site *s, const struct oci_pair *p)
{
	autofree char *controller = xstrndup(p->key, strcspn(p->key, "."));
	struct knob k = { .controller = controller, .file = p->key };
	autostrv lines = strv_split(p->value ? p->value : "", '\n');
	int r = 0;

	for (char **line = lines; r >= 0 && line && *line; line++)
		r = write_knob(s, &k, *line);
	return wrap(r, "unified[\"%s\"]", p->key);
}

static void
keep_first(void *arg, const char *path, const char *reason)
{
	char **first = arg;

	if (!*first)
		*first = xasprintf("%s: %s", path, reason);
}

/* So that nothing is written if something is wrong. */
static int
refuse_mistakes(enum cgroup_kind kind, const struct oci_resources *r)
{
	autofree char *first = NULL;

	return cgroup_check_resources(kind, r, keep_first, &first) ? fail(0, "%s", first) : 0;
}

int
cgroup_limit(const struct cgroup *cg, const struct oci_resources *r)
{
	autosite s = { .root = -EBADF };

	if (!r)
		return 0;

	int e = refuse_mistakes(cg->kind, r);
	if (e >= 0)
		e = site_open(&s, cg);
	if (e >= 0)
		e = wrap(check_usage(&s, r->memory), "memory.limit");
	if (e >= 0)
		e = write_props(&s, r);
	for (struct oci_pair **p = r->unified; e >= 0 && p && *p; p++)
		e = write_unified(&s, *p);
	return e;
}
