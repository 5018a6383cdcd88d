#include "servin/commands.h"
#include "servin/prune.h"

struct prune_opts {
	bool force;
	char **filters;
};

static int
prune_run(const void *e, const void *opts, char **args)
{
	const struct prune_opts *o = opts;

	(void)args;
	return prune(e, &(struct prune){ .force = o->force, .filters = o->filters });
}

const struct command cmd_container_prune = {
	.name = "prune", .group = "container", .mixed = true,
	.summary = "remove all containers that do not run",
	.text = "Filters are until=TIME, a time or how long ago, such as 24h, label=KEY[=VALUE] "
		"and label!=KEY[=VALUE].",
	.size = sizeof(struct prune_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(prune_opts, 'f', force, "force", "do not ask"),
		OPT_LIST(prune_opts, 0, filters, "filter", "KEY=VALUE", "only such containers"),
		{ 0 } },
	.run = prune_run,
};
