#include "servin/commands.h"
#include "servin/output.h"
#include "servin/select.h"

#include "engine/changes.h"

#include "libocispec/document.h"

struct diff_opts { const char *format; };

/* A line of the listing; docker's API has the kind as a number, but people read this. */
struct diff_row {
	char *kind, *path;
};

static TYPE(diff_row, "change",
	F_STRING(diff_row, kind, "Kind"),
	F_STRING(diff_row, path, "Path"),
);

static const struct column columns[] = {
	{ "Kind", "KIND", .drop = 0 },
	{ "Path", "PATH", .drop = 0 },
	{ 0 },
};

static const struct listing listing = { .type = &diff_row_type, .columns = columns };

static int
print_changes(const struct changes *list, const char *format)
{
	static const char *const kinds[] = {
		[CHANGE_MODIFIED] = "C", [CHANGE_ADDED] = "A", [CHANGE_DELETED] = "D",
	};
	struct listing_how how = { .format = format ? format : "{{.Kind}} {{.Path}}" };
	autofree struct diff_row *row = xcalloc(list->n + 1, sizeof(*row));
	autofree void **rows = xcalloc(list->n + 1, sizeof(*rows));

	for (size_t i = 0; i < list->n; i++) {
		row[i] = (struct diff_row){ (char *)(uintptr_t)kinds[list->at[i].kind],
					    list->at[i].path };
		rows[i] = &row[i];
	}
	return listing_print(&listing, &how, rows);
}

static int
diff_run(const void *e, const void *opts, char **args)
{
	const struct diff_opts *o = opts;
	auto_(changes_done) struct changes list = { 0 };
	struct container *c;
	int r = select_container(e, args[0], &c);

	if (r < 0)
		return r;
	r = changes_list(e, c, &list);
	oci_free(&container_type, c);
	return r < 0 ? r : print_changes(&list, o->format);
}

const struct command cmd_diff = {
	.name = "diff", .args = "CONTAINER", .min = 1, .max = 1, .mixed = true,
	.aliases = (const char *const[]){ "container diff", NULL },
	.summary = "list what a container has changed of its image",
	.text = "A line for each file: A it was added, C it was changed, D it was removed.",
	.size = sizeof(struct diff_opts),
	.opts = (const struct opt[]){
		OPT_STRING(diff_opts, 0, format, "format", "TEMPLATE",
			   "table, json, or a template such as {{.Path}}"),
		{ 0 } },
	.run = diff_run,
};
