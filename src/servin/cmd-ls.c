#include "servin/commands.h"
#include "servin/ls-filter.h"
#include "servin/ls-row.h"

#include "engine/status.h"

#include "base/err.h"
#include "base/log.h"
#include "libocispec/document.h"

struct ls_opts {
	bool all, latest, quiet, no_trunc, size;
	struct opt_uint last;
	char **filter;
	const char *format;
};

/* In docker's order; narrow terminals lose what can be asked for otherwise. */
static const struct column columns[] = {
	{ "ID", "CONTAINER ID", .min = 12 },
	{ "Image", "IMAGE", .min = 12 },
	{ "Command", "COMMAND", .min = 10, .drop = 3 },
	{ "RunningFor", "CREATED", .drop = 4 },
	{ "Status", "STATUS", .min = 10 },
	{ "Ports", "PORTS", .min = 8, .drop = 5 },
	{ "Names", "NAMES", .min = 10 },
	{ "Size", "SIZE", .drop = 2 },
	{ "CreatedAt", "CREATED AT", .extra = true },
	{ "Labels", "LABELS", .extra = true },
	{ "Mounts", "MOUNTS", .extra = true },
	{ "Networks", "NETWORKS", .extra = true },
	{ "LocalVolumes", "LOCAL VOLUMES", .extra = true },
	{ "State", "STATE", .extra = true },
	{ 0 },
};

struct rows {
	struct ls_row **at;
	size_t n;
};

static void
rows_done(struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		oci_free(&ls_row_type, rows->at[i]);
	free(rows->at);
}

static bool
is_wanted(const struct ls_opts *o, const struct ls_filter *f, const struct status *s)
{
	return o->all || o->latest || o->last.set || ls_filter_has_status(f) ||
	       status_is_up(s) || streq(s->status, "restarting");
}

/* One that cannot be read, or goes at this moment, is no reason not to see the others. */
static void
add_row(const struct engine *e, const struct container *c, const struct ls_opts *o,
	const struct ls_filter *f, struct rows *rows)
{
	const struct ls_row_how how = {
		.no_trunc = o->no_trunc,
		.size = o->size || (o->format && strstr(o->format, ".Size")),
	};
	struct status *s = NULL;
	struct ls_row *row = NULL;
	int r = container_status(e, c, &s);

	if (r == 0 && is_wanted(o, f, s) && ls_filter_fits(f, c, s))
		r = ls_row_make(e, c, s, &how, &row);
	if (r < 0 && r != -ENOENT)
		warn("%s", err_words());
	if (row) {
		rows->at = xrealloc(rows->at, rows->n + 2, sizeof(*rows->at));
		rows->at[rows->n++] = row;
		rows->at[rows->n] = NULL;
	}
	oci_free(&status_type, s);
}

static int
print_rows(const struct ls_opts *o, const struct rows *rows)
{
	struct column shown[countof(columns)];
	const struct listing listing = {
		.type = &ls_row_type, .columns = shown, .quiet = "ID",
		.labels = offsetof(struct ls_row, all_labels),
	};
	const struct listing_how how = {
		.format = o->format, .quiet = o->quiet, .no_trunc = o->no_trunc,
	};

	memcpy(shown, columns, sizeof(shown));
	for (struct column *c = shown; c->field; c++)
		if (streq(c->field, "Size"))
			c->extra = !o->size;
	return listing_print(&listing, &how, (void *const *)rows->at);
}

static int
ls_run(const void *engine, const void *opts, char **args)
{
	const struct ls_opts *o = opts;
	uint64_t most = o->latest ? 1 : o->last.set ? o->last.v : UINT64_MAX;
	struct containers all = { 0 };
	struct ls_filter filter = { 0 };
	struct rows rows = { 0 };
	int r = ls_filter_make(engine, o->filter, &filter);

	(void)args;
	if (r == 0)
		r = containers_list(engine, &all);
	for (size_t i = 0; r == 0 && i < all.n && rows.n < most; i++)
		add_row(engine, all.at[i], o, &filter, &rows);
	if (r == 0)
		r = print_rows(o, &rows);
	rows_done(&rows);
	ls_filter_done(&filter);
	containers_done(&all);
	return r;
}

static const struct opt options[] = {
	OPT_FLAG(ls_opts, 'a', all, "all", "also those that do not run"),
	OPT_LIST(ls_opts, 'f', filter, "filter", "KEY=VALUE", "only those that fit, see below"),
	OPT_STRING(ls_opts, 0, format, "format", "FORMAT", "table, json, or a template"),
	OPT_UINT(ls_opts, 'n', last, "last", "N", "the last N that were created"),
	OPT_FLAG(ls_opts, 'l', latest, "latest", "the one that was created last"),
	OPT_FLAG(ls_opts, 0, no_trunc, "no-trunc", "cut nothing off"),
	OPT_FLAG(ls_opts, 'q', quiet, "quiet", "print the IDs only"),
	OPT_FLAG(ls_opts, 's', size, "size", "also what they have written, and all they see"),
	{ 0 },
};

const struct command cmd_ls = {
	.name = "ls", .max = 0, .mixed = true,
	.aliases = (const char *const[]){
		"ps", "container ls", "container list", "container ps", NULL,
	},
	.summary = "list the containers",
	.text = "Keys of --filter are id, name (a regular expression), label, status, exited,\n"
		"ancestor, before, since, volume and network. Of several values of one key one\n"
		"must fit, of labels all.",
	.size = sizeof(struct ls_opts),
	.opts = options,
	.run = ls_run,
};
