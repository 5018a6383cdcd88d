#include "servin/archive-out.h"
#include "servin/commands.h"
#include "servin/select.h"

#include "engine/events.h"
#include "engine/tar.h"

#include "libocispec/document.h"

#include "base/err.h"

struct export_opts { const char *output; };

static int
write_root(void *root, int out)
{
	return tar_pack(&(struct tar_packing){ .dir = *(const int *)root, .out = out });
}

static int
export_run(const void *e, const void *opts, char **args)
{
	const struct export_opts *o = opts;
	struct container *c;
	int r = select_container(e, args[0], &c);

	if (r < 0)
		return r;
	autoclose int root = container_root_alone(e, c);
	r = root < 0 ? root : archive_out(o->output, write_root, &root);
	if (r == 0)
		event_add(e, "container", "export", c->id, "name", c->name, NULL);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_export = {
	.name = "export", .args = "CONTAINER", .min = 1, .max = 1, .mixed = true,
	.aliases = (const char *const[]){ "container export", NULL },
	.summary = "write the files of a container to an archive",
	.text = "A tar of its whole root file system, for import; what is mounted in it, volumes "
		"say, is left out.",
	.size = sizeof(struct export_opts),
	.opts = (const struct opt[]){
		OPT_STRING(export_opts, 'o', output, "output", "FILE",
			   "write to it instead of standard output"),
		{ 0 } },
	.run = export_run,
};
