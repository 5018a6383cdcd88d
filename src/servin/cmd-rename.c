#include "servin/commands.h"
#include "servin/select.h"

#include "libocispec/document.h"

static int
rename_run(const void *e, const void *opts, char **args)
{
	struct container *c;
	int r = select_container(e, args[0], &c);

	(void)opts;
	if (r < 0)
		return r;
	r = container_rename(e, c, args[1]);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_rename = {
	.name = "rename", .args = "CONTAINER NAME", .min = 2, .max = 2,
	.aliases = (const char *const[]){ "container rename", NULL },
	.summary = "give a container another name",
	.run = rename_run,
};
