#include "servin/commands.h"
#include "servin/human.h"
#include "servin/images.h"
#include "servin/ls-row.h"
#include "servin/output.h"

#include "engine/inventory.h"
#include "engine/status.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/ptrs.h"

struct df_opts {
	bool verbose;
	const char *format;
};

/* --- the summary ----------------------------------------------------------------------- */

struct df_row {
	char *active, *reclaimable, *size, *total_count, *type;
};

static TYPE(df_row, "kind of thing",
	F_STRING(df_row, active, "Active"),
	F_STRING(df_row, reclaimable, "Reclaimable"),
	F_STRING(df_row, size, "Size"),
	F_STRING(df_row, total_count, "TotalCount"),
	F_STRING(df_row, type, "Type"),
);

static const struct column columns[] = {
	{ "Type", "TYPE", .min = 0 },
	{ "TotalCount", "TOTAL", .min = 0 },
	{ "Active", "ACTIVE", .min = 0 },
	{ "Size", "SIZE", .min = 0 },
	{ "Reclaimable", "RECLAIMABLE", .min = 0 },
	{ 0 },
};

struct sums {
	size_t n, active;
	uint64_t bytes, reclaimable;
};

static void
push_row(struct df_row ***rows, const char *type, const struct sums *s)
{
	struct df_row *row = xcalloc(1, sizeof(*row));
	struct human spare = human_size(s->reclaimable);

	row->type = xstrdup(type);
	row->total_count = xasprintf("%zu", s->n);
	row->active = xasprintf("%zu", s->active);
	row->size = xstrdup(human_size(s->bytes).s);
	row->reclaimable = s->bytes ? xasprintf("%s (%d%%)", spare.s,
						(int)(100.0 * (double)s->reclaimable /
						      (double)s->bytes)) :
				      xstrdup(spare.s);
	ptrs_push(rows, row);
}

/* What no container uses could go. */
static struct sums
sum_images(const struct engine *e, struct inventory *inv)
{
	struct sums s = { .n = inv->n_images, .bytes = inv->image_bytes };

	for (size_t i = 0; i < inv->n_images; i++) {
		bool used = inventory_image_users(inv, &inv->images[i]) > 0;

		s.active += used;
		inv->images[i].goes = !used;
	}
	s.reclaimable = s.bytes - inventory_image_bytes_needed(e, inv);
	return s;
}

static struct sums
sum_containers(const struct inventory *inv)
{
	struct sums s = { .n = inv->n_containers };

	for (size_t i = 0; i < inv->n_containers; i++) {
		const struct inventory_container *x = &inv->containers[i];
		bool up = status_is_up(x->status);

		s.active += up;
		s.bytes += x->bytes;
		s.reclaimable += up ? 0 : x->bytes;
	}
	return s;
}

static struct sums
sum_volumes(const struct inventory *inv)
{
	struct sums s = { .n = inv->n_volumes };

	for (size_t i = 0; i < inv->n_volumes; i++) {
		bool used = inventory_volume_users(inv, &inv->volumes[i]) > 0;

		s.active += used;
		s.bytes += inv->volumes[i].bytes;
		s.reclaimable += used ? 0 : inv->volumes[i].bytes;
	}
	return s;
}

static int
print_summary(const struct engine *e, struct inventory *inv, const char *format)
{
	static const struct listing listing = { .type = &df_row_type, .columns = columns };
	struct sums images = sum_images(e, inv), containers = sum_containers(inv);
	struct sums volumes = sum_volumes(inv);
	struct df_row **rows = NULL;

	push_row(&rows, "Images", &images);
	push_row(&rows, "Containers", &containers);
	push_row(&rows, "Local Volumes", &volumes);
	int r = listing_print(&listing, &(struct listing_how){ .format = format },
			      (void *const *)rows);
	oci_free_list(&df_row_type, (void **)rows);
	return r;
}

/* --- all of it, one by one ------------------------------------------------------------- */

struct image_line {
	char *repository, *tag, *id, *created_since, *size, *shared_size, *unique_size, *containers;
};

static TYPE(image_line, "image",
	F_STRING(image_line, containers, "Containers"),
	F_STRING(image_line, created_since, "CreatedSince"),
	F_STRING(image_line, id, "ID"),
	F_STRING(image_line, repository, "Repository"),
	F_STRING(image_line, shared_size, "SharedSize"),
	F_STRING(image_line, size, "Size"),
	F_STRING(image_line, tag, "Tag"),
	F_STRING(image_line, unique_size, "UniqueSize"),
);

static const struct column image_columns[] = {
	{ "Repository", "REPOSITORY", .min = 10 },
	{ "Tag", "TAG", .min = 6 },
	{ "ID", "IMAGE ID", .min = 12 },
	{ "CreatedSince", "CREATED", .drop = 1 },
	{ "Size", "SIZE", .min = 0 },
	{ "SharedSize", "SHARED SIZE", .min = 0 },
	{ "UniqueSize", "UNIQUE SIZE", .min = 0 },
	{ "Containers", "CONTAINERS", .min = 0 },
	{ 0 },
};

static const struct column container_columns[] = {
	{ "ID", "CONTAINER ID", .min = 12 },
	{ "Image", "IMAGE", .min = 12 },
	{ "Command", "COMMAND", .min = 10, .drop = 2 },
	{ "LocalVolumes", "LOCAL VOLUMES", .min = 0 },
	{ "Size", "SIZE", .min = 0 },
	{ "RunningFor", "CREATED", .drop = 1 },
	{ "Status", "STATUS", .min = 10 },
	{ "Names", "NAMES", .min = 10 },
	{ 0 },
};

struct volume_line {
	char *name, *links, *size;
};

static TYPE(volume_line, "volume",
	F_STRING(volume_line, links, "Links"),
	F_STRING(volume_line, name, "Name"),
	F_STRING(volume_line, size, "Size"),
);

static const struct column volume_columns[] = {
	{ "Name", "VOLUME NAME", .min = 12 },
	{ "Links", "LINKS", .min = 0 },
	{ "Size", "SIZE", .min = 0 },
	{ 0 },
};

/* The lists of one document, for --format. */
struct df_view {
	struct image_line **images;
	struct ls_row **containers;
	struct volume_line **volumes;
};

static TYPE(df_view, "what is in the store",
	F_LIST(df_view, images, "Images", image_line),
	F_LIST(df_view, containers, "Containers", ls_row),
	F_LIST(df_view, volumes, "Volumes", volume_line),
);

static void
add_image(struct df_view *v, const struct inventory *inv, const struct inventory_image *x)
{
	struct image_line *line = xcalloc(1, sizeof(*line));
	const char *name = x->image->names ? x->image->names[0] : NULL;
	struct image_row *row = image_row_make(x->image, name, false);

	line->repository = take(row->repository);
	line->tag = take(row->tag);
	line->id = take(row->id);
	line->created_since = take(row->created_since);
	line->size = take(row->size);
	oci_free(&image_row_type, row);
	line->unique_size = xstrdup(human_size(x->unique).s);
	line->shared_size = xstrdup(human_size(x->image->size - x->unique).s);
	line->containers = xasprintf("%zu", inventory_image_users(inv, x));
	ptrs_push(&v->images, line);
}

static int
add_container(struct df_view *v, const struct engine *e, const struct inventory_container *x)
{
	struct ls_row *row = NULL;
	int r = ls_row_make(e, x->c, x->status, &(struct ls_row_how){ 0 }, &row);

	if (r < 0)
		return r;
	free(row->size);
	row->size = xstrdup(human_size(x->bytes).s);
	ptrs_push(&v->containers, row);
	return 0;
}

static void
add_volume(struct df_view *v, const struct inventory *inv, const struct inventory_volume *x)
{
	struct volume_line *line = xcalloc(1, sizeof(*line));

	line->name = xstrdup(x->v->name);
	line->links = xasprintf("%zu", inventory_volume_users(inv, x));
	line->size = xstrdup(human_size(x->bytes).s);
	ptrs_push(&v->volumes, line);
}

static int
print_part(const char *title, const struct type *t, const struct column *columns_of, void *rows)
{
	const struct listing listing = { .type = t, .columns = columns_of };
	int r = print(title);

	return r < 0 ? r : listing_print(&listing, &(struct listing_how){ 0 }, rows);
}

static int
print_view(const struct df_view *v, const char *format)
{
	static const struct listing listing = { .type = &df_view_type };
	int r;

	if (format)
		return listing_print(&listing, &(struct listing_how){ .format = format },
				     (void *[]){ (void *)(uintptr_t)v, NULL });
	r = print_part("Images space usage:\n\n", &image_line_type, image_columns, v->images);
	if (r == 0)
		r = print_part("\nContainers space usage:\n\n", &ls_row_type, container_columns,
			       v->containers);
	if (r == 0)
		r = print_part("\nLocal Volumes space usage:\n\n", &volume_line_type,
			       volume_columns, v->volumes);
	return r;
}

static int
print_all(const struct engine *e, const struct inventory *inv, const char *format)
{
	struct df_view v = { 0 };
	int r = 0;

	for (size_t i = 0; i < inv->n_images; i++)
		add_image(&v, inv, &inv->images[i]);
	for (size_t i = 0; r == 0 && i < inv->n_containers; i++)
		r = add_container(&v, e, &inv->containers[i]);
	for (size_t i = 0; i < inv->n_volumes; i++)
		add_volume(&v, inv, &inv->volumes[i]);
	if (r == 0)
		r = print_view(&v, format);
	oci_done(&df_view_type, &v);
	return r;
}

static int
df_run(const void *e, const void *opts, char **args)
{
	const struct df_opts *o = opts;
	auto_(inventory_done) struct inventory inv = { 0 };
	int r = inventory_take(e, &inv);

	(void)args;
	if (r < 0)
		return r;
	return o->verbose ? print_all(e, &inv, o->format) : print_summary(e, &inv, o->format);
}

const struct command cmd_system_df = {
	.name = "df", .group = "system", .mixed = true,
	.summary = "show what the store takes of the disk",
	.text = "Images: their files as they were loaded, and unpacked. Containers: what they "
		"have changed, and their logs. Active images and volumes are those that a "
		"container uses, active containers those that run; what is not active could go.",
	.size = sizeof(struct df_opts),
	.opts = (const struct opt[]){
		OPT_STRING(df_opts, 0, format, "format", "TEMPLATE",
			   "table, json, or a template such as {{.Type}}"),
		OPT_FLAG(df_opts, 'v', verbose, "verbose", "one by one"),
		{ 0 } },
	.run = df_run,
};
