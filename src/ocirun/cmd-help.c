/* help, and the other documents that are printed from the tables. */
#include "ocirun/commands.h"
#include "ocirun/print.h"

#include "base/err.h"

struct help_opts {
	bool man;
};

static int
help_run(const void *rt, const void *opts, char **args)
{
	const struct help_opts *o = opts;
	const struct command *c = args[0] ? program_find(&ocirun, args[0]) : NULL;
	autostr out = { 0 };

	(void)rt;
	if (args[0] && !c)
		return -EINVAL;
	if (o->man)
		program_manual(&ocirun, &out);
	else if (c)
		command_help(&ocirun, c, &out);
	else
		program_help(&ocirun, &out);
	return print(out.s);
}

static const struct opt options[] = {
	OPT_FLAG(help_opts, 0, man, "man", "print the manual page"),
	{ 0 },
};

const struct command cmd_help = {
	.name = "help", .args = "[COMMAND]", .max = 1,
	.summary = "tell about all commands, or more about one",
	.size = sizeof(struct help_opts),
	.opts = options,
	.run = help_run,
};

static int
completion_run(const void *rt, const void *opts, char **args)
{
	autostr out = { 0 };
	int r = program_complete(&ocirun, args[0], &out);

	(void)rt, (void)opts;
	return r < 0 ? r : print(out.s);
}

const struct command cmd_completion = {
	.name = "completion", .args = "bash|zsh|fish", .min = 1, .max = 1,
	.summary = "print the completion for a shell",
	.text = "The script is for the shell to read:\n"
		"\n"
		"\tsource <(ocirun completion bash)",
	.run = completion_run,
};
