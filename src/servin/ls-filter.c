#include "servin/ls-filter.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"
#include "libocispec/document.h"

static const char *const keys[] = {
	"id", "name", "label", "status", "exited", "ancestor", "before", "since", "volume",
	"network", NULL,
};

static const char *const states[] = {
	"created", "running", "paused", "restarting", "removing", "exited", "dead", NULL,
};

static int
check_values(const struct filters *f)
{
	const char *value;
	int64_t code;

	for (size_t i = 0; (value = filter_value(f, "status", i)); i++)
		if (!strv_has((char *const *)states, value))
			return hint(fail(0, "--filter status=%s: no such status", value),
				    "there are created, running, paused, restarting, removing,"
				    " exited and dead");
	for (size_t i = 0; (value = filter_value(f, "exited", i)); i++)
		if (parse_int(value, -255, 255, &code) < 0)
			return wrap(-EINVAL, "--filter exited");
	return 0;
}

/* When the container that a filter names was created. */
static int
created_of(const struct engine *e, const struct filters *f, const char *key, char **created)
{
	const char *name = filter_value(f, key, 0);
	struct container *c = NULL;
	int r = name ? container_find(e, name, &c) : 0;

	if (r < 0)
		return wrap(r, "--filter %s", key);
	if (c)
		*created = xstrdup(c->created ? c->created : "");
	oci_free(&container_type, c);
	return 0;
}

/* An image that is not there is nobody's ancestor. */
static void
find_ancestors(const struct engine *e, struct ls_filter *f)
{
	autowords words = err_keep();
	const char *name;

	for (size_t i = 0; (name = filter_value(&f->given, "ancestor", i)); i++) {
		struct image image = { 0 };

		if (image_find(e, name, &image) < 0)
			continue;
		f->ancestors.at = xrealloc(f->ancestors.at, f->ancestors.n + 1, sizeof(image));
		f->ancestors.at[f->ancestors.n++] = image;
	}
}

int
ls_filter_make(const struct engine *e, char *const *given, struct ls_filter *f)
{
	int r = filters_check(given, keys, &f->given);

	if (r == 0)
		r = check_values(&f->given);
	if (r == 0)
		r = created_of(e, &f->given, "before", &f->before);
	if (r == 0)
		r = created_of(e, &f->given, "since", &f->since);
	if (r == 0)
		find_ancestors(e, f);
	return r;
}

void
ls_filter_done(struct ls_filter *f)
{
	free(f->before);
	free(f->since);
	images_done(&f->ancestors);
}

bool
ls_filter_has_status(const struct ls_filter *f)
{
	return filter_value(&f->given, "status", 0);
}

/* docker's names begin with a "/", and so do patterns that were made for it. */
static bool
fits_name(const struct filters *f, const char *name)
{
	autofree char *slash = xasprintf("/%s", name);

	return filter_matches(f, "name", name) || filter_matches(f, "name", slash);
}

static bool
has_mount(const char *wanted, const void *container)
{
	const struct container *c = container;

	for (struct mount_point *const *m = c->mounts; m && *m; m++) {
		if ((*m)->name && streq((*m)->name, wanted))
			return true;
		if (!(*m)->name && (*m)->source && streq((*m)->source, wanted))
			return true;
		if ((*m)->destination && streq((*m)->destination, wanted))
			return true;
	}
	return false;
}

/* Made from the image, or from one that was made from it. */
static bool
descends_from(const struct container *c, const struct image *image)
{
	char *const *layer = c->layers;

	if (c->image && streq(c->image, image->id))
		return true;
	for (char *const *id = image->config->rootfs->diff_ids; id && *id; id++)
		if (!layer || !*layer || !streq(*layer++, *id))
			return false;
	return c->layers;
}

static bool
fits_ancestor(const struct ls_filter *f, const struct container *c)
{
	if (!filter_value(&f->given, "ancestor", 0))
		return true;
	for (size_t i = 0; i < f->ancestors.n; i++)
		if (descends_from(c, &f->ancestors.at[i]))
			return true;
	return false;
}

static bool
fits_exit(const struct filters *f, const struct status *s)
{
	autofree char *code = xasprintf("%lld", (long long)s->exit_code.v);

	return !filter_value(f, "exited", 0) ||
	       (streq(s->status, "exited") && filter_is(f, "exited", code));
}

bool
ls_filter_fits(const struct ls_filter *f, const struct container *c, const struct status *s)
{
	const struct filters *given = &f->given;
	const char *created = c->created ? c->created : "";

	if (f->before && strcmp(created, f->before) >= 0)
		return false;
	if (f->since && strcmp(created, f->since) <= 0)
		return false;
	return filter_starts(given, "id", c->id) && fits_name(given, c->name) &&
	       filter_labels(given, c->config->labels) && filter_is(given, "status", s->status) &&
	       fits_exit(given, s) && fits_ancestor(f, c) &&
	       filter_fits(given, "volume", has_mount, c) &&
	       filter_is(given, "network", c->host->network_mode);
}
