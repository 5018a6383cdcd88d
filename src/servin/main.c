#include "servin/commands.h"

#include "base/err.h"
#include "base/log.h"
#include "base/strv.h"

#include <stdio.h>

struct globals {
	const char *root, *state, *runtime;
	bool verbose, version;
};

static const struct opt global_opts[] = {
	OPT_STRING(globals, 0, root, "root", "DIR", "where images, containers and volumes are kept"),
	OPT_STRING(globals, 0, state, "state", "DIR", "where the sockets of what runs are"),
	OPT_STRING(globals, 0, runtime, "runtime", "FILE", "the OCI runtime (default: ocirun)"),
	OPT_FLAG(globals, 'v', verbose, "verbose", "tell what is being done"),
	OPT_FLAG(globals, 0, version, "version", "print the version and exit"),
	{ 0 },
};

static const struct command *const commands[] = {
	NULL,
};

const struct program servin = {
	.name = "servin", .version = SERVIN_VERSION, .summary = "containers from images, without a daemon",
	.opts = global_opts, .commands = commands,
};

static int
run_command(const struct command *c, const struct globals *g, char **argv)
{
	struct engine e = { .runtime = g->runtime, .verbose = g->verbose };
	autofree void *opts = xcalloc(1, c->size + 1);
	int n = opts_parse(c->opts, argv, opts);
	int r = n < 0 ? n : command_check_args(c, (int)strv_len(argv + n));

	if (r >= 0)
		r = engine_open(&e, g->root, g->state);
	if (r >= 0)
		r = c->run(&e, opts, argv + n);
	opts_done(c->opts, opts);
	engine_done(&e);
	return wrap(r, "%s", c->name);
}

int
main(int argc, char **argv)
{
	struct globals g = { 0 };
	const struct command *c;
	int n = opts_parse(global_opts, argv + (argc > 0), &g), r = n;

	if (n >= 0) {
		c = program_find(&servin, argv[n + 1] ? argv[n + 1] : "help");
		r = c ? run_command(c, &g, argv + n + 2) : -EINVAL;
	}
	if (r < 0)
		fprintf(stderr, "servin: %s\n", err_words());
	return r < 0 ? 125 : r;
}
