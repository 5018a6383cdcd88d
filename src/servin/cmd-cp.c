#include "servin/archive-out.h"
#include "servin/commands.h"
#include "servin/select.h"

#include "engine/copy.h"

#include "libocispec/document.h"

#include "base/err.h"

struct cp_opts { bool archive, follow_link, quiet; };

/* A word of the command line: CONTAINER:PATH, PATH, or "-". */
struct cp_word {
	struct copy_end end;
	struct container *c;
	bool is_tar;
};

static void
cp_word_done(struct cp_word *w)
{
	if (w->c)
		oci_free(&container_type, w->c);
}

/* What begins with "/" or "." is a path of this host, whatever follows. */
static int
read_word(const struct engine *e, const char *word, struct cp_word *w)
{
	const char *colon = strchr(word, ':');
	autofree char *name = colon ? xstrndup(word, (size_t)(colon - word)) : NULL;
	int r = 0;

	w->is_tar = streq(word, "-");
	w->end.path = word;
	if (colon && !strchr("/.", *word)) {
		w->end.path = colon + 1;
		r = select_container(e, name, &w->c);
		w->end.c = w->c;
	}
	if (r == 0 && !*w->end.path)
		r = fail(0, "%s: no path", word);
	return r;
}

struct to_tar {
	const struct engine *e;
	const struct copy_end *from;
	const struct copy_how *how;
};

static int
write_tar(void *arg, int out)
{
	const struct to_tar *t = arg;

	return copy_to_tar(t->e, t->from, t->how, out);
}

static int
copy(const struct engine *e, const struct cp_word *from, const struct cp_word *to,
     const struct copy_how *how)
{
	if (!from->c && !to->c)
		return hint(fail(0, "must specify at least one container source or destination"),
			    "a path in a container is CONTAINER:PATH");
	if (from->c && to->c)
		return hint(fail(0, "copying between containers is not supported"),
			    "servin cp CONTAINER:PATH - | servin cp - CONTAINER:PATH");
	if (to->is_tar)
		return archive_out(NULL, write_tar, &(struct to_tar){ e, &from->end, how });
	if (from->is_tar)
		return copy_from_tar(e, STDIN_FILENO, &to->end, how);
	return copy_files(e, &from->end, &to->end, how);
}

static int
cp_run(const void *e, const void *opts, char **args)
{
	const struct cp_opts *o = opts;
	struct copy_how how = { .owners = o->archive, .follow = o->follow_link };
	auto_(cp_word_done) struct cp_word from = { 0 }, to = { 0 };
	int r = read_word(e, args[0], &from);

	if (r == 0)
		r = read_word(e, args[1], &to);
	return r < 0 ? r : copy(e, &from, &to, &how);
}

const struct command cmd_cp = {
	.name = "cp", .args = "CONTAINER:PATH|PATH|- CONTAINER:PATH|PATH|-", .min = 2, .max = 2,
	.mixed = true,
	.aliases = (const char *const[]){ "container cp", NULL },
	.summary = "copy files into containers, and out of them",
	.text = "\"DIR/.\" is what a directory holds, without itself. A directory that is there "
		"gets the thing under its own name; what is not there gets the name that was "
		"said, in a directory that has to be there. \"-\" is a tar on standard input or "
		"output.\n\n"
		"Copies belong to root in a container and to you on this host, unless --archive "
		"is given. The container need not run: its volumes are reached all the same, but "
		"those below a directory that is copied are left out then.",
	.size = sizeof(struct cp_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(cp_opts, 'a', archive, "archive", "owners stay as they are"),
		OPT_FLAG(cp_opts, 'L', follow_link, "follow-link",
			 "copy what a link leads to, not the link"),
		OPT_FLAG(cp_opts, 'q', quiet, "quiet", "has no effect: nothing is told",
			 .hidden = true),
		{ 0 } },
	.run = cp_run,
};
