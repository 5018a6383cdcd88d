#include "servin/commands.h"
#include "servin/select.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/signals.h"
#include "base/str.h"

#include <signal.h>

/* --- stop, restart ---------------------------------------------------------------------------- */

struct stop_opts { const char *time, *signal; };

static const struct opt stop_options[] = {
	OPT_STRING(stop_opts, 't', time, "time", "SECONDS",
		   "how long it has, before it is killed; -1: for ever"),
	OPT_STRING(stop_opts, 0, time, "timeout", "SECONDS", "the same", .hidden = true),
	OPT_STRING(stop_opts, 's', signal, "signal", "SIGNAL",
		   "what it gets first, in the place of its own stop signal"),
	{ 0 },
};

/* 0 is none. */
static int
signal_of(const char *text)
{
	int signal = signal_number(text);

	return wrap(signal == 0 ? fail(0, "0 is none") : signal, "--signal");
}

static int
read_stop(const struct stop_opts *o, struct container_stopping *how)
{
	int64_t n = -1;
	int r = o->time ? wrap(parse_int(o->time, -1, 1000000, &n), "--time") : 0;

	/* -1 is for ever when it is said, and "as configured" when not. */
	how->seconds = o->time && n < 0 ? 1000000 : (int)n;
	if (r >= 0 && o->signal)
		r = how->signal = signal_of(o->signal);
	return r;
}

static int
stop_one(const struct engine *e, const struct container *c, const void *how)
{
	return container_stop(e, c, how);
}

static int
stop_run(const void *e, const void *opts, char **args)
{
	struct container_stopping how = { 0 };
	int r = read_stop(opts, &how);

	return r < 0 ? r : select_each(e, args, ACTING("stop", stop_one, &how));
}

const struct command cmd_stop = {
	.name = "stop", .args = "CONTAINER...", .min = 1, .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "container stop", NULL },
	.summary = "end containers",
	.text = "The first process gets the stop signal, TERM unless the image, --stop-signal or\n"
		"--signal says otherwise, and KILL when the time is over: 10 seconds unless\n"
		"--time or --stop-timeout says otherwise. One that neither catches nor blocks\n"
		"the signal would never notice it, and is killed at once if no time is given.",
	.size = sizeof(struct stop_opts), .opts = stop_options, .run = stop_run,
};

static int
restart_one(const struct engine *e, const struct container *c, const void *how)
{
	int r = c->host->auto_remove.v ? container_is_up(e, c) : 0;

	if (r > 0)
		return hint(fail(0, "container %s is removed when it ends (--rm)", c->name),
			    "nothing would be left to start: stop it, and run it anew");
	if (r == 0)
		r = container_stop(e, c, how);
	return r < 0 ? r : container_start(e, c, -EBADF);
}

static int
restart_run(const void *e, const void *opts, char **args)
{
	struct container_stopping how = { 0 };
	int r = read_stop(opts, &how);

	return r < 0 ? r : select_each(e, args, ACTING("restart", restart_one, &how));
}

const struct command cmd_restart = {
	.name = "restart", .args = "CONTAINER...", .min = 1, .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "container restart", NULL },
	.summary = "stop containers and start them again",
	.size = sizeof(struct stop_opts), .opts = stop_options, .run = restart_run,
};

/* --- kill ------------------------------------------------------------------------------------- */

struct kill_opts { const char *signal; };

static int
kill_one(const struct engine *e, const struct container *c, const void *how)
{
	return container_kill(e, c, *(const int *)how);
}

static int
kill_run(const void *e, const void *opts, char **args)
{
	const struct kill_opts *o = opts;
	int signal = o->signal ? signal_of(o->signal) : SIGKILL;

	return signal < 0 ? signal : select_each(e, args, ACTING("kill", kill_one, &signal));
}

const struct command cmd_kill = {
	.name = "kill", .args = "CONTAINER...", .min = 1, .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "container kill", NULL },
	.summary = "send a signal to containers",
	.size = sizeof(struct kill_opts),
	.opts = (const struct opt[]){
		OPT_STRING(kill_opts, 's', signal, "signal", "SIGNAL",
			   "by name or number (default: KILL)"),
		{ 0 } },
	.run = kill_run,
};

/* --- pause ------------------------------------------------------------------------------------ */

static int
pause_one(const struct engine *e, const struct container *c, const void *how)
{
	(void)how;
	return container_pause(e, c);
}

static int
pause_run(const void *e, const void *opts, char **args)
{
	return select_each(e, args, ACTING("pause", pause_one, opts));
}

const struct command cmd_pause = {
	.name = "pause", .args = "CONTAINER...", .min = 1, .max = -1,
	.aliases = (const char *const[]){ "container pause", NULL },
	.summary = "stop all processes of containers where they are",
	.run = pause_run,
};

static int
unpause_one(const struct engine *e, const struct container *c, const void *how)
{
	(void)how;
	return container_unpause(e, c);
}

static int
unpause_run(const void *e, const void *opts, char **args)
{
	return select_each(e, args, ACTING("unpause", unpause_one, opts));
}

const struct command cmd_unpause = {
	.name = "unpause", .args = "CONTAINER...", .min = 1, .max = -1,
	.aliases = (const char *const[]){ "container unpause", NULL },
	.summary = "let paused containers go on",
	.run = unpause_run,
};
