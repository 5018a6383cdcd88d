#include "servin/commands.h"
#include "servin/foreground.h"
#include "servin/make.h"
#include "servin/output.h"

#include "libocispec/document.h"

#include "base/err.h"

#define ARGS "IMAGE|FILE [COMMAND...]"

/* --- run -------------------------------------------------------------------------------------- */

static int
run_detached(const struct engine *e, const struct container *c)
{
	int r = container_start(e, c, -EBADF);

	return r < 0 ? failed_start(r) : print_line(c->id);
}

static int
run_attached(const struct engine *e, const struct run_opts *o, const struct container *c)
{
	struct foreground f = {
		.input = c->config->attach_stdin.v, .output = c->config->attach_stdout.v,
		.error = c->config->attach_stderr.v, .detach_keys = o->detach_keys,
		.proxy_signals = !o->sig_proxy || streq(o->sig_proxy, "true"),
	};

	return foreground_start(e, c, &f);
}

static int
run_run(const void *e, const void *opts, char **args)
{
	const struct run_opts *o = opts;
	struct container *c = NULL;
	int r = o->detach ? 0 : foreground_check(o->interactive, o->tty);

	if (r < 0)
		return r;
	r = make_container(e, o, args, &c);
	if (r < 0)
		return failed_with(EXIT_ENGINE);
	r = o->detach ? run_detached(e, c) : run_attached(e, o, c);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_run = {
	.name = "run", .args = ARGS, .min = 0, .max = -1, .exit_on_error = EXIT_ENGINE,
	.aliases = (const char *const[]){ "container run", NULL },
	.summary = "make a container from an image and start it",
	.text = "IMAGE is the name of an image, or an archive, or a directory with an OCI layout\n"
		"or a root file system: docker save, podman save, skopeo and umoci make such. A\n"
		"file is loaded the first time, and known afterwards as long as it does not\n"
		"change.\n"
		"\n"
		"The exit status is the command's. 125 is an error of servin, 126 a command that\n"
		"cannot be executed, 127 one that is not there, 128+N one that signal N ended.",
	.size = sizeof(struct run_opts),
	.opts = (const struct opt[]){
		RUN_OPTS, KEEP_OPTS,
		OPT_FLAG(run_opts, 'd', detach, "detach", "print its ID and leave it to itself"),
		OPT_STRING(run_opts, 0, detach_keys, "detach-keys", "KEYS",
			   "what parts us from its terminal (default: ctrl-p,ctrl-q)"),
		OPT_CHOICE(run_opts, 0, sig_proxy, "sig-proxy", "whether signals go to it",
			   .choices = (const char *const[]){ "true", "false", NULL },
			   .alone = "true"),
		{ 0 } },
	.run = run_run,
};

/* --- create ----------------------------------------------------------------------------------- */

static int
create_run(const void *e, const void *opts, char **args)
{
	struct container *c = NULL;
	int r = make_container(e, opts, args, &c);

	if (r < 0)
		return r;
	r = print_line(c->id);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_create = {
	.name = "create", .args = ARGS, .min = 0, .max = -1, .exit_on_error = EXIT_ENGINE,
	.aliases = (const char *const[]){ "container create", NULL },
	.summary = "make a container; start starts it",
	.size = sizeof(struct run_opts),
	.opts = (const struct opt[]){ RUN_OPTS, KEEP_OPTS, { 0 } },
	.run = create_run,
};
