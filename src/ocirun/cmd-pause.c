#include "ocirun/commands.h"

static int
pause_run(const void *rt, const void *opts, char **args)
{
	(void)opts;
	return runtime_pause(rt, args[0]);
}

static int
resume_run(const void *rt, const void *opts, char **args)
{
	(void)opts;
	return runtime_resume(rt, args[0]);
}

const struct command cmd_pause = {
	.name = "pause", .args = "CONTAINER", .min = 1, .max = 1,
	.summary = "freeze all processes of a container",
	.run = pause_run,
};

const struct command cmd_resume = {
	.name = "resume", .args = "CONTAINER", .min = 1, .max = 1,
	.summary = "let the processes of a paused container go on",
	.run = resume_run,
};
