#include "ocirun/commands.h"

#include "base/err.h"

#include <limits.h>

struct exec_words {
	struct exec_opts o;
	char **env, **gids, **caps;
	struct opt_uint preserve_fds;
	bool ignored;
};

static int
check_env(char *const *env)
{
	for (; env && *env; env++)
		if (**env == '=' || !strchr(*env, '='))
			return fail(0, "--env: \"%s\" is not NAME=VALUE", *env);
	return 0;
}

static int
exec_run(const void *rt, const void *opts, char **args)
{
	const struct exec_words *w = opts;
	struct exec_opts o = w->o;
	int status = 0, r = check_env(w->env);

	if (r < 0)
		return r;
	if (!o.process && !args[1])
		return fail(0, "no command to execute");
	o.id = args[0];
	o.args = args + 1;
	o.env = w->env;
	o.additional_gids = w->gids;
	o.caps = w->caps;
	o.preserve_fds = (unsigned)w->preserve_fds.v;
	r = runtime_exec(rt, &o, &status);
	return r < 0 ? r : status;
}

static const struct opt options[] = {
	OPT_STRING(exec_words, 'p', o.process, "process", "FILE",
		   "a JSON file with a process object"),
	OPT_FLAG(exec_words, 't', o.tty, "tty", "give the command a terminal"),
	OPT_LIST(exec_words, 'e', env, "env", "NAME=VALUE", "add to the environment"),
	OPT_STRING(exec_words, 0, o.cwd, "cwd", "PATH", "the working directory"),
	OPT_STRING(exec_words, 'u', o.user, "user", "UID[:GID]", "who runs the command"),
	OPT_LIST(exec_words, 'g', gids, "additional-gids", "GID", "add a supplementary group"),
	OPT_LIST(exec_words, 'c', caps, "cap", "CAP", "add a capability"),
	OPT_FLAG(exec_words, 0, o.no_new_privs, "no-new-privs", "set no_new_privs"),
	OPT_STRING(exec_words, 0, o.apparmor, "apparmor", "PROFILE",
		   "the AppArmor profile"),
	OPT_STRING(exec_words, 0, o.process_label, "process-label", "LABEL",
		   "the SELinux label"),
	OPT_STRING(exec_words, 0, o.cgroup, "cgroup", "PATH", "a cgroup below the container's"),
	OPT_FLAG(exec_words, 'd', o.detach, "detach", "return once the command runs"),
	OPT_STRING(exec_words, 0, o.pid_file, "pid-file", "FILE",
		   "where to write the command's pid"),
	OPT_STRING(exec_words, 0, o.console_socket, "console-socket", "SOCKET",
		   "who gets the master of the terminal"),
	OPT_STRING(exec_words, 0, o.pidfd_socket, "pidfd-socket", "SOCKET",
		   "who gets a pidfd of the command"),
	OPT_UINT(exec_words, 0, preserve_fds, "preserve-fds", "N",
		 "hand on N descriptors from 3 on", .max = INT_MAX),
	OPT_FLAG(exec_words, 0, o.ignore_paused, "ignore-paused", "wait in a paused container"),
	OPT_FLAG(exec_words, 0, ignored, "no-subreaper", "has no effect", .hidden = true),
	{ 0 },
};

const struct command cmd_exec = {
	.name = "exec", .args = "CONTAINER [COMMAND [ARGUMENT...]]", .min = 1, .max = -1,
	.exit_on_error = 255,
	.summary = "run a further command in a container",
	.text = "What no option tells is as the container's configuration has it for its own\n"
		"program. With --process all of it comes from a file, and there is no\n"
		"COMMAND.\n"
		"\n"
		"The exit status is that of the command, 128 and the number of the signal\n"
		"that ended it, or 255 if it could not be run.",
	.size = sizeof(struct exec_words),
	.opts = options,
	.run = exec_run,
};
