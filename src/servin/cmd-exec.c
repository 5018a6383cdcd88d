#include "servin/commands.h"
#include "servin/foreground.h"
#include "servin/run-values.h"
#include "servin/select.h"

#include "engine/exec.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/strv.h"

struct exec_opts {
	bool detach, interactive, tty, privileged;
	char **env, **env_file;
	const char *user, *workdir;
};

/* Those given one by one win over those of a file. */
static int
read_env(const struct exec_opts *o, char ***env)
{
	int r = 0;

	for (char **f = o->env_file; r == 0 && f && *f; f++)
		r = wrap(value_env_file(*f, env), "--env-file");
	for (char **v = o->env; r == 0 && v && *v; v++)
		r = wrap(value_env(*v, env), "--env");
	return r;
}

static int
exec_in(const struct engine *e, const struct exec_opts *o, const struct container *c, char **args)
{
	autostrv env = NULL;
	struct exec_how how = { .input = o->interactive && !o->detach, .detach = o->detach };
	struct exec_request req = {
		.args = args, .user = o->user, .working_dir = o->workdir,
		.tty = o->tty && !o->detach, .privileged = o->privileged,
	};
	bool told = false;
	int r = read_env(o, &env);

	if (r < 0)
		return r;
	req.env = env;
	r = container_exec(e, c, &req, &how, &told);
	if (!told)
		return r;
	r = r == -ENOENT ? EXIT_NOT_FOUND : r == -EACCES ? EXIT_NOT_EXECUTABLE : 1;
	/* The runtime had no streams to tell it on. */
	if (o->detach)
		return failed_with(r);
	print_hint();
	return r;
}

static int
exec_run(const void *e, const void *opts, char **args)
{
	const struct exec_opts *o = opts;
	struct container *c;
	int r = o->detach ? 0 : foreground_check(o->interactive, o->tty);

	if (r == 0)
		r = select_container(e, args[0], &c);
	if (r < 0)
		return r;
	r = exec_in(e, o, c, args + 1);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_exec = {
	.name = "exec", .args = "CONTAINER COMMAND...", .min = 2, .max = -1,
	.aliases = (const char *const[]){ "container exec", NULL },
	.summary = "run a further command in a container",
	.text = "The exit status is the command's; 126 and 127 are as for run.",
	.size = sizeof(struct exec_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(exec_opts, 'd', detach, "detach", "leave it to itself"),
		OPT_LIST(exec_opts, 'e', env, "env", "NAME[=VALUE]",
			 "a variable of the environment"),
		OPT_LIST(exec_opts, 0, env_file, "env-file", "FILE", "variables, a line each"),
		OPT_FLAG(exec_opts, 'i', interactive, "interactive", "hand on our input"),
		OPT_FLAG(exec_opts, 0, privileged, "privileged", "give it the rights that we have"),
		OPT_FLAG(exec_opts, 't', tty, "tty", "give it a terminal"),
		OPT_STRING(exec_opts, 'u', user, "user", "USER[:GROUP]",
			   "who it runs as, by name or number"),
		OPT_STRING(exec_opts, 'w', workdir, "workdir", "DIR",
			   "the directory that it starts in"),
		{ 0 } },
	.run = exec_run,
};
