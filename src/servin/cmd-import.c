#include "servin/commands.h"

#include "servin/output.h"
#include "servin/progress.h"

#include "engine/image-change.h"
#include "engine/image.h"
#include "engine/platform.h"
#include "engine/reference.h"

#include "base/err.h"
#include "base/strv.h"
#include "libocispec/document.h"

#include <fcntl.h>

struct import_opts {
	const char *message, *platform;
	char **changes;
	bool quiet;
};

/* What the options say. */
static int
make_config(const struct import_opts *o, struct oci_image *config)
{
	struct platform_words p;
	int r = platform_words(o->platform, &p);

	/* They are the configuration's from here on. */
	*config = (struct oci_image){ .os = p.os, .architecture = p.architecture,
				      .variant = p.variant };

	for (char **change = o->changes; r == 0 && change && *change; change++)
		r = image_change(&config->config, *change);
	return r;
}

static int
commit(const struct engine *e, const struct import_opts *o, struct image_commit *req)
{
	auto_(image_done) struct image image = { 0 };
	autofree char *digest = NULL;
	struct progress progress;

	progress_begin(&progress, o->quiet);
	if (progress.on) {
		req->progress = progress_show;
		req->arg = &progress;
	}
	int r = image_commit(e, req, &digest);
	progress_end(&progress);
	if (r == 0)
		r = image_find(e, digest, &image);
	return r < 0 ? r : print_line(image.id);
}

static int
import_fd(const struct engine *e, const struct import_opts *o, int fd, char **args)
{
	autofree char *whole = NULL, *from = xasprintf("imported from %s", args[0]);
	struct oci_image config = { 0 };
	struct oci_image_history history = {
		.comment = (char *)(uintptr_t)(o->message ? o->message : from),
	};
	int r = args[1] ? reference_new_name(args[1], &whole) : 0;

	if (r == 0)
		r = make_config(o, &config);
	if (r == 0)
		r = commit(e, o, &(struct image_commit){
			.layer = fd, .config = &config, .history = &history, .whole_name = whole,
		});
	oci_done(&oci_image_type, &config);
	return r;
}

static int
import_run(const void *engine, const void *opts, char **args)
{
	autoclose int fd = -EBADF;

	if (streq(args[0], "-"))
		return import_fd(engine, opts, STDIN_FILENO, args);
	fd = open(args[0], O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? fail(errno, "open %s", args[0]) : import_fd(engine, opts, fd, args);
}

const struct command cmd_import = {
	.name = "import", .args = "FILE|- [NAME[:TAG]]", .min = 1, .max = 2, .mixed = true,
	.summary = "make an image of a root file system's tar file",
	.aliases = (const char *const[]){ "image import", NULL },
	.text = "The file may be compressed. What is run in it is told by --change, an"
		" instruction of a Dockerfile: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL,"
		" USER, VOLUME or WORKDIR.\n\n"
		"\tservin import -c 'CMD [\"/bin/sh\"]' rootfs.tar.gz alpine:mine",
	.size = sizeof(struct import_opts),
	.opts = (const struct opt[]){
		OPT_LIST(import_opts, 'c', changes, "change", "INSTRUCTION", "carry it out"),
		OPT_STRING(import_opts, 'm', message, "message", "TEXT", "comment in the history"),
		OPT_STRING(import_opts, 0, platform, "platform", "OS/ARCH[/VARIANT]",
			   "what it runs on (default: this machine)"),
		OPT_FLAG(import_opts, 'q', quiet, "quiet", "show no progress"),
		{ 0 },
	},
	.run = import_run,
};
