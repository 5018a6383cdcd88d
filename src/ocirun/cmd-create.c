#include "ocirun/create-opts.h"

static int
create_run(const void *rt, const void *opts, char **args)
{
	struct create_opts o = create_opts_of(opts, args[0]);

	return runtime_create(rt, &o);
}

const struct command cmd_create = {
	.name = "create", .args = "ID", .min = 1, .max = 1,
	.summary = "create a container; start lets its program run",
	.text = "ID names the new container. It is made of letters, digits and the\n"
		"characters _ + . - of which the last two do not come first.\n"
		"\n"
		"The configuration is read once: what is changed in the bundle later does not\n"
		"concern the container. If anything cannot be set up as asked for, nothing of\n"
		"the container is left.",
	.size = sizeof(struct create_words),
	.opts = (const struct opt[]){ CREATE_OPTS, { 0 } },
	.run = create_run,
};
