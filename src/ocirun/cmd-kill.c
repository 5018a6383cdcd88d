#include "ocirun/commands.h"
#include "ocirun/select.h"
#include "base/signals.h"

struct kill_opts {
	bool all, regex;
	int signal;		/* not an option */
};

static int
kill_one(const struct runtime *rt, const char *id, const void *opts)
{
	const struct kill_opts *o = opts;

	return runtime_kill(rt, id, o->signal, o->all);
}

static int
kill_run(const void *rt, const void *opts, char **args)
{
	struct kill_opts o = *(const struct kill_opts *)opts;

	o.signal = signal_number(args[1] ? args[1] : "TERM");
	if (o.signal < 0)
		return o.signal;
	if (o.regex)
		return for_each_matching(rt, args[0], kill_one, &o);
	return kill_one(rt, args[0], &o);
}

static const struct opt options[] = {
	OPT_FLAG(kill_opts, 'a', all, "all", "to every process of the container, not only init"),
	OPT_FLAG(kill_opts, 'r', regex, "regex", "CONTAINER is an extended regular expression"),
	{ 0 },
};

const struct command cmd_kill = {
	.name = "kill", .args = "CONTAINER [SIGNAL]", .min = 1, .max = 2,
	.summary = "send a signal to a container",
	.text = "The signal is a number or a name, such as 15, TERM, SIGTERM or RTMIN+3, and\n"
		"TERM if none is given.",
	.size = sizeof(struct kill_opts),
	.opts = options,
	.run = kill_run,
};
