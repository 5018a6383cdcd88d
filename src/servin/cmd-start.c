#include "servin/commands.h"
#include "servin/foreground.h"
#include "servin/output.h"
#include "servin/select.h"
#include "servin/start-boot.h"

#include "engine/status.h"

#include "libocispec/document.h"

#include "base/err.h"

struct start_opts {
	bool attach, interactive, boot;
	const char *detach_keys, *sig_proxy;
};

/* --- start ------------------------------------------------------------------------------------ */

static int
check_paused(const struct engine *e, const struct container *c)
{
	struct status *now;
	int r = container_status(e, c, &now);

	if (r < 0)
		return r;
	if (streq(now->status, "paused"))
		r = hint(fail_plain(EBUSY, "container %s is paused", c->name), "unpause it");
	oci_free(&status_type, now);
	return r;
}

/* One that runs is as it should be. */
static int
start_one(const struct engine *e, const struct container *c, const void *how)
{
	int r = container_start(e, c, -EBADF);

	(void)how;
	return r == -EALREADY ? check_paused(e, c) : r;
}

static int
start_attached(const struct engine *e, const struct start_opts *o, const char *name)
{
	struct foreground f = {
		.input = o->interactive, .output = true, .error = true,
		.detach_keys = o->detach_keys,
		.proxy_signals = !o->sig_proxy || streq(o->sig_proxy, "true"),
	};
	struct container *c;
	int r = select_container(e, name, &c);

	if (r < 0)
		return r;
	r = foreground_check(o->interactive, c->config->tty.v);
	if (r == 0)
		r = container_is_watched(e, c) ? foreground_attach(e, c, &f) :
						 foreground_start(e, c, &f);
	oci_free(&container_type, c);
	return r;
}

static int
start_run(const void *e, const void *opts, char **args)
{
	const struct start_opts *o = opts;

	if (o->boot && (args[0] || o->attach || o->interactive))
		return fail_plain(EINVAL, "--boot takes no container and no other option");
	if (o->boot)
		return start_after_boot(e);
	if (!args[0])
		return fail_plain(EINVAL, "too few arguments, wanted: CONTAINER..., or --boot");
	if (!o->attach && !o->interactive)
		return select_each(e, args, ACTING("start", start_one, o));
	if (args[1])
		return fail_plain(EINVAL, "--attach and --interactive take one container");
	return start_attached(e, o, args[0]);
}

#define SESSION_OPTS \
	OPT_STRING(start_opts, 0, detach_keys, "detach-keys", "KEYS", \
		   "what parts us from its terminal (default: ctrl-p,ctrl-q)"), \
	OPT_CHOICE(start_opts, 0, sig_proxy, "sig-proxy", "whether signals go to it", \
		   .choices = (const char *const[]){ "true", "false", NULL }, .alone = "true")

const struct command cmd_start = {
	.name = "start", .args = "CONTAINER...", .min = 0, .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "container start", NULL },
	.summary = "start containers that were created or have ended",
	.text = "--boot is for what starts with the host, such as the unit servin-boot.service.\n"
		"It starts the containers whose --restart is always, and those of unless-stopped\n"
		"that nobody had stopped; one that was never started, or runs, stays as it is.",
	.size = sizeof(struct start_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(start_opts, 'a', attach, "attach", "stay with it until it ends"),
		OPT_FLAG(start_opts, 'i', interactive, "interactive", "and hand on our input"),
		OPT_FLAG(start_opts, 0, boot, "boot",
			 "start what is to run after the host has started"),
		SESSION_OPTS,
		{ 0 } },
	.run = start_run,
};

/* --- attach ----------------------------------------------------------------------------------- */

struct attach_opts {
	bool no_stdin;
	const char *detach_keys, *sig_proxy;
};

static int
attach_to(const struct engine *e, const struct attach_opts *o, const struct container *c)
{
	struct foreground f = {
		.input = c->config->open_stdin.v && !o->no_stdin, .output = true, .error = true,
		.detach_keys = o->detach_keys,
		.proxy_signals = !o->sig_proxy || streq(o->sig_proxy, "true"),
	};
	struct status *now;
	int r = container_status(e, c, &now);

	if (r < 0)
		return r;
	if (!status_is_up(now))
		r = fail_plain(ESRCH, "container %s is not running", c->name);
	else if (streq(now->status, "paused"))
		r = hint(fail_plain(EBUSY, "container %s is paused", c->name), "unpause it first");
	oci_free(&status_type, now);
	return r < 0 ? r : foreground_attach(e, c, &f);
}

static int
attach_run(const void *e, const void *opts, char **args)
{
	struct container *c;
	int r = select_container(e, args[0], &c);

	if (r < 0)
		return r;
	r = attach_to(e, opts, c);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_attach = {
	.name = "attach", .args = "CONTAINER", .min = 1, .max = 1, .mixed = true,
	.aliases = (const char *const[]){ "container attach", NULL },
	.summary = "connect our streams with those of a container that runs",
	.text = "The exit status is the container's, or 0 if the detach keys part us from it. A\n"
		"container may have several clients; each sees what is said from now on.",
	.size = sizeof(struct attach_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(attach_opts, 0, no_stdin, "no-stdin", "keep our input to ourselves"),
		OPT_STRING(attach_opts, 0, detach_keys, "detach-keys", "KEYS",
			   "what parts us from it (default: ctrl-p,ctrl-q)"),
		OPT_CHOICE(attach_opts, 0, sig_proxy, "sig-proxy", "whether signals go to it",
			   .choices = (const char *const[]){ "true", "false", NULL },
			   .alone = "true"),
		{ 0 } },
	.run = attach_run,
};
