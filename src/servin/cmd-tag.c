#include "servin/commands.h"

#include "engine/image.h"
#include "engine/reference.h"

#include "base/mem.h"

static int
tag_run(const void *engine, const void *opts, char **args)
{
	auto_(image_done) struct image image = { 0 };
	autofree char *whole = NULL;
	int r = image_find(engine, args[0], &image);

	(void)opts;
	if (r == 0)
		r = reference_new_name(args[1], &whole);
	return r < 0 ? r : image_tag(engine, &image, whole);
}

const struct command cmd_tag = {
	.name = "tag", .args = "IMAGE NAME[:TAG]", .min = 2, .max = 2,
	.summary = "give an image another name",
	.aliases = (const char *const[]){ "image tag", NULL },
	.text = "Another image that had the name loses it. The tag is \"latest\" if none is"
		" given.",
	.run = tag_run,
};
