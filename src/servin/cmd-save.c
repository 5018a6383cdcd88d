#include "servin/commands.h"

#include "engine/image.h"

#include "base/err.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

struct save_opts {
	const char *output, *format, *compress;
};

static int
save_to(const struct engine *e, const struct save_opts *o, char **names, int out)
{
	bool oci = o->format && streq(o->format, "oci-archive");

	return image_save(e, &(struct image_save){
		.names = names, .compress = o->compress, .out = out,
		.format = oci ? IMAGE_OCI_ARCHIVE : IMAGE_DOCKER_ARCHIVE,
	});
}

/* A device or a pipe; else an archive takes its name when it is whole. */
static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int
save_special(const struct engine *e, const struct save_opts *o, char **names)
{
	autoclose int fd = open(o->output, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? fail(errno, "open %s", o->output) : save_to(e, o, names, fd);
}

static int
save_file(const struct engine *e, const struct save_opts *o, char **names)
{
	autofree char *part = xasprintf("%s.part", o->output);
	autoclose int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);

	if (fd < 0)
		return fail(errno, "create %s", part);
	int r = save_to(e, o, names, fd);
	if (r == 0 && rename(part, o->output) < 0)
		r = fail(errno, "rename %s to %s", part, o->output);
	if (r < 0)
		unlink(part);
	return r;
}

static int
save_run(const void *engine, const void *opts, char **args)
{
	const struct save_opts *o = opts;

	if (o->output && !streq(o->output, "-"))
		return is_special(o->output) ? save_special(engine, o, args) :
					       save_file(engine, o, args);
	if (isatty(STDOUT_FILENO))
		return hint(fail(0, "an archive is nothing for a terminal"),
			    "name a file: servin save -o FILE IMAGE");
	return save_to(engine, o, args, STDOUT_FILENO);
}

const struct command cmd_save = {
	.name = "save", .args = "IMAGE...", .min = 1, .max = -1, .mixed = true,
	.summary = "write images to an archive",
	.aliases = (const char *const[]){ "image save", NULL },
	.text = "The archive is one for \"docker load\" that is an OCI archive, too, as"
		" newer docker writes it; with --format oci-archive it is only the latter. Layers"
		" are written as they came, unless --compress says how.",
	.size = sizeof(struct save_opts),
	.opts = (const struct opt[]){
		OPT_STRING(save_opts, 'o', output, "output", "FILE",
			   "write to it instead of standard output"),
		OPT_CHOICE(save_opts, 0, format, "format", "kind of the archive",
			   .choices = (const char *const[]){ "docker-archive", "oci-archive",
							     NULL }),
		OPT_CHOICE(save_opts, 0, compress, "compress", "compression of the layers",
			   .choices = (const char *const[]){ "none", "gzip", "zstd", NULL }),
		{ 0 },
	},
	.run = save_run,
};
