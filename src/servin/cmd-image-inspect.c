#include "servin/commands.h"

#include "servin/images.h"
#include "servin/output.h"

#include "base/err.h"
#include "libocispec/document.h"

struct inspect_opts {
	const char *format;
};

static int
add_view(const struct engine *e, const char *name, struct image_view **view)
{
	auto_(image_done) struct image image = { 0 };
	int r = image_find(e, name, &image);

	if (r == 0)
		*view = image_view(&image);
	return r;
}

static int
inspect_run(const void *engine, const void *opts, char **args)
{
	const struct inspect_opts *o = opts;
	struct image_view **views;
	size_t n = 0;
	int r = 0;

	while (args[n])
		n++;
	views = xcalloc(n + 1, sizeof(*views));
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_view(engine, args[i], &views[i]);
	if (r == 0)
		r = inspect_print(&image_view_type, o->format, (void *const *)views);
	oci_free_list(&image_view_type, (void **)views);
	return r;
}

const struct command cmd_image_inspect = {
	.name = "inspect", .group = "image", .args = "IMAGE...", .min = 1, .max = -1, .mixed = true,
	.summary = "show all that is known of images",
	.size = sizeof(struct inspect_opts),
	.opts = (const struct opt[]){
		OPT_STRING(inspect_opts, 'f', format, "format", "TEMPLATE",
			   "json, or a template such as {{.Config.Cmd}}"),
		{ 0 },
	},
	.run = inspect_run,
};
