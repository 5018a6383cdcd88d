#include "ocirun/criu-opts.h"

#include <limits.h>

struct checkpoint_words {
	struct checkpoint_opts o;
	struct opt_uint status_fd;
};

static int
checkpoint_run(const void *rt, const void *opts, char **args)
{
	const struct checkpoint_words *w = opts;
	struct checkpoint_opts o = w->o;

	o.id = args[0];
	o.status_fd = (int)w->status_fd.v;
	return runtime_checkpoint(rt, &o);
}

static const struct opt options[] = {
	CRIU_OPTS(checkpoint_words),
	OPT_FLAG(checkpoint_words, 0, o.leave_running, "leave-running",
		 "the container goes on afterwards"),
	OPT_FLAG(checkpoint_words, 0, o.pre_dump, "pre-dump",
		 "write memory only, for a later --parent-path; it goes on"),
	OPT_STRING(checkpoint_words, 0, o.parent, "parent-path", "DIR",
		   "images of a pre-dump, relative to the new ones"),
	OPT_STRING(checkpoint_words, 0, o.page_server, "page-server", "ADDRESS:PORT",
		   "who gets the memory, in the place of files"),
	OPT_UINT(checkpoint_words, 0, status_fd, "status-fd", "N",
		 "where criu writes a byte when it is ready for lazy pages", .max = INT_MAX),
	OPT_FLAG(checkpoint_words, 0, o.tcp_skip_in_flight, "tcp-skip-in-flight",
		 "leave out connections that are not yet established"),
	{ 0 },
};

const struct command cmd_checkpoint = {
	.name = "checkpoint", .args = "CONTAINER", .min = 1, .max = 1,
	.summary = "write the processes of a container into files, by criu(8)",
	.text = "The container must be running or paused. It is deleted afterwards, unless it\n"
		"is left running. Needs root, and criu 3.16 or later.\n"
		"\n"
		"An annotation org.criu.config names a file of further options for criu;\n"
		"without it /etc/criu/ocirun.conf or /etc/criu/runc.conf is taken if there is\n"
		"one. An empty annotation is no file.",
	.size = sizeof(struct checkpoint_words),
	.opts = options,
	.run = checkpoint_run,
};
