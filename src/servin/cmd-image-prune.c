#include "servin/commands.h"

#include "servin/confirm.h"
#include "servin/human.h"
#include "servin/images.h"
#include "servin/output.h"

#include "engine/store.h"
#include "engine/users.h"

#include "base/err.h"
#include "base/strv.h"

struct prune_opts {
	bool all, force;
	char **filters;
};

static int
is_wanted(const struct engine *e, const struct prune_opts *o, const struct image *image)
{
	autofree char *container = NULL;
	const char *name = image->names ? image->names[0] : NULL;
	int r = name && !o->all ? 0 : image_matches(e, image, name, o->filters);

	if (r == 1)
		r = store_image_user(e, image->id, &container) == 0;
	return r;
}

static int
prune_image(const struct engine *e, const struct image *image, bool *any)
{
	autostrv said = NULL;
	/* By its ID, with all names; a container that comes meanwhile keeps what it needs. */
	int r = image_remove(e, image->id, IMAGE_REMOVE_FORCE, &said);

	if (r == -ENOENT)	/* it went with another of the same ID */
		return 0;
	if (r == 0 && !*any)
		r = print_line("Deleted Images:");
	*any = true;
	for (char **line = said; r == 0 && line && *line; line++)
		r = print_line(*line);
	return r;
}

static int
prune_images(const struct engine *e, const struct prune_opts *o)
{
	auto_(images_done) struct images list = { 0 };
	bool any = false;
	int r = images_list(e, &list);

	for (size_t i = 0; r >= 0 && i < list.n; i++) {
		r = is_wanted(e, o, &list.at[i]);
		if (r == 1)
			r = prune_image(e, &list.at[i], &any);
	}
	return r >= 0 && any ? print_line("") : r;
}

static int
prune_run(const void *engine, const void *opts, char **args)
{
	const struct prune_opts *o = opts;
	struct store_freed freed = { 0 };
	int r;

	(void)args;
	r = o->force ? 1 : confirm(o->all ? "This removes all images that no container uses." :
					    "This removes all images that have no name.");
	if (r <= 0)
		return r;
	r = prune_images(engine, o);
	if (r >= 0)
		r = store_collect(engine, STORE_WAIT, &freed);
	strv_free(freed.layers);
	if (r < 0)
		return r;
	autofree char *line = xasprintf("Total reclaimed space: %s", human_size(freed.bytes).s);
	return print_line(line);
}

const struct command cmd_image_prune = {
	.name = "prune", .group = "image", .mixed = true,
	.summary = "remove images that nobody needs",
	.text = "Images without a name go, unless a container uses them, and what else is"
		" left in the store that nothing refers to. The filter is label=KEY[=VALUE].",
	.size = sizeof(struct prune_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(prune_opts, 'a', all, "all", "those with a name, too"),
		OPT_FLAG(prune_opts, 'f', force, "force", "do not ask"),
		OPT_LIST(prune_opts, 0, filters, "filter", "KEY=VALUE", "only such images"),
		{ 0 },
	},
	.run = prune_run,
};
