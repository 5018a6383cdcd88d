/* help, and the other documents that are printed from the tables. */
#include "servin/commands.h"
#include "servin/output.h"

#include "base/err.h"

struct help_opts {
	bool man;
};

static int
help_run(const void *engine, const void *opts, char **args)
{
	const struct help_opts *o = opts;
	autostr out = { 0 };
	int r = 0;

	(void)engine;
	if (o->man)
		program_manual(&servin, &out);
	else
		r = words_help(&servin, args, &out);
	return r < 0 ? r : print(out.s);
}

static const struct opt help_options[] = {
	OPT_FLAG(help_opts, 0, man, "man", "print the manual page"),
	{ 0 },
};

const struct command cmd_help = {
	.name = "help", .args = "[COMMAND]", .max = 2, .mixed = true,
	.summary = "tell about all commands, or more about one",
	.size = sizeof(struct help_opts),
	.opts = help_options,
	.run = help_run,
};

static int
completion_run(const void *engine, const void *opts, char **args)
{
	autostr out = { 0 };
	int r = program_complete(&servin, args[0], &out);

	(void)engine, (void)opts;
	return r < 0 ? r : print(out.s);
}

const struct command cmd_completion = {
	.name = "completion", .args = "bash|zsh|fish", .min = 1, .max = 1,
	.summary = "print the completion for a shell",
	.text = "The script is for the shell to read:\n"
		"\n"
		"\tsource <(servin completion bash)",
	.run = completion_run,
};
