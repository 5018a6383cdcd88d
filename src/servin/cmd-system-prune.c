#include "servin/commands.h"
#include "servin/prune.h"

struct prune_opts {
	bool all, force, volumes;
	char **filters;
};

static int
prune_run(const void *e, const void *opts, char **args)
{
	const struct prune_opts *o = opts;

	(void)args;
	return prune(e, &(struct prune){ .images = true, .all_images = o->all, .force = o->force,
					 .volumes = o->volumes, .filters = o->filters });
}

const struct command cmd_system_prune = {
	.name = "prune", .group = "system", .mixed = true,
	.summary = "remove what nobody needs",
	.text = "Containers that do not run, images without a name that no container uses, and "
		"what else is left in the store that nothing refers to. Filters are until=TIME, "
		"a time or how long ago, such as 24h, label=KEY[=VALUE] and label!=KEY[=VALUE].",
	.size = sizeof(struct prune_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(prune_opts, 'a', all, "all", "images with a name, too"),
		OPT_FLAG(prune_opts, 'f', force, "force", "do not ask"),
		OPT_LIST(prune_opts, 0, filters, "filter", "KEY=VALUE", "only such things"),
		OPT_FLAG(prune_opts, 0, volumes, "volumes",
			 "volumes without a name of their own, too"),
		{ 0 } },
	.run = prune_run,
};
