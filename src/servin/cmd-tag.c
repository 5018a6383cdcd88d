#include "servin/commands.h"

#include "engine/image.h"
#include "engine/reference.h"

#include "base/err.h"

static int
tag_run(const void *engine, const void *opts, char **args)
{
	auto_(image_done) struct image image = { 0 };
	auto_(reference_done) struct reference ref = { 0 };
	int r = image_find(engine, args[0], &image);

	(void)opts;
	if (r == 0)
		r = reference_parse(args[1], &ref);
	if (r == 0 && ref.digest)
		r = fail(0, "%s: a new name has a tag, not a digest", args[1]);
	if (r < 0)
		return r;
	autofree char *whole = reference_whole(&ref);
	return image_tag(engine, &image, whole);
}

const struct command cmd_tag = {
	.name = "tag", .args = "IMAGE NAME[:TAG]", .min = 2, .max = 2,
	.summary = "give an image another name",
	.aliases = (const char *const[]){ "image tag", NULL },
	.text = "Another image that had the name loses it. The tag is \"latest\" if none is"
		" given.",
	.run = tag_run,
};
