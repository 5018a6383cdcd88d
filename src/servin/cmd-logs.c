#include "servin/commands.h"
#include "servin/human.h"
#include "servin/select.h"

#include "engine/logs.h"

#include "libocispec/document.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"

struct logs_opts {
	bool follow, timestamps, details;
	const char *tail, *since, *until;
};

static int
tell(void *arg, const struct log_entry *entry)
{
	const struct logs_opts *o = arg;
	bool is_error = entry->stream && streq(entry->stream, "stderr");
	autostr out = { 0 };

	if (o->timestamps)
		str_addf(&out, "%s ", entry->time);
	str_add(&out, entry->log);
	return fd_write_all(is_error ? STDERR_FILENO : STDOUT_FILENO, "output", out.s, out.len);
}

static int
read_time(const char *option, const char *text, struct clock_text *time, const char **bound)
{
	struct timespec t;
	int r;

	if (!text)
		return 0;
	r = human_parse_time(text, &t);
	if (r < 0)
		return wrap(r, "%s", option);
	*time = clock_text(&t);
	*bound = time->s;
	return 0;
}

static int
read_request(const struct logs_opts *o, struct logs_request *req, struct clock_text times[2])
{
	int r = 0;

	*req = (struct logs_request){
		.tail = -1, .follow = o->follow, .tell = tell, .arg = (void *)(uintptr_t)o };
	if (o->tail && !streq(o->tail, "all"))
		r = wrap(parse_int(o->tail, -1, INT64_MAX, &req->tail), "--tail");
	if (r == 0)
		r = read_time("--since", o->since, &times[0], &req->since);
	return r < 0 ? r : read_time("--until", o->until, &times[1], &req->until);
}

static int
logs_run(const void *e, const void *opts, char **args)
{
	struct logs_request req;
	struct clock_text times[2];
	struct container *c;
	int r = read_request(opts, &req, times);

	if (r == 0)
		r = select_container(e, args[0], &c);
	if (r < 0)
		return r;
	r = container_logs(e, c, &req);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_logs = {
	.name = "logs", .args = "CONTAINER", .min = 1, .max = 1, .mixed = true,
	.aliases = (const char *const[]){ "container logs", NULL },
	.summary = "print what a container has said",
	.size = sizeof(struct logs_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(logs_opts, 'f', follow, "follow", "and what it says, until it ends"),
		OPT_STRING(logs_opts, 'n', tail, "tail", "N", "the last N lines only"),
		OPT_STRING(logs_opts, 0, since, "since", "TIME",
			   "what was said since then: a time, or how long ago, such as 10m"),
		OPT_STRING(logs_opts, 0, until, "until", "TIME", "what was said until then"),
		OPT_FLAG(logs_opts, 't', timestamps, "timestamps", "with the time of each line"),
		OPT_FLAG(logs_opts, 0, details, "details", "has no effect", .hidden = true),
		{ 0 } },
	.run = logs_run,
};
