#include "servin/commands.h"
#include "servin/output.h"
#include "servin/select.h"

#include "engine/commit.h"
#include "engine/reference.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/log.h"

struct commit_opts {
	const char *author, *message, *pause;
	char **changes;
	bool no_pause;
};

static enum commit_pause
pause_of(const struct commit_opts *o)
{
	if (o->no_pause)
		return COMMIT_RUNNING;
	if (!o->pause)
		return COMMIT_MAY_PAUSE;
	return streq(o->pause, "true") ? COMMIT_MUST_PAUSE : COMMIT_RUNNING;
}

static int
commit(const struct engine *e, const struct container *c, const struct commit_request *req)
{
	struct committed made = { 0 };
	int r = container_commit(e, c, req, &made);

	if (r == 0 && made.went_on)
		warn("container %s could not be paused: it went on meanwhile", c->name);
	if (r == 0)
		r = print_line(made.id);
	free(made.id);
	return r;
}

static int
commit_run(const void *e, const void *opts, char **args)
{
	const struct commit_opts *o = opts;
	autofree char *whole = NULL;
	struct commit_request req = {
		.author = o->author, .message = o->message, .changes = o->changes,
		.pause = pause_of(o),
	};
	struct container *c;
	int r = args[1] ? reference_new_name(args[1], &whole) : 0;

	req.whole_name = whole;
	if (r == 0)
		r = select_container(e, args[0], &c);
	if (r < 0)
		return r;
	r = commit(e, c, &req);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_commit = {
	.name = "commit", .args = "CONTAINER [NAME[:TAG]]", .min = 1, .max = 2, .mixed = true,
	.aliases = (const char *const[]){ "container commit", NULL },
	.summary = "make an image of a container",
	.text = "What the container has changed is one more layer of its image; volumes and "
		"other mounts are no part of it. The image is run as the container was, unless "
		"--change says otherwise: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, "
		"VOLUME or WORKDIR, as in a Dockerfile.",
	.size = sizeof(struct commit_opts),
	.opts = (const struct opt[]){
		OPT_STRING(commit_opts, 'a', author, "author", "TEXT", "who made it"),
		OPT_LIST(commit_opts, 'c', changes, "change", "INSTRUCTION", "carry it out"),
		OPT_STRING(commit_opts, 'm', message, "message", "TEXT", "comment in the history"),
		OPT_FLAG(commit_opts, 0, no_pause, "no-pause", "do not pause it meanwhile"),
		OPT_CHOICE(commit_opts, 'p', pause, "pause", "whether to pause it meanwhile",
			   .choices = (const char *const[]){ "true", "false", NULL },
			   .alone = "true"),
		{ 0 } },
	.run = commit_run,
};
