#include "servin/commands.h"

#include "servin/confirm.h"
#include "servin/filter.h"
#include "servin/human.h"
#include "servin/output.h"
#include "servin/run-values.h"

#include "engine/disk.h"
#include "engine/events.h"
#include "engine/volume.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/ptrs.h"
#include "base/strv.h"

/* --- create --- */

struct create_opts {
	const char *driver;
	char **labels, **options;
};

static int
read_labels(char *const *words, struct oci_pair ***labels)
{
	int r = 0;

	for (; r == 0 && words && *words; words++)
		r = wrap(value_pair(*words, labels), "--label");
	return r;
}

static int
create(const struct engine *e, const char *name, struct oci_pair *const *labels)
{
	struct volume *v = NULL;
	int r = volume_create(e, name, labels, &v);

	if (r < 0)
		return r;
	event_add(e, "volume", "create", v->name, "driver", "local", NULL);
	r = print_line(v->name);
	oci_free(&volume_type, v);
	return r;
}

static int
create_run(const void *engine, const void *opts, char **args)
{
	const struct create_opts *o = opts;
	struct volume asked = { 0 };
	int r;

	if (o->driver && !streq(o->driver, "local"))
		return fail(0, "--driver: \"%s\": local is the only one", o->driver);
	if (o->options)
		return fail(0, "--opt: \"%s\": servin's volumes are plain directories and have no "
			       "options", o->options[0]);
	r = read_labels(o->labels, &asked.labels);
	if (r == 0)
		r = create(engine, args[0], asked.labels);
	oci_done(&volume_type, &asked);
	return r;
}

const struct command cmd_volume_create = {
	.name = "create", .group = "volume", .args = "[VOLUME]", .max = 1, .mixed = true,
	.summary = "make a volume",
	.text = "Without a name it gets one, of 64 hexadecimal digits. One that is there already"
		" stays as it is.",
	.size = sizeof(struct create_opts),
	.opts = (const struct opt[]){
		OPT_STRING(create_opts, 'd', driver, "driver", "NAME", "local is the only one"),
		OPT_LIST(create_opts, 0, labels, "label", "NAME[=TEXT]", "a label"),
		OPT_LIST(create_opts, 'o', options, "opt", "NAME=VALUE", "none is known",
			 .hidden = true),
		{ 0 },
	},
	.run = create_run,
};

/* --- ls --- */

struct ls_opts {
	bool quiet;
	char **filters;
	const char *format;
};

/* A row, in docker's words. */
struct volume_row {
	char *driver, *name, *scope, *mountpoint, *labels_text, *links, *size;
	struct oci_pair **labels;
};

static TYPE(volume_row, "volume",
	F_STRING(volume_row, driver, "Driver"),
	F_STRING(volume_row, labels_text, "Labels"),
	F_STRING(volume_row, links, "Links"),
	F_STRING(volume_row, mountpoint, "Mountpoint"),
	F_STRING(volume_row, name, "Name"),
	F_STRING(volume_row, scope, "Scope"),
	F_STRING(volume_row, size, "Size"),
);

static const struct column columns[] = {
	{ .field = "Driver", .title = "DRIVER" },
	{ .field = "Name", .title = "VOLUME NAME", .min = 12 },
	{ .field = "Scope", .title = "SCOPE", .extra = true },
	{ .field = "Mountpoint", .title = "MOUNTPOINT", .extra = true },
	{ .field = "Labels", .title = "LABELS", .extra = true },
	{ .field = "Links", .title = "LINKS", .extra = true },
	{ .field = "Size", .title = "SIZE", .extra = true },
	{ 0 },
};

/* 1 or 0, or -errno. */
static int
is_wanted(const struct engine *e, const struct filters *f, const struct volume *v)
{
	autostrv users = NULL;
	int dangling = filter_bool(f, "dangling"), r = 0;

	if (dangling < -1)
		return dangling;
	if (!filter_matches(f, "name", v->name) || !filter_is(f, "driver", v->driver) ||
	    !filter_labels(f, v->labels))
		return 0;
	if (dangling == -1)
		return 1;
	r = volume_users(e, v->name, &users);
	return r < 0 ? r : (users == NULL) == dangling;
}

static struct volume_row *
row_of(const struct engine *e, struct volume *v)
{
	struct volume_row *row = xcalloc(1, sizeof(*row));
	autostrv users = NULL;
	autostr labels = { 0 };

	for (struct oci_pair **l = v->labels; l && *l; l++)
		str_addf(&labels, "%s%s=%s", labels.len ? "," : "", (*l)->key, (*l)->value);
	row->driver = xstrdup(v->driver);
	row->name = xstrdup(v->name);
	row->scope = xstrdup(v->scope);
	row->mountpoint = xstrdup(v->mountpoint);
	row->labels_text = str_take(&labels);
	row->labels = take(v->labels);
	row->size = xstrdup("N/A");
	volume_users(e, v->name, &users);	/* if that fails nobody is known */
	row->links = xasprintf("%zu", strv_len(users));
	return row;
}

static void
rows_free(struct volume_row **rows)
{
	for (struct volume_row **r = rows; r && *r; r++) {
		struct volume labels = { .labels = take((*r)->labels) };

		oci_done(&volume_type, &labels);
	}
	oci_free_list(&volume_row_type, (void **)rows);
}

static int
make_rows(const struct engine *e, const struct filters *f, struct volume_row ***rows)
{
	struct volume **list = NULL;
	int r = volumes_list(e, &list);

	for (struct volume **v = list; r >= 0 && v && *v; v++) {
		r = is_wanted(e, f, *v);
		if (r == 1)
			ptrs_push(rows, row_of(e, *v));
	}
	oci_free_list(&volume_type, (void **)list);
	return r < 0 ? r : 0;
}

static int
ls_run(const void *engine, const void *opts, char **args)
{
	static const char *const keys[] = { "dangling", "driver", "label", "name", NULL };
	static const struct listing listing = {
		.type = &volume_row_type, .columns = columns, .quiet = "Name",
		.labels = offsetof(struct volume_row, labels),
	};
	const struct ls_opts *o = opts;
	struct volume_row **rows = NULL;
	struct filters f = { 0 };
	int r = filters_check(o->filters, keys, &f);

	(void)args;
	if (r == 0)
		r = make_rows(engine, &f, &rows);
	if (r == 0)
		r = listing_print(&listing,
				  &(struct listing_how){ .format = o->format, .quiet = o->quiet },
				  (void *const *)rows);
	rows_free(rows);
	return r;
}

const struct command cmd_volume_ls = {
	.name = "ls", .group = "volume", .mixed = true,
	.aliases = (const char *const[]){ "volume list", NULL },
	.summary = "list volumes",
	.text = "Filters are dangling=true (no container uses it), name=PATTERN,"
		" label=KEY[=VALUE] and driver=local.",
	.size = sizeof(struct ls_opts),
	.opts = (const struct opt[]){
		OPT_LIST(ls_opts, 'f', filters, "filter", "KEY=VALUE", "only such volumes"),
		OPT_STRING(ls_opts, 0, format, "format", "TEMPLATE",
			   "table, json, or a template such as {{.Mountpoint}}"),
		OPT_FLAG(ls_opts, 'q', quiet, "quiet", "only names"),
		{ 0 },
	},
	.run = ls_run,
};

/* --- inspect --- */

struct inspect_opts { const char *format; };

static int
inspect_run(const void *engine, const void *opts, char **args)
{
	const struct inspect_opts *o = opts;
	struct volume **list = NULL, *v;
	int r = 0;

	for (; r == 0 && *args; args++) {
		r = volume_find(engine, *args, &v);
		if (r == 0)
			ptrs_push(&list, v);
	}
	if (r == 0)
		r = inspect_print(&volume_type, o->format, (void *const *)list);
	oci_free_list(&volume_type, (void **)list);
	return r;
}

const struct command cmd_volume_inspect = {
	.name = "inspect", .group = "volume", .args = "VOLUME...", .min = 1, .max = -1,
	.mixed = true,
	.summary = "show all that is known of volumes",
	.size = sizeof(struct inspect_opts),
	.opts = (const struct opt[]){
		OPT_STRING(inspect_opts, 'f', format, "format", "TEMPLATE",
			   "json, or a template such as {{.Mountpoint}}"),
		{ 0 },
	},
	.run = inspect_run,
};

/* --- rm --- */

struct rm_opts { bool force; };

static int
remove_one(const struct engine *e, const struct rm_opts *o, const char *name)
{
	int r = volume_remove(e, name);

	if (r == -ENOENT && o->force)
		return 0;
	if (r < 0)
		return r;
	event_add(e, "volume", "destroy", name, "driver", "local", NULL);
	return print_line(name);
}

/* The others go all the same. */
static int
rm_run(const void *engine, const void *opts, char **args)
{
	int status = 0;

	for (; *args; args++)
		if (remove_one(engine, opts, *args) < 0)
			status = print_error_of("volume rm");
	return status;
}

const struct command cmd_volume_rm = {
	.name = "rm", .group = "volume", .args = "VOLUME...", .min = 1, .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "volume remove", NULL },
	.summary = "remove volumes",
	.text = "A volume that a container uses stays, whether that runs or not.",
	.size = sizeof(struct rm_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(rm_opts, 'f', force, "force", "one that is not there is no error"),
		{ 0 },
	},
	.run = rm_run,
};

/* --- prune --- */

struct prune_opts {
	bool all, force;
	char **filters;
};

static uint64_t
size_of(const struct engine *e, const char *name)
{
	autofree char *path = volume_data(name);
	autoclose int dir = openat(e->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t bytes = 0;

	if (dir >= 0)
		disk_below(dir, &bytes);
	return bytes;
}

struct pruned {
	uint64_t bytes;
	bool any;
};

static int
prune_one(const struct engine *e, const char *name, struct pruned *sum)
{
	uint64_t bytes = size_of(e, name);
	int r = volume_remove(e, name);

	if (r == -EBUSY || r == -ENOENT)	/* a container came, or another prune */
		return 0;
	if (r < 0)
		return r;
	if (!sum->any)
		print_line("Deleted Volumes:");
	sum->any = true;
	sum->bytes += bytes;
	event_add(e, "volume", "destroy", name, "driver", "local", NULL);
	return print_line(name);
}

static int
prune(const struct engine *e, const struct prune_opts *o, const struct filters *f,
      struct pruned *sum)
{
	struct volume **list = NULL;
	int r = volumes_list(e, &list);

	for (struct volume **v = list; r == 0 && v && *v; v++)
		if ((o->all || (*v)->anonymous.v) && filter_labels(f, (*v)->labels))
			r = prune_one(e, (*v)->name, sum);
	oci_free_list(&volume_type, (void **)list);
	return r == 0 && sum->any ? print_line("") : r;
}

static int
prune_run(const void *engine, const void *opts, char **args)
{
	static const char *const keys[] = { "label", NULL };
	const struct prune_opts *o = opts;
	struct filters f = { 0 };
	struct pruned sum = { 0 };
	int r = filters_check(o->filters, keys, &f);

	(void)args;
	if (r == 0)
		r = o->force ? 1 : confirm(
			o->all ? "This removes all volumes that no container uses."
			       : "This removes all anonymous volumes that no container uses.");
	if (r <= 0)
		return r;
	r = prune(engine, o, &f, &sum);
	if (r < 0)
		return r;
	autofree char *line = xasprintf("Total reclaimed space: %s", human_size(sum.bytes).s);
	return print_line(line);
}

const struct command cmd_volume_prune = {
	.name = "prune", .group = "volume", .mixed = true,
	.summary = "remove volumes that no container uses",
	.text = "Those without a name of their own go, with --all the others, too. The filter is"
		" label=KEY[=VALUE].",
	.size = sizeof(struct prune_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(prune_opts, 'a', all, "all", "those with a name, too"),
		OPT_FLAG(prune_opts, 'f', force, "force", "do not ask"),
		OPT_LIST(prune_opts, 0, filters, "filter", "KEY=VALUE", "only such volumes"),
		{ 0 },
	},
	.run = prune_run,
};
