/*
 * servin-image: reads what comes from others, for servin.  See engine/helper.h.
 *
 * What is printed is for servin: an answer on the standard output, and words of
 * an error, without our name in front, on standard error.
 */
#include "servin-image/verbs.h"

#include "base/cmd.h"
#include "base/err.h"
#include "base/parse.h"
#include "base/strv.h"

#include <linux/capability.h>
#include <stdio.h>

#define BIT(cap) (1ull << (cap))

/* All that makes a tree what its archive says, and nothing else. */
#define TREE_CAPS \
	(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) | \
	 BIT(CAP_MKNOD) | BIT(CAP_SETFCAP) | BIT(CAP_SYS_ADMIN) /* trusted.* attributes */)

static const struct opt opts[] = {
	OPT_STRING(verb_opts, 0, platform, "platform", "OS/ARCH[/VARIANT]", ""),
	OPT_UINT(verb_opts, 0, progress, "progress", "FD", "", .max = 1 << 20),
	OPT_STRING(verb_opts, 0, max_size, "max-size", "BYTES", ""),
	OPT_UINT(verb_opts, 0, max_entries, "max-entries", "N", ""),
	OPT_STRING(verb_opts, 0, digest, "digest", "DIGEST", ""),
	OPT_STRING(verb_opts, 0, diff_id, "diff-id", "DIGEST", ""),
	OPT_FLAG(verb_opts, 0, rootless, "rootless", ""),
	OPT_FLAG(verb_opts, 0, merge, "merge", ""),
	OPT_FLAG(verb_opts, 0, overlay, "overlay", ""),
	OPT_FLAG(verb_opts, 0, owners, "owners", ""),
	OPT_STRING(verb_opts, 0, compress, "compress", "none|gzip|zstd", ""),
	OPT_STRING(verb_opts, 0, name_in_tar, "name-in-tar", "NAME", ""),
	OPT_STRING(verb_opts, 0, rename, "rename", "NAME", ""),
	{ 0 },
};

static const struct verb {
	const char *name;
	int (*run)(const struct verb_opts *o, char **args);
	int args;
	struct confinement confinement;
	uint64_t keep_for_directory;	/* when fd 0 is one: who reads it must be able to */
} verbs[] = {
	{ "load", verb_load, 0, { .nobody = true, .only_below = true },
	  BIT(CAP_DAC_READ_SEARCH) },
	{ "unpack", verb_unpack, 0,
	  { .chroot = true, .only_below = true, .keep = TREE_CAPS }, 0 },
	{ "extract", verb_extract, 0,
	  { .chroot = true, .only_below = true, .keep = TREE_CAPS }, 0 },
	{ "pack", verb_pack, 1, { .chroot = true, .only_below = true,
	  .keep = BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_SYS_ADMIN) }, 0 },
	{ "archive", verb_archive, 0, { .only_below = true, .keep = BIT(CAP_DAC_READ_SEARCH) }, 0 },
	{ "compress", verb_compress, 0, { .nobody = true }, 0 },
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < countof(verbs); i++)
		if (streq(verbs[i].name, name))
			return verbs + i;
	fail(0, "usage: servin-image load|unpack|extract|pack|archive|compress; it is servin's");
	return NULL;
}

/* 1 TiB and ten million files are more than any image has, and end a bomb before the disk does. */
static int
set_caps(struct verb_opts *o)
{
	o->size_max = 1ull << 40;
	o->entries_max = o->max_entries.set ? o->max_entries.v : 10000000;
	return o->max_size ? wrap(parse_size(o->max_size, &o->size_max), "--max-size") : 0;
}

static int
run_verb(const struct verb *v, struct verb_opts *o, char **args)
{
	struct confinement c = v->confinement;
	struct stat st;
	int r = set_caps(o);

	if (r == 0 && (int)strv_len(args) > v->args)
		r = fail(0, "too many arguments");
	if (r < 0)
		return r;
	if (v->keep_for_directory && fstat(STDIN_FILENO, &st) == 0 && S_ISDIR(st.st_mode))
		c.keep |= v->keep_for_directory;
	r = confine(&c);
	return r < 0 ? r : v->run(o, args);
}

/* Names in archives may hold what a terminal obeys. */
static void
say_error(void)
{
	autofree char *words = str_utf8(err_words());

	for (char *c = words; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	fprintf(stderr, "%s\n", words);
}

int
main(int argc, char **argv)
{
	struct verb_opts o = { 0 };
	const struct verb *v = find_verb(argc > 1 ? argv[1] : "");
	int n = v ? opts_parse(opts, argv + 2, &o) : -EINVAL;
	int r = n < 0 ? n : run_verb(v, &o, argv + 2 + n);

	if (r == -ENOSPC || r == -EDQUOT)
		wrap(r, "there is no room left in the store");
	if (r < 0)
		say_error();
	return r < 0;
}
