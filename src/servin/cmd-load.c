#include "servin/commands.h"

#include "servin/output.h"
#include "servin/progress.h"

#include "engine/image.h"
#include "engine/reference.h"

#include "base/err.h"
#include "base/strv.h"

#include <fcntl.h>

struct load_opts {
	const char *input, *platform;
	bool quiet;
};

static int
say(char *const *names)
{
	int r = 0;

	for (; r == 0 && names && *names; names++) {
		autofree char *familiar = reference_familiar(*names);
		autofree char *line = digest_is_valid(*names) ?
				      xasprintf("Loaded image ID: %s", *names) :
				      xasprintf("Loaded image: %s", familiar);

		r = print_line(line);
	}
	return r;
}

static int
load_fd(const struct engine *e, const struct load_opts *o, int fd, const char *name)
{
	auto_(image_loaded_done) struct image_loaded loaded = { 0 };
	struct progress progress;
	struct image_load req = { .source = fd, .source_name = name, .platform = o->platform };

	progress_begin(&progress, o->quiet);
	if (progress.on) {
		req.progress = progress_show;
		req.arg = &progress;
	}
	int r = image_load(e, &req, &loaded);
	progress_end(&progress);
	return r < 0 ? r : say(loaded.names);
}

static int
load_one(const struct engine *e, const struct load_opts *o, const char *name)
{
	autoclose int fd = -EBADF;

	if (streq(name, "-")) {
		if (isatty(STDIN_FILENO))
			return hint(fail(0, "no archive: standard input is a terminal"),
				    "name a file: servin load -i FILE");
		return load_fd(e, o, STDIN_FILENO, name);
	}
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? fail(errno, "open %s", name) : load_fd(e, o, fd, name);
}

static int
load_run(const void *engine, const void *opts, char **args)
{
	const struct load_opts *o = opts;
	int r = 0;

	if (o->input || !args[0])
		r = load_one(engine, o, o->input ? o->input : "-");
	for (; r == 0 && *args; args++)
		r = load_one(engine, o, *args);
	return r;
}

const struct command cmd_load = {
	.name = "load", .args = "[FILE...]", .max = -1, .mixed = true,
	.summary = "read images from archives or directories",
	.aliases = (const char *const[]){ "image load", NULL },
	.text = "What is read may be an archive of docker save, an OCI archive or layout,"
		" or a root file system, as a tar file or a directory. Files may be compressed by"
		" gzip, zstd, xz or bzip2. Without a file, or with \"-\", it is standard"
		" input.\n\n"
		"A root file system has no name: it gets that of its file, localhost/FILE:latest.",
	.size = sizeof(struct load_opts),
	.opts = (const struct opt[]){
		OPT_STRING(load_opts, 'i', input, "input", "FILE", "the same as an argument"),
		OPT_STRING(load_opts, 0, platform, "platform", "OS/ARCH[/VARIANT]",
			   "of several images this one (default: that of this machine)"),
		OPT_FLAG(load_opts, 'q', quiet, "quiet", "show no progress"),
		{ 0 },
	},
	.run = load_run,
};
