#include "servin/commands.h"

#include "servin/human.h"
#include "servin/images.h"
#include "servin/output.h"

#include "engine/layer.h"

#include "base/err.h"
#include "libocispec/document.h"

#include <inttypes.h>

struct history_opts {
	bool no_trunc, quiet;
	const char *human;		/* NULL: true */
	const char *format;
};

struct history_row {
	char *id, *created_at, *created_since, *created_by, *size, *comment;
};

static TYPE(history_row, "step",
	F_STRING(history_row, comment, "Comment"),
	F_STRING(history_row, created_at, "CreatedAt"),
	F_STRING(history_row, created_by, "CreatedBy"),
	F_STRING(history_row, created_since, "CreatedSince"),
	F_STRING(history_row, id, "ID"),
	F_STRING(history_row, size, "Size"),
);

static const struct listing history_listing = {
	.type = &history_row_type, .quiet = "ID",
	.columns = (const struct column[]){
		{ .field = "ID", .title = "IMAGE" },
		{ .field = "CreatedSince", .title = "CREATED", .drop = 1 },
		{ .field = "CreatedBy", .title = "CREATED BY", .min = 20 },
		{ .field = "Size", .title = "SIZE" },
		{ .field = "Comment", .title = "COMMENT", .min = 8, .drop = 2 },
		{ .field = "CreatedAt", .title = "CREATED AT", .extra = true },
		{ 0 },
	},
};

/* On one line, and short unless all of it is wanted. */
static char *
created_by(const struct oci_image_history *h, bool no_trunc)
{
	char *text = xstrdup(h->created_by ? h->created_by : "");
	autofree char *whole = text;

	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	if (no_trunc || strlen(text) <= 45)
		return take(whole);
	return xasprintf("%.44s\u2026", text);
}

static struct history_row *
make_row(const struct history_opts *o, const struct oci_image_history *h, uint64_t size)
{
	struct history_row *row = xcalloc(1, sizeof(*row));

	row->id = xstrdup("<missing>");
	row->created_at = xstrdup(human_time(h->created).s);
	row->created_since = xstrdup(human_ago(h->created).s);
	row->created_by = created_by(h, o->no_trunc);
	row->size = o->human && streq(o->human, "false") ? xasprintf("%" PRIu64, size) :
							   xstrdup(human_size(size).s);
	row->comment = xstrdup(h->comment ? h->comment : "");
	return row;
}

/* Bytes of the layer that the step made, if it made one. */
static uint64_t
step_size(const struct engine *e, const struct oci_image_history *h, char *const **diff_id)
{
	autowords words = err_keep();
	uint64_t size = 0;

	if (h->empty_layer.v || !*diff_id || !**diff_id)
		return 0;
	if (layer_size(e, **diff_id, &size) < 0)
		size = 0;
	++*diff_id;
	return size;
}

/* The last step first; it is what the image is. */
static struct history_row **
make_rows(const struct engine *e, const struct history_opts *o, const struct image *image)
{
	struct oci_image_history **h = image->config->history;
	char *const *diff_id = image->config->rootfs->diff_ids;
	struct history_row **rows;
	size_t n = 0;

	while (h && h[n])
		n++;
	rows = xcalloc(n + 1, sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		rows[n - 1 - i] = make_row(o, h[i], step_size(e, h[i], &diff_id));
	if (n) {
		free(rows[0]->id);
		rows[0]->id = image_short_id(image->id, o->no_trunc);
	}
	return rows;
}

static int
history_run(const void *engine, const void *opts, char **args)
{
	const struct history_opts *o = opts;
	auto_(image_done) struct image image = { 0 };
	int r = image_find(engine, args[0], &image);

	if (r < 0)
		return r;
	struct history_row **rows = make_rows(engine, o, &image);
	r = listing_print(&history_listing,
			  &(struct listing_how){ o->format, o->quiet, o->no_trunc },
			  (void *const *)rows);
	oci_free_list(&history_row_type, (void **)rows);
	return r;
}

const struct command cmd_history = {
	.name = "history", .args = "IMAGE", .min = 1, .max = 1, .mixed = true,
	.summary = "show how an image was made",
	.aliases = (const char *const[]){ "image history", NULL },
	.size = sizeof(struct history_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(history_opts, 0, no_trunc, "no-trunc", "cut nothing off"),
		OPT_FLAG(history_opts, 'q', quiet, "quiet", "only IDs"),
		OPT_CHOICE(history_opts, 'H', human, "human", "sizes for people, or in bytes",
			   .choices = (const char *const[]){ "true", "false", NULL },
			   .alone = "true"),
		OPT_STRING(history_opts, 0, format, "format", "TEMPLATE",
			   "table, json, or a template such as {{.CreatedBy}}"),
		{ 0 },
	},
	.run = history_run,
};
