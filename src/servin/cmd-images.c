#include "servin/commands.h"

#include "servin/images.h"
#include "servin/output.h"

#include "libocispec/document.h"

struct images_opts {
	bool all, quiet, no_trunc, digests;
	char **filters;
	const char *format;
};

#define ID_COLUMNS \
	{ .field = "ID", .title = "IMAGE ID" }, \
	{ .field = "CreatedSince", .title = "CREATED", .drop = 1 }, \
	{ .field = "Size", .title = "SIZE" }, \
	{ .field = "CreatedAt", .title = "CREATED AT", .extra = true }

static const struct column columns[] = {
	{ .field = "Repository", .title = "REPOSITORY", .min = 10 },
	{ .field = "Tag", .title = "TAG", .min = 6 },
	ID_COLUMNS,
	{ .field = "Digest", .title = "DIGEST", .extra = true },
	{ 0 },
};

static const struct column columns_with_digests[] = {
	{ .field = "Repository", .title = "REPOSITORY", .min = 10 },
	{ .field = "Tag", .title = "TAG", .min = 6 },
	{ .field = "Digest", .title = "DIGEST", .min = 12 },
	ID_COLUMNS,
	{ 0 },
};

static int
images_run(const void *engine, const void *opts, char **args)
{
	const struct images_opts *o = opts;
	struct listing listing = {
		.type = &image_row_type, .quiet = "ID",
		.labels = offsetof(struct image_row, labels),
		.columns = o->digests ? columns_with_digests : columns,
	};
	struct image_row **rows;
	int r = image_rows(engine, &(struct image_rows_how){ o->no_trunc, o->filters, args[0] },
			   &rows);

	if (r < 0)
		return r;
	r = listing_print(&listing, &(struct listing_how){ o->format, o->quiet, o->no_trunc },
			  (void *const *)rows);
	oci_free_list(&image_row_type, (void **)rows);
	return r;
}

const struct command cmd_images = {
	.name = "images", .args = "[REPOSITORY[:TAG]]", .max = 1, .mixed = true,
	.summary = "list images",
	.aliases = (const char *const[]){ "image ls", "image list", NULL },
	.text = "A pattern such as \"alpine:3.*\" chooses among the names. Filters are"
		" dangling=true, reference=PATTERN, label=KEY[=VALUE], before=IMAGE and"
		" since=IMAGE.",
	.size = sizeof(struct images_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(images_opts, 'a', all, "all", "no difference: there are no others"),
		OPT_FLAG(images_opts, 'q', quiet, "quiet", "only IDs"),
		OPT_FLAG(images_opts, 0, no_trunc, "no-trunc", "cut nothing off"),
		OPT_FLAG(images_opts, 0, digests, "digests", "digests of the manifests, too"),
		OPT_LIST(images_opts, 'f', filters, "filter", "KEY=VALUE", "only such images"),
		OPT_STRING(images_opts, 0, format, "format", "TEMPLATE",
			   "table, json, or a template such as {{.Repository}}"),
		{ 0 },
	},
	.run = images_run,
};
