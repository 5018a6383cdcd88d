#include "ocirun/commands.h"

#include "base/err.h"
#include "base/file.h"

struct spec_opts {
	const char *bundle, *file;
	bool rootless;
};

static int
write_new(int dir, const char *name, const char *text)
{
	autoclose int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0)
		return fail(errno, "create %s", name);

	int r = fd_write_all(fd, name, text, strlen(text));
	if (r < 0)
		unlinkat(dir, name, 0);
	return r;
}

static int
spec_run(const void *rt, const void *opts, char **args)
{
	const struct spec_opts *o = opts;
	const char *bundle = o->bundle ? o->bundle : ".";
	autoclose int dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)rt, (void)args;
	if (dir < 0)
		return fail(errno, "open %s", bundle);
	autofree char *text = runtime_example(o->rootless);
	return write_new(dir, o->file ? o->file : "config.json", text);
}

static const struct opt options[] = {
	OPT_STRING(spec_opts, 'b', bundle, "bundle", "DIR",
		   "where to write it (default: the working directory)"),
	OPT_STRING(spec_opts, 'f', file, "file", "FILE", "its name (default: config.json)"),
	OPT_FLAG(spec_opts, 0, rootless, "rootless",
		 "for a user without privileges, whose own ID becomes root's"),
	{ 0 },
};

const struct command cmd_spec = {
	.name = "spec", .max = 0,
	.summary = "write an example of a configuration",
	.text = "It runs sh, at a terminal, in the root file system rootfs of the bundle. A\n"
		"file that exists is left as it is.",
	.size = sizeof(struct spec_opts),
	.opts = options,
	.run = spec_run,
};
