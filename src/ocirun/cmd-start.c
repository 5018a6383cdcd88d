#include "ocirun/commands.h"

static int
start_run(const void *rt, const void *opts, char **args)
{
	(void)opts;
	return runtime_start(rt, args[0]);
}

const struct command cmd_start = {
	.name = "start", .args = "CONTAINER", .min = 1, .max = 1,
	.summary = "let the program of a created container run",
	.run = start_run,
};
