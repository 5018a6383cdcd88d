#include "servin/images.h"

#include "servin/human.h"

#include "engine/reference.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"
#include "libocispec/document.h"

#include <fnmatch.h>
#include <stdio.h>

TYPE(image_row, "image",
	F_STRING(image_row, created_at, "CreatedAt"),
	F_STRING(image_row, created_since, "CreatedSince"),
	F_STRING(image_row, digest, "Digest"),
	F_STRING(image_row, id, "ID"),
	F_MAP(image_row, labels, "Labels", oci_pair),
	F_STRING(image_row, repository, "Repository"),
	F_STRING(image_row, size, "Size"),
	F_STRING(image_row, tag, "Tag"),
);

static TYPE(image_rootfs_view, "layers",
	F_STRING(image_rootfs_view, type, "Type"),
	F_STRINGS(image_rootfs_view, layers, "Layers"),
);

TYPE(image_view, "image",
	F_STRING(image_view, id, "Id"),
	F_STRINGS(image_view, repo_tags, "RepoTags"),
	F_STRINGS(image_view, repo_digests, "RepoDigests"),
	F_STRING(image_view, comment, "Comment"),
	F_STRING(image_view, created, "Created"),
	F_STRING(image_view, author, "Author"),
	F_OBJECT(image_view, config, "Config", oci_image_execution),
	F_STRING(image_view, architecture, "Architecture"),
	F_STRING(image_view, variant, "Variant"),
	F_STRING(image_view, os, "Os"),
	F_STRING(image_view, os_version, "OsVersion"),
	F_UINT(image_view, size, "Size"),
	F_OBJECT(image_view, rootfs, "RootFS", image_rootfs_view),
);

char *
image_short_id(const char *id, bool no_trunc)
{
	return no_trunc ? xstrdup(id) : xasprintf("%.12s", digest_hex(id));
}

/* --- filters --- */

struct filter {
	const struct engine *e;
	const struct image *image;
	const char *name;		/* whole, or NULL */
};

static int
is_dangling(const struct filter *f, const char *value)
{
	if (!streq(value, "true") && !streq(value, "false"))
		return fail(0, "filter dangling=%s: neither true nor false", value);
	return streq(value, "true") == !f->name;
}

/* A pattern for a name as people see it, with a tag or without. */
static int
is_reference(const struct filter *f, const char *pattern)
{
	autofree char *familiar = NULL, *repository = NULL;

	if (!f->name)
		return 0;
	familiar = reference_familiar(f->name);
	repository = reference_familiar_repository(f->name);
	return fnmatch(pattern, familiar, FNM_PATHNAME) == 0 ||
	       fnmatch(pattern, repository, FNM_PATHNAME) == 0;
}

static int
has_label(const struct filter *f, const char *label)
{
	const struct oci_image_execution *config = f->image->config->config;
	size_t n = strcspn(label, "=");

	for (struct oci_pair **p = config ? config->labels : NULL; p && *p; p++)
		if (strlen((*p)->key) == n && strncmp((*p)->key, label, n) == 0)
			return !label[n] || streq((*p)->value, label + n + 1);
	return 0;
}

/* Older than 0, as old as 0, or younger than that of the name. */
static int
compare_age(const struct filter *f, const char *name, int *order)
{
	auto_(image_done) struct image other = { 0 };
	int r = image_find(f->e, name, &other);

	if (r == 0)
		*order = strcmp(f->image->config->created ? f->image->config->created : "",
				other.config->created ? other.config->created : "");
	return r;
}

static int
is_before(const struct filter *f, const char *name)
{
	int order = 0, r = compare_age(f, name, &order);

	return r < 0 ? r : order < 0;
}

static int
is_since(const struct filter *f, const char *name)
{
	int order = 0, r = compare_age(f, name, &order);

	return r < 0 ? r : order > 0;
}

static const struct {
	const char *prefix;
	int (*matches)(const struct filter *f, const char *value);
} filter_rows[] = {
	{ "dangling=", is_dangling },
	{ "reference=", is_reference },
	{ "label=", has_label },
	{ "before=", is_before },
	{ "since=", is_since },
};

static int
matches_one(const struct filter *f, const char *text)
{
	for (size_t i = 0; i < countof(filter_rows); i++) {
		const char *value = str_after(text, filter_rows[i].prefix);

		if (value)
			return filter_rows[i].matches(f, value);
	}
	return hint(fail(0, "%s is no filter of images", text),
		    "there are dangling=, reference=, label=, before= and since=");
}

int
image_matches(const struct engine *e, const struct image *image, const char *name,
	      char *const *filters)
{
	struct filter f = { e, image, name };
	int r = 1;

	for (; r == 1 && filters && *filters; filters++)
		r = matches_one(&f, *filters);
	return r;
}

/* --- rows --- */

static struct oci_pair **
copy_labels(const struct image *image)
{
	const struct oci_image_execution *config = image->config->config;
	struct oci_pair **from = config ? config->labels : NULL, **to;
	size_t n = 0;

	while (from && from[n])
		n++;
	to = xcalloc(n + 1, sizeof(*to));
	for (size_t i = 0; i < n; i++) {
		to[i] = xcalloc(1, sizeof(**to));
		to[i]->key = xstrdup(from[i]->key);
		to[i]->value = xstrdup(from[i]->value);
	}
	return to;
}

struct image_row *
image_row_make(const struct image *image, const char *name, bool no_trunc)
{
	struct image_row *row = xcalloc(1, sizeof(*row));
	const char *colon = name ? strrchr(name, ':') : NULL;

	row->id = image_short_id(image->id, no_trunc);
	row->repository = name ? reference_familiar_repository(name) : xstrdup("<none>");
	row->tag = xstrdup(colon ? colon + 1 : "<none>");
	row->digest = xstrdup(image->digest);
	row->created_at = xstrdup(human_time(image->config->created).s);
	row->created_since = xstrdup(human_ago(image->config->created).s);
	row->size = xstrdup(human_size(image->size).s);
	row->labels = copy_labels(image);
	return row;
}

struct rows {
	struct image_row **at;
	size_t n;
};

static void
push(struct rows *rows, struct image_row *row)
{
	rows->at = xrealloc(rows->at, rows->n + 2, sizeof(*rows->at));
	rows->at[rows->n++] = row;
	rows->at[rows->n] = NULL;
}

static int
add_row(const struct engine *e, const struct image_rows_how *how, const struct image *image,
	const char *name, struct rows *rows)
{
	const struct filter f = { e, image, name };
	int r = image_matches(e, image, name, how->filters);

	if (r == 1 && how->reference)
		r = is_reference(&f, how->reference);
	if (r == 1)
		push(rows, image_row_make(image, name, how->no_trunc));
	return r < 0 ? r : 0;
}

static int
add_rows(const struct engine *e, const struct image_rows_how *how, const struct image *image,
	 struct rows *rows)
{
	int r = image->names ? 0 : add_row(e, how, image, NULL, rows);

	for (char *const *name = image->names; r == 0 && name && *name; name++)
		r = add_row(e, how, image, *name, rows);
	return r;
}

int
image_rows(const struct engine *e, const struct image_rows_how *how, struct image_row ***out)
{
	auto_(images_done) struct images list = { 0 };
	struct rows rows = { 0 };
	int r = images_list(e, &list);

	for (size_t i = 0; r == 0 && i < list.n; i++)
		r = add_rows(e, how, &list.at[i], &rows);
	if (r < 0) {
		oci_free_list(&image_row_type, (void **)rows.at);
		rows.at = NULL;
	}
	*out = rows.at;
	return r;
}

/* --- inspect --- */

static char *
copy_text(const char *text)
{
	return xstrdup(text ? text : "");
}

/* The same in all repositories that the image has names in. */
static void
add_digests(const struct image *image, char ***digests)
{
	for (char *const *name = image->names; name && *name; name++) {
		autofree char *repository = reference_familiar_repository(*name);
		autofree char *digest = xasprintf("%s@%s", repository, image->digest);

		if (!strv_has(*digests, digest))
			strv_push(digests, take(digest));
	}
}

static const char *
last_comment(const struct oci_image *config)
{
	struct oci_image_history **h = config->history;

	while (h && *h && h[1])
		h++;
	return h && *h ? (*h)->comment : NULL;
}

struct image_view *
image_view(const struct image *image)
{
	const struct oci_image *config = image->config;
	struct image_view *v = xcalloc(1, sizeof(*v));

	v->id = xstrdup(image->id);
	v->repo_tags = xcalloc(1, sizeof(char *));
	v->repo_digests = xcalloc(1, sizeof(char *));
	for (char *const *name = image->names; name && *name; name++)
		strv_push(&v->repo_tags, reference_familiar(*name));
	add_digests(image, &v->repo_digests);
	v->comment = copy_text(last_comment(config));
	v->created = copy_text(config->created);
	v->author = copy_text(config->author);
	v->config = config->config ? oci_copy(&oci_image_execution_type, config->config) :
				     xcalloc(1, sizeof(*v->config));
	v->architecture = copy_text(config->architecture);
	v->variant = config->variant ? xstrdup(config->variant) : NULL;
	v->os = copy_text(config->os);
	v->os_version = config->os_version ? xstrdup(config->os_version) : NULL;
	v->size = (struct oci_uint){ image->size, true };
	v->rootfs = xcalloc(1, sizeof(*v->rootfs));
	v->rootfs->type = xstrdup("layers");
	v->rootfs->layers = config->rootfs->diff_ids ? strv_copy(config->rootfs->diff_ids) :
						       xcalloc(1, sizeof(char *));
	return v;
}
