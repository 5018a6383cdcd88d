#include "engine/oci.h"

#include "base/err.h"
#include "base/spawn.h"
#include "base/str.h"
#include "base/strv.h"

/* The one that the container was made with: another may not know its state. */
static int
find_runtime(const struct engine *e, const struct container *c, char **path)
{
	struct engine of_container = *e;

	if (has_text(c->host->runtime))
		of_container.runtime = c->host->runtime;
	return engine_find_runtime(&of_container, path);
}

int
oci_command(const struct engine *e, const struct container *c, const char *const *words,
	    char ***argv)
{
	char *path;
	int r = find_runtime(e, c, &path);

	if (r < 0)
		return r;
	strv_push(argv, path);
	strv_add(argv, "--root");
	strv_push(argv, xasprintf("%s/runtime", e->state));
	for (; *words; words++)
		strv_add(argv, *words);
	return 0;
}

/* Of "time=... level=error msg=\"...\"" the message: runc's form. */
static char *
message_of(const char *said)
{
	const char *msg = strstr(said, "msg=\"");
	autostr out = { 0 };

	if (!msg)
		return xstrdup(said);
	for (msg += strlen("msg=\""); *msg && *msg != '"'; msg++) {
		if (*msg == '\\' && msg[1])
			msg++;
		str_addc(&out, *msg);
	}
	return str_take(&out);
}

/*
 * The last line, without "ocirun: create ID: " in front; about a command that cannot be executed
 * there is nothing to be told before that.
 */
static char *
own_words(const char *said, const struct container *c)
{
	const char *line = strrchr(said, '\n');
	autofree char *front = xasprintf(" %s: ", c->id), *message = NULL;
	const char *after, *exec;

	line = line ? line + 1 : said;
	after = strstr(line, front);
	message = message_of(after ? after + strlen(front) : line);
	exec = strstr(message, "exec: \"");
	return exec ? xstrdup(exec) : take(message);
}

int
oci_words(const struct container *c, int code, const char *said)
{
	autofree char *words = own_words(said, c);

	return fail_plain(code, "%s", words);
}

/* What stands behind "PATH: exit status 1: ", if the runtime said anything. */
static const char *
said_in(const char *words)
{
	const char *status = strstr(words, "exit status ");
	const char *colon = status ? strstr(status, ": ") : NULL;

	return colon ? colon + 2 : words;
}

int
oci_run(const struct engine *e, const struct container *c, const struct oci_call *call)
{
	autostrv argv = NULL;
	int r = oci_command(e, c, call->words, &argv);

	if (r < 0)
		return r;
	r = spawn_run(&(struct spawn){
		.path = argv[0], .argv = argv, .input = call->input, .timeout_ms = -1,
		.in = call->in, .out = call->out, .err = call->err,
	});
	if (r < 0) {
		autofree char *words = xstrdup(err_words());
		r = oci_words(c, -r, said_in(words));
	}
	return r;
}

int
oci_verb(const struct engine *e, const struct container *c, const char *verb)
{
	const char *const words[] = { verb, c->id, NULL };

	return oci_run(e, c, &(struct oci_call){
		.words = words, .in = -EBADF, .out = -EBADF, .err = -EBADF });
}

int
oci_exec_failure(const char *words)
{
	static const struct { const char *text; int code; } said[] = {
		{ "executable file not found", ENOENT },
		{ "exec format error", EACCES },
		{ "is a directory", EACCES },
		{ "not a directory", EACCES },
		{ "permission denied", EACCES },
		{ "no such file or directory", ENOENT },
	};

	if (!strstr(words, "exec"))
		return 0;
	for (size_t i = 0; i < countof(said); i++)
		if (strcasestr(words, said[i].text))
			return said[i].code;
	return 0;
}
