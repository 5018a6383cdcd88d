/* What a kernel means that did not take a value. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

const struct cgroupfs_hierarchy *
site_hierarchy(const struct site *s, const char *controller)
{
	return s->cg->kind == CGROUP_V2 ? s->fs->h : cgroupfs_of(s->fs, controller);
}

static int
no_controller(const struct site *s, const char *controller)
{
	if (s->cg->kind == CGROUP_V2)
		return fail(0, "this host has no %s controller in " CGROUPFS_ROOT
			       "%s/cgroup.controllers", controller, s->cg->path);
	return fail(0, "this host has no %s controller in " CGROUPFS_ROOT, controller);
}

static bool
has_controller(const struct site *s, const struct cgroupfs_hierarchy *h, const char *controller)
{
	autofree char *path = site_path(s, h, "cgroup.controllers");
	char have[1024];

	if (s->cg->kind != CGROUP_V2 || cgroupfs_read(s->root, path, have, sizeof(have)) < 0)
		return h;
	autostrv words = strv_split(have, ' ');
	return strv_has(words, controller);
}

/* For want of the controller, or of this one property. */
static int
no_file(const struct site *s, const struct knob *k, const char *file)
{
	const struct cgroupfs_hierarchy *h = site_hierarchy(s, k->controller);

	if (!h || !has_controller(s, h, k->controller))
		return no_controller(s, k->controller);
	if (k->feature)
		return fail(0, "this kernel has no %s: there is no %s", k->feature, file);
	return fail(0, "the %s controller of this host has no %s", k->controller, file);
}

/* The words of the refusal, and what the cgroup above has. */
static void
add_bound(const struct site *s, const struct knob *k, const char *file)
{
	autofree char *words = xstrdup(err_words());
	autofree char *above = xstrndup(s->cg->path, (size_t)(strrchr(s->cg->path, '/') -
							      s->cg->path));
	autofree char *path = xasprintf("%s%s/%s", site_hierarchy(s, k->controller)->dir, above,
					file);
	char has[256];

	if (cgroupfs_read(s->root, path, has, sizeof(has)) == 0)
		fail(0, "%s; the cgroup above has %s", words, *has ? has : "none");
	else
		fail(0, "%s", words);
}

int
refusal(const struct site *s, const struct knob *k, const char *file, const char *value, int r)
{
	if (r == -ENOENT)
		return no_file(s, k, file);
	/* The value begins with the number of the device. */
	if (r == -EOPNOTSUPP && k->feature)
		return fail(0, "device %.*s has no %s", (int)strcspn(value, " "), value,
			    k->feature);
	/* v1 frees what is above a new limit, if it can; v2 kills for it. */
	if (r == -EBUSY && streq(k->controller, "memory")) {
		fail(0, "%s is below what is in use and cannot be freed", value);
		return r;
	}
	if (k->bounded)
		add_bound(s, k, file);
	return r;
}
