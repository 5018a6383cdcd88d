#include "servin/commands.h"
#include "servin/run-opts.h"
#include "servin/select.h"

#include "engine/update.h"

#include "libocispec/document.h"

#include "base/err.h"

static int
update_one(const struct engine *e, const struct container *c, const void *changes)
{
	return container_update(e, c, changes);
}

static int
update_run(const void *e, const void *opts, char **args)
{
	struct host_config changes = { 0 };
	autofree char *none = oci_encode(&host_config_type, &changes, OCI_COMPACT);
	int r = run_opts_limits(opts, &changes);
	autofree char *text = oci_encode(&host_config_type, &changes, OCI_COMPACT);

	if (r == 0 && streq(text, none))
		r = fail(0, "nothing to change: no option is given");
	if (r == 0)
		r = select_each(e, args, ACTING("update", update_one, &changes));
	oci_done(&host_config_type, &changes);
	return r;
}

const struct command cmd_update = {
	.name = "update", .args = "CONTAINER...", .min = 1, .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "container update", NULL },
	.summary = "change the limits of containers",
	.text = "What is not given stays as it is. Of a container that runs the limits hold at"
		" once; a restart policy holds from its next end on.",
	.size = sizeof(struct run_opts),
	.opts = (const struct opt[]){
		LIMIT_OPTS,
		OPT_STRING(run_opts, 0, restart, "restart", "POLICY",
			   "when it is started again: no, on-failure[:N], always or"
			   " unless-stopped"),
		{ 0 },
	},
	.run = update_run,
};
