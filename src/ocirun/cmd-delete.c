#include "ocirun/commands.h"
#include "ocirun/select.h"

struct delete_words {
	struct delete_opts o;
	bool regex;
};

static int
delete_one(const struct runtime *rt, const char *id, const void *opts)
{
	return runtime_delete(rt, id, opts);
}

static int
delete_run(const void *rt, const void *opts, char **args)
{
	const struct delete_words *w = opts;

	if (w->regex)
		return for_each_matching(rt, args[0], delete_one, &w->o);
	return delete_one(rt, args[0], &w->o);
}

static const struct opt options[] = {
	OPT_FLAG(delete_words, 'f', o.force, "force", "kill the container first if it runs"),
	OPT_FLAG(delete_words, 'r', regex, "regex", "CONTAINER is an extended regular expression"),
	{ 0 },
};

const struct command cmd_delete = {
	.name = "delete", .args = "CONTAINER", .min = 1, .max = 1,
	.summary = "remove what is left of a container",
	.text = "The container must be stopped or only created. With --force it is killed\n"
		"first, and one that does not exist is no error.",
	.size = sizeof(struct delete_words),
	.opts = options,
	.run = delete_run,
};
