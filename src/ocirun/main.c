#include "ocirun/commands.h"
#include "ocirun/print.h"

#include "runtime/seccomp/compile.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/strv.h"

#include <fcntl.h>
#include <signal.h>

struct globals {
	const char *root, *log, *log_format, *log_level, *cgroup_manager, *criu, *ignored;
	bool debug, systemd_cgroup, version;
	/* What follows is no option. */
	char **argv;
	bool log_is_file;
	int exit_on_error;
};

#define CHOICES(...) .choices = (const char *const[]){ __VA_ARGS__, NULL }

static const struct opt global_opts[] = {
	OPT_STRING(globals, 'r', root, "root", "DIR", "where the states of containers are"),
	OPT_STRING(globals, 'l', log, "log", "FILE", "where errors go, besides standard error"),
	OPT_CHOICE(globals, 0, log_format, "log-format", "how they are written there",
		   CHOICES("text", "json")),
	OPT_CHOICE(globals, 0, log_level, "log-level", "what is logged: this and worse",
		   CHOICES("error", "warning", "debug")),
	OPT_FLAG(globals, 0, debug, "debug", "same as --log-level debug"),
	OPT_CHOICE(globals, 0, cgroup_manager, "cgroup-manager", "who makes cgroups",
		   CHOICES("cgroupfs", "systemd", "disabled")),
	OPT_FLAG(globals, 's', systemd_cgroup, "systemd-cgroup",
		 "same as --cgroup-manager systemd"),
	OPT_FLAG(globals, 'v', version, "version", "print the version and exit"),
	OPT_CHOICE(globals, 0, ignored, "rootless", "has no effect: it is seen", .hidden = true,
		   CHOICES("true", "false", "auto")),
	OPT_STRING(globals, 0, criu, "criu", "FILE", "the criu to call (default: criu in PATH)"),
	{ 0 },
};

static const struct command *const commands[] = {
	&cmd_create, &cmd_start, &cmd_run, &cmd_exec, &cmd_state, &cmd_kill, &cmd_delete, &cmd_list,
	&cmd_ps, &cmd_pause, &cmd_resume, &cmd_update, &cmd_mounts, &cmd_events,
	&cmd_checkpoint, &cmd_restore, &cmd_spec, &cmd_check, &cmd_features, &cmd_completion,
	&cmd_help, NULL,
};

const struct program ocirun = {
	.name = "ocirun", .version = OCIRUN_VERSION, .summary = "OCI container runtime",
	.description = manual_description, .text = manual_text,
	.live = (const struct live[]){ { .word = "CONTAINER", .command = "list -q" }, { 0 } },
	.opts = global_opts, .commands = commands,
};

static bool
is(const char *value, const char *word)
{
	return value && streq(value, word);
}

static enum log_level
level_of(const struct globals *g)
{
	if (g->debug || is(g->log_level, "debug"))
		return LOG_DEBUG;
	if (is(g->log_level, "warning"))
		return LOG_WARNING;
	/* podman wants a file with one record, the error. */
	return is(g->log_level, "error") || g->log ? LOG_ERROR : LOG_WARNING;
}

/* "file:PATH" is crun's way to say PATH. */
static int
open_log_file(const char *name)
{
	const char *path = str_after(name, "file:");

	if (str_after(name, "journald:") || str_after(name, "syslog:"))
		return fail(0, "--log %s: only files are supported", name);
	path = path ? path : name;
	if (streq(path, "/dev/stderr"))	/* a link, and an old habit */
		return STDERR_FILENO;
	/* The directory may be another's: no link of theirs leads us to a file of ours. */
	const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, flags, 0644);
	return fd < 0 ? fail(errno, "open %s", path) : fd;
}

static int
open_log(struct globals *g)
{
	struct log_sink sink = {
		.program = ocirun.name, .fd = STDERR_FILENO, .level = level_of(g),
		.format = is(g->log_format, "json") ? LOG_JSON : LOG_TEXT,
	};

	if (g->log && *g->log) {
		sink.fd = open_log_file(g->log);
		if (sink.fd < 0)
			return sink.fd;
		g->log_is_file = sink.fd != STDERR_FILENO;
	}
	log_open(&sink);
	return 0;
}

static struct runtime
runtime_of(const struct globals *g)
{
	struct runtime rt = { .root = g->root, .argv = g->argv, .criu = g->criu };

	/* Engines give both, and mean the manager. */
	if (is(g->cgroup_manager, "systemd") || (g->systemd_cgroup && !g->cgroup_manager))
		rt.manager = MANAGER_SYSTEMD;
	else if (is(g->cgroup_manager, "disabled"))
		rt.manager = MANAGER_DISABLED;
	return rt;
}

/* docker takes the last line with the word "version": there is one only. */
static int
print_version(void)
{
	autofree char *root = runtime_root();
	autostr out = { 0 };

	str_addf(&out, "%s version %s\n", ocirun.name, ocirun.version);
	str_addf(&out, "spec: %s\nrundir: %s\n", OCIRUN_SPEC_VERSION, root);
	str_addf(&out, "libseccomp: %s\n", libseccomp_version().s);
	return print(out.s);
}

static int
print_help(const struct command *c)
{
	autostr out = { 0 };

	if (c)
		command_help(&ocirun, c, &out);
	else
		program_help(&ocirun, &out);
	return print(out.s);
}

static int
parse_and_run(const struct command *c, struct globals *g, char **argv, void *opts)
{
	struct runtime rt = runtime_of(g);
	int n = opts_parse(c->opts, argv, opts);
	int r = n < 0 ? n : command_check_args(c, (int)strv_len(argv + n));

	if (n == -ECANCELED)
		return print_help(c);
	if (r < 0)
		return wrap(r, "%s", c->name);

	const char *first = argv[n];
	g->exit_on_error = c->exit_on_error ? c->exit_on_error : 1;
	r = c->run(&rt, opts, argv + n);
	return first ? wrap(r, "%s %s", c->name, first) : wrap(r, "%s", c->name);
}

static int
run_command(const struct command *c, struct globals *g, char **argv)
{
	autofree void *opts = xcalloc(1, c->size + 1);
	int r = parse_and_run(c, g, argv, opts);

	opts_done(c->opts, opts);
	return r;
}

/* What stands behind a mistake, up to the command: --log says where that is to be found. */
static void
parse_rest(struct globals *g, char **argv)
{
	autowords words = err_keep();

	for (; *argv && !program_find(&ocirun, *argv); argv++)
		opts_parse(global_opts, argv, g);
}

/* The exit status, or -errno with words. */
static int
run(struct globals *g, char **argv)
{
	const struct command *c;
	int n = opts_parse(global_opts, argv, g);

	if (n < 0 && n != -ECANCELED)
		parse_rest(g, argv);
	int r = open_log(g);
	if (r < 0)
		return r;
	if (n == -ECANCELED || (n >= 0 && !argv[n] && !g->version))
		return print_help(NULL);
	if (n < 0)
		return n;
	if (g->version)
		return print_version();
	c = program_find(&ocirun, argv[n]);
	return c ? run_command(c, g, argv + n + 1) : -EINVAL;
}

/* Says the error once: in the log, and on standard error if that is not the log. */
static void
report(const struct globals *g)
{
	const struct log_sink to_stderr = { .program = ocirun.name, .fd = STDERR_FILENO };

	/* If nobody reads it any more, the exit status still tells. */
	signal(SIGPIPE, SIG_IGN);
	log_error(err_words());
	if (!g->log_is_file)
		return;
	log_open(&to_stderr);
	log_error(err_words());
}

int
main(int argc, char **argv)
{
	struct globals g = { .argv = argv, .exit_on_error = 1 };
	int r = fds_fill_standard();

	/* Whoever ignores it makes his children ignore it, and they have nothing to wait for. */
	signal(SIGCHLD, SIG_DFL);
	if (r == 0)
		r = run(&g, argv + (argc > 0));
	if (r < 0)
		report(&g);
	return r < 0 ? g.exit_on_error : r;
}
