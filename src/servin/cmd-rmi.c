#include "servin/commands.h"

#include "servin/output.h"

#include "engine/image.h"
#include "engine/store.h"

#include "base/err.h"
#include "base/strv.h"

struct rmi_opts {
	bool force, no_prune;
};

static int
remove_one(const struct engine *e, const struct rmi_opts *o, const char *name)
{
	autostrv said = NULL;
	int r = image_remove(e, name, o->force ? IMAGE_REMOVE_FORCE : IMAGE_REMOVE_UNUSED, &said);

	for (char **line = said; r == 0 && line && *line; line++)
		r = print_line(*line);
	return r;
}

/* What nobody needs any more goes now, unless somebody is at work: then with the next removal. */
static void
collect(const struct engine *e)
{
	struct store_freed freed = { 0 };
	autowords words = err_keep();

	if (store_collect(e, STORE_TRY, &freed) == 0)
		for (char **id = freed.layers; id && *id; id++) {
			autofree char *line = xasprintf("Deleted: %s", *id);

			print_line(line);
		}
	strv_free(freed.layers);
}

static int
rmi_run(const void *engine, const void *opts, char **args)
{
	const struct rmi_opts *o = opts;
	int status = 0;

	/* The others go all the same.  As docker: with --force it is enough that one is gone. */
	for (; *args; args++) {
		int r = remove_one(engine, o, *args);

		if (r >= 0)
			continue;
		print_error_of("rmi");
		if (r != -ENOENT || !o->force)
			status = 1;
	}
	collect(engine);
	return status;
}

const struct command cmd_rmi = {
	.name = "rmi", .args = "IMAGE...", .min = 1, .max = -1, .mixed = true,
	.summary = "remove images, or names of them",
	.aliases = (const char *const[]){ "image rm", "image remove", NULL },
	.text = "A name goes; with its last name the image goes, unless a container uses"
		" it. With an ID the image goes. What is forced away while a container uses it"
		" stays on the disk until the container goes.",
	.size = sizeof(struct rmi_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(rmi_opts, 'f', force, "force", "all names of an ID, and used ones, too"),
		OPT_FLAG(rmi_opts, 0, no_prune, "no-prune", "taken for docker's sake",
			 .hidden = true),
		{ 0 },
	},
	.run = rmi_run,
};
