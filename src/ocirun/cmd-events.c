#include "ocirun/commands.h"
#include "ocirun/print.h"

#include "base/err.h"
#include "base/parse.h"

struct events_cli {
	const char *interval;
	bool stats;
};

static int
print_event(void *arg, const char *event)
{
	autofree char *line = xasprintf("%s\n", event);

	(void)arg;
	return print(line);
}

static int
events_run(const void *rt, const void *opts, char **args)
{
	const struct events_cli *cli = opts;
	struct events_opts o = {
		.id = args[0], .once = cli->stats, .reader = STDOUT_FILENO, .tell = print_event,
	};
	int r = parse_duration(cli->interval ? cli->interval : "5s", &o.interval_ns);

	if (r == 0 && o.interval_ns == 0)
		r = fail(0, "must be more than 0");
	if (r < 0)
		return wrap(r, "--interval");
	r = runtime_events(rt, &o);
	return r == -EPIPE ? 0 : r;	/* who read them has gone */
}

static const struct opt options[] = {
	OPT_STRING(events_cli, 0, interval, "interval", "TIME",
		   "how often the statistics come, such as 500ms (default: 5s)"),
	OPT_FLAG(events_cli, 0, stats, "stats", "print the statistics once"),
	{ 0 },
};

const struct command cmd_events = {
	.name = "events", .args = "CONTAINER", .min = 1, .max = 1,
	.summary = "tell what a container uses, and when it is out of memory",
	.text = "Prints a line of JSON for each event until the container ends: its type is\n"
		"stats or oom.",
	.size = sizeof(struct events_cli),
	.opts = options,
	.run = events_run,
};
