#include "servin/commands.h"
#include "servin/select.h"

#include "base/err.h"

struct rm_opts { bool force, volumes; };

static int
rm_one(const struct engine *e, const struct container *c, const void *how)
{
	return container_remove(e, c, how);
}

/* With --force one that is not there is as good as removed. */
static int
rm_run(const void *e, const void *opts, char **args)
{
	const struct rm_opts *o = opts;
	struct container_removal how = {
		.how = o->force ? REMOVE_FORCE : REMOVE_STOPPED, .volumes = o->volumes };

	return select_each(e, args, ACTING("rm", rm_one, &how, .missing_is_fine = o->force));
}

const struct command cmd_rm = {
	.name = "rm", .args = "CONTAINER...", .min = 1, .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "container rm", "container remove", NULL },
	.summary = "remove containers",
	.size = sizeof(struct rm_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(rm_opts, 'f', force, "force",
			 "kill those that run; one that is not there is no error"),
		OPT_FLAG(rm_opts, 'v', volumes, "volumes", "remove their anonymous volumes, too"),
		{ 0 } },
	.run = rm_run,
};
