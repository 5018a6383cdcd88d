#include "ocirun/create-opts.h"

static int
run_run(const void *rt, const void *opts, char **args)
{
	struct create_opts o = create_opts_of(opts, args[0]);
	int status = 0;
	int r = runtime_run(rt, &o, &status);

	return r < 0 ? r : status;
}

static const struct opt options[] = {
	CREATE_OPTS,
	OPT_FLAG(create_words, 'd', o.detach, "detach", "return once the program runs"),
	OPT_FLAG(create_words, 't', o.tty, "tty", "give the program a terminal in any case"),
	OPT_FLAG(create_words, 0, o.keep, "keep", "do not delete the container at its end"),
	{ 0 },
};

const struct command cmd_run = {
	.name = "run", .args = "ID", .min = 1, .max = 1,
	.summary = "create and start a container, wait for its end and delete it",
	.text = "Signals are handed on to the container's program. The exit status is that of\n"
		"the program, or 128 and the number of the signal that ended it.\n"
		"\n"
		"If the configuration or --tty asks for a terminal and there is no console\n"
		"socket, run uses its own terminal.",
	.size = sizeof(struct create_words),
	.opts = options,
	.run = run_run,
};
