#include "servin/archive-out.h"
#include "servin/commands.h"

#include "engine/image.h"

#include "base/str.h"

struct save_opts {
	const char *output, *format, *compress;
};

struct saving {
	const struct engine *e;
	const struct save_opts *o;
	char **names;
};

static int
save_to(void *arg, int out)
{
	const struct saving *s = arg;
	bool oci = s->o->format && streq(s->o->format, "oci-archive");

	return image_save(s->e, &(struct image_save){
		.names = s->names, .compress = s->o->compress, .out = out,
		.format = oci ? IMAGE_OCI_ARCHIVE : IMAGE_DOCKER_ARCHIVE,
	});
}

static int
save_run(const void *engine, const void *opts, char **args)
{
	const struct save_opts *o = opts;

	return archive_out(o->output, save_to, &(struct saving){ engine, o, args });
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
