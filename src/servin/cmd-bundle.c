#include "servin/commands.h"
#include "servin/run-opts.h"

#include "engine/bundle.h"
#include "engine/image.h"
#include "engine/store.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/strv.h"

static int
write_bundle(const struct engine *e, const struct run_opts *o, char **args, struct container *c)
{
	const struct image_load load = { .platform = o->platform };
	auto_(image_done) struct image image = { 0 };
	autoclose int use = store_use(e);
	int r = use < 0 ? use : image_of(e, args[0], &load, &image);

	return r < 0 ? r : bundle_write_alone(e, c, &image, args[1]);
}

/* The record's words are the image and the command; the directory stands between. */
static int
bundle_run(const void *e, const void *opts, char **args)
{
	struct container *c = xcalloc(1, sizeof(*c));
	autostrv words = strv_copy(args + 1);
	int r;

	free(words[0]);
	words[0] = xstrdup(args[0]);
	r = run_opts_container(opts, words, c);
	if (r == 0)
		r = write_bundle(e, opts, args, c);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_bundle = {
	.name = "bundle", .args = "IMAGE|FILE DIR [-- COMMAND [ARGUMENT...]]",
	.min = 2, .max = -1, .mixed = true,
	.summary = "write a bundle that any OCI runtime runs",
	.text = "DIR gets config.json, the root file system in rootfs, and the files that are"
		" mounted over /etc/hosts, /etc/hostname and /etc/resolv.conf. It stands alone: it"
		" needs neither servin nor the image any more. The same image and options give the"
		" same bytes, times included, on the same host; SOURCE_DATE_EPOCH sets the time of"
		" the files that are not the image's.\n"
		"\n"
		"What the image calls volumes are directories of the root file system.\n"
		"\n"
		"\tservin bundle alpine.tar web --memory 64m -- sh -c 'echo hello'\n"
		"\tocirun run --bundle web web",
	.size = sizeof(struct run_opts),
	.opts = (const struct opt[]){ RUN_OPTS, { 0 } },
	.run = bundle_run,
};
