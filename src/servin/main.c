#include "servin/commands.h"
#include "servin/missing.h"
#include "servin/output.h"

#include "engine/rootless.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/strv.h"

#include <fcntl.h>
#include <signal.h>

struct globals {
	const char *root, *state, *runtime;
	bool verbose, version;
	int exit_on_error;
};

static const struct opt global_opts[] = {
	OPT_STRING(globals, 0, root, "root", "DIR",
		   "where images, containers and volumes are kept"),
	OPT_STRING(globals, 0, state, "state", "DIR", "where the sockets of what runs are"),
	OPT_STRING(globals, 0, runtime, "runtime", "FILE", "the OCI runtime (default: ocirun)"),
	OPT_FLAG(globals, 'v', verbose, "verbose", "tell what is being done"),
	OPT_FLAG(globals, 0, verbose, "debug", "same as --verbose", .hidden = true),
	OPT_FLAG(globals, 0, version, "version", "print the version and exit"),
	{ 0 },
};

/* In the order in which help shows them. */
static const struct command *const commands[] = {
	/* containers */
	&cmd_run, &cmd_create, &cmd_update, &cmd_start, &cmd_stop, &cmd_restart, &cmd_kill,
	&cmd_pause, &cmd_unpause, &cmd_wait, &cmd_rm, &cmd_rename, &cmd_exec, &cmd_attach,
	&cmd_logs, &cmd_ls, &cmd_inspect, &cmd_container_inspect, &cmd_port,
	&cmd_cp, &cmd_diff, &cmd_commit, &cmd_export, &cmd_top, &cmd_stats,
	&cmd_container_prune,
	/* images */
	&cmd_images,
	&cmd_load,
	&cmd_import,
	&cmd_save,
	&cmd_tag,
	&cmd_rmi,
	&cmd_history,
	&cmd_image_inspect,
	&cmd_image_prune,
	&cmd_bundle,
	/* volumes */
	&cmd_volume_create, &cmd_volume_ls, &cmd_volume_inspect, &cmd_volume_rm, &cmd_volume_prune,
	/* the whole */
	&cmd_info, &cmd_events, &cmd_doctor, &cmd_version,
	&cmd_system_df, &cmd_system_prune,
	&cmd_completion,
	&cmd_help,
	NULL,
};

static const struct heading headings[] = {
	{ &cmd_run, "containers" },
	{ &cmd_images, "images" },
	{ &cmd_volume_create, "volumes" },
	{ &cmd_info, "servin itself" },
	{ 0 },
};

/* These do not need the store: they get an engine that is not open, with what the options say. */
static const struct command *const without_store[] = {
	&cmd_completion,
	&cmd_doctor,
	&cmd_help,
	&cmd_version,
	NULL,
};

static const struct live live[] = {
	{ "CONTAINER", "ls -a --format \"{{.Names}}\"", false },
	{ "IMAGE", "images --format \"{{.Repository}}:{{.Tag}}\"", false },
	{ "IMAGE|FILE", "images --format \"{{.Repository}}:{{.Tag}}\"", true },
	{ "CONTAINER:PATH|PATH|-", "ls -a --format \"{{.Names}}:\"", true },
	{ "VOLUME", "volume ls -q", false },
	{ "CONTAINER|IMAGE|VOLUME", "ls -a --format \"{{.Names}}\" 2>/dev/null;"
	  " servin images --format \"{{.Repository}}:{{.Tag}}\" 2>/dev/null;"
	  " servin volume ls -q", false },
	{ 0 },
};

const struct program servin = {
	.name = "servin", .version = SERVIN_VERSION, .section = "1",
	.summary = "containers from images, without a daemon",
	.description = manual_description, .text = manual_text,
	.live = live, .opts = global_opts, .letters = true,
	.commands = commands, .headings = headings,
};

static int
print_help(char *const *words)
{
	autostr out = { 0 };
	int r = words_help(&servin, words, &out);

	return r < 0 ? r : print(out.s);
}

static int
print_command_help(const struct command *c)
{
	autostr out = { 0 };

	command_help(&servin, c, &out);
	return print(out.s);
}

static int
print_version(void)
{
	autofree char *line = xasprintf("%s version %s\n", servin.name, servin.version);

	return print(line);
}

/* Those that only look: all others of a plain user need to be root of his user namespace. */
static const struct command *const without_namespace[] = {
	&cmd_container_inspect, &cmd_history, &cmd_image_inspect, &cmd_images, &cmd_inspect,
	&cmd_logs, &cmd_ls,
	NULL,
};

static bool
is_among(const struct command *c, const struct command *const *list)
{
	while (*list && *list != c)
		list++;
	return *list;
}

/* What was opened before belongs to mounts that we left: it is opened again. */
static int
enter_namespace(struct engine *e, const struct globals *g, int *lock)
{
	struct engine inside = { .runtime = e->runtime };

	*lock = rootless_enter(e);
	if (*lock < 0)
		return *lock;
	engine_done(e);
	*e = inside;
	return engine_open(e, g->root, g->state);
}

static int
open_engine(struct engine *e, const struct command *c, const struct globals *g, int *lock)
{
	int r = engine_open(e, g->root, g->state);

	if (r < 0 || geteuid() == 0 || is_among(c, without_namespace))
		return r;
	return enter_namespace(e, g, lock);
}

static int
run_with_engine(const struct command *c, const struct globals *g, const void *opts, char **args)
{
	struct engine e = {
		.root_fd = -EBADF, .state_fd = -EBADF, .runtime = g->runtime,
	};
	autoclose int lock = -EBADF;
	int r = 0;

	if (!is_among(c, without_store)) {
		r = open_engine(&e, c, g, &lock);
	} else {
		e.root = g->root ? xstrdup(g->root) : NULL;
		e.state = g->state ? xstrdup(g->state) : NULL;
	}
	if (r >= 0)
		r = c->run(&e, opts, args);
	engine_done(&e);
	return r;
}

/* What to do about a command line that is wrong. */
static int
usage_hint(int r, const char *command, char *const *words)
{
	const char *instead = missing_option(words);

	if (instead && strstr(err_words(), "unknown option"))
		return hint(r, "%s", instead);
	return hint(r, "\"%s help %s\" tells how it is used", servin.name, command);
}

static int
no_such_command(const char *word)
{
	const char *instead = missing_command(word);

	if (instead)
		return hint(fail_plain(EINVAL, "no command \"%s\"", word), "%s", instead);
	return hint(-EINVAL, "\"%s help\" lists the commands", servin.name);
}

static int
run_command(const struct command *c, struct globals *g, char **argv)
{
	autofree void *opts = xcalloc(1, c->size + 1);
	autostr name = { 0 };
	int r = command_parse(&servin, c, argv, opts);

	command_add_name(c, &name);
	if (r == -ECANCELED) {
		r = print_command_help(c);
	} else if (r < 0) {
		r = usage_hint(r, name.s, argv);
	} else {
		g->exit_on_error = c->exit_on_error ? c->exit_on_error : 1;
		r = run_with_engine(c, g, opts, argv);
	}
	opts_done(c->opts, opts);
	return wrap(r, "%s", name.s);
}

/* volume, volume --help */
static bool
is_group_alone(char *const *words)
{
	return program_has_group(&servin, words[0]) &&
	       (!words[1] || streq(words[1], "--help") || streq(words[1], "-h"));
}

/* The exit status, or -errno with words. */
static int
run(struct globals *g, char **argv)
{
	const struct command *c;
	size_t used;
	int r = program_parse(&servin, argv, g);

	log_open(&(const struct log_sink){
		.program = servin.name, .fd = STDERR_FILENO,
		.level = g->verbose ? LOG_DEBUG : LOG_WARNING,
	});
	if (r == -ECANCELED || (r >= 0 && !argv[0] && !g->version))
		return print_help((char *[]){ NULL });
	if (r < 0)
		return hint(r, "\"%s help\" lists the options", servin.name);
	if (g->version)
		return print_version();
	c = program_find_words(&servin, argv, &used);
	if (c)
		return run_command(c, g, argv + used);
	if (is_group_alone(argv))
		return print_help((char *[]){ argv[0], NULL });
	return no_such_command(argv[0]);
}

/* What comes from an image or a container may hold what a terminal obeys, C1 in UTF-8 too. */
static void
make_harmless(char *text)
{
	for (unsigned char *c = (unsigned char *)text; *c; c++)
		if (*c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0))
			*c = '?';
}

static void
add_harmless(struct str *out, const char *front, const char *words, size_t n)
{
	autofree char *text = xstrndup(words, n);

	make_harmless(text);
	str_addf(out, "%s: %s\n", front, text);
}

static void
add_hint(struct str *out)
{
	const char *line = strchr(err_words(), '\n');

	if (line)
		add_harmless(out, "hint", line + 1, strlen(line + 1));
}

/*
 * If nobody reads it any more, the exit status still tells.  What is started afterwards must not
 * inherit that.
 */
static void
write_error(const struct str *out)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	ssize_t ignored = write(STDERR_FILENO, out->s, out->len);

	(void)ignored;
	signal(SIGPIPE, before);
}

void
print_hint(void)
{
	autostr out = { 0 };

	add_hint(&out);
	if (out.len)
		write_error(&out);
}

/* Says the error once: the sentence, and what can be done on a line of its own. */
void
print_error(void)
{
	autostr out = { 0 };

	add_harmless(&out, servin.name, err_words(), strcspn(err_words(), "\n"));
	add_hint(&out);
	write_error(&out);
}

int
print_error_of(const char *verb)
{
	wrap(-EINVAL, "%s", verb);
	print_error();
	return EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	/* Until a command is found and understood it is the command line that is wrong. */
	struct globals g = { .exit_on_error = EXIT_ENGINE };
	int r = fds_fill_standard();

	/* Whoever ignores it makes his children ignore it, and they have nothing to wait for. */
	signal(SIGCHLD, SIG_DFL);
	if (r == 0)
		r = run(&g, argv + (argc > 0));
	if (r < 0)
		print_error();
	if (r <= -FAILED_WITH)
		return -r - FAILED_WITH;
	return r < 0 ? g.exit_on_error : r;
}
