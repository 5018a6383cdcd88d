#include "ocirun/commands.h"

#include "base/err.h"
#include "base/words.h"

static int
mounts_run(const void *rt, const void *opts, char **args)
{
	static const struct word changes[] = {
		{ "add", MOUNTS_ADD }, { "remove", MOUNTS_REMOVE }, { 0 },
	};
	uint64_t change;

	(void)opts;
	if (!word_number(changes, args[0], &change))
		return fail(0, "wanted add or remove");
	int r = runtime_mounts(rt, args[1], args[2], (enum mounts_change)change);
	return wrap(r, "%s", args[1]);
}

const struct command cmd_mounts = {
	.name = "mounts", .args = "add|remove CONTAINER FILE", .min = 3, .max = 3,
	.summary = "mount or unmount in a container that runs",
	.text = "FILE has a JSON list of mounts as in config.json, or is - for standard input.\n"
		"\n"
		"add mounts all of them or, at an error, none. They are made of what the host\n"
		"has, and new ones only: nothing that is mounted is changed. remove looks at the\n"
		"destinations alone, and unmounts the last one first. What hides or protects\n"
		"files by maskedPaths or readonlyPaths, and what is below /proc, stays.",
	.run = mounts_run,
};
