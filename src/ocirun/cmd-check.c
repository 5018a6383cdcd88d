#include "ocirun/commands.h"
#include "ocirun/print.h"

static void
add_remark(void *out, const struct check_remark *m)
{
	str_addf(out, "%s:%u: ", m->file, m->line);
	if (m->warning)
		str_add(out, "warning: ");
	str_addf(out, "%s: %s\n", m->path, m->reason);
}

static int
check_run(const void *rt, const void *opts, char **args)
{
	const char *what = args[0] ? args[0] : ".";
	autostr out = { 0 };
	int mistakes = runtime_check(what, add_remark, &out);

	(void)rt, (void)opts;
	if (mistakes < 0)
		return mistakes;
	if (mistakes == 0)
		str_addf(&out, "%s: ok\n", what);

	int r = print(out.s);
	return r < 0 ? r : mistakes > 0;
}

const struct command cmd_check = {
	.name = "check", .args = "[BUNDLE|FILE]", .max = 1,
	.summary = "find every mistake in a configuration",
	.text = "A line for each mistake names the file, the line, the place in the notation\n"
		"of jq(1), and the reason. A property that nobody knows is a warning. Without\n"
		"any mistake a last line says ok, else the exit status is 1.",
	.run = check_run,
};
