#include "engine/oci.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/log.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/strv.h"

#include <sys/mman.h>

#define ANSWER_MAX (16u << 20)

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
	autofree char *line = strv_join(*argv, " ");
	debug("%s", line);
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

/* Into a file without a name, so that nobody has to read while it is written. */
int
oci_ask(const struct engine *e, const struct container *c, const char *const *words,
	struct str *text)
{
	autoclose int file = memfd_create("answer", MFD_CLOEXEC);
	autofree char *said = NULL;
	size_t len;
	int r;

	if (file < 0)
		return fail(errno, "memfd_create");
	r = oci_run(e, c, &(struct oci_call){
		.words = words, .in = -EBADF, .out = file, .err = -EBADF });
	if (r == 0 && lseek(file, 0, SEEK_SET) < 0)
		r = fail(errno, "lseek");
	if (r == 0)
		r = fd_read_all(file, "the runtime's answer", ANSWER_MAX, &said, &len);
	if (r == 0)
		str_addn(text, said, len);
	return r;
}

struct pid_list {
	struct oci_uints pids;
};

static TYPE(pid_list, "processes",
	F_UINTS(pid_list, pids, "pids", .umax = INT32_MAX),
);

int
oci_pids(const struct engine *e, const struct container *c, pid_t **pids, size_t *n)
{
	const char *const words[] = { "ps", "--format", "json", c->id, NULL };
	struct pid_list list = { 0 };
	autostr text = { 0 }, object = { 0 };
	int r = oci_ask(e, c, words, &text);

	if (r < 0)
		return r;
	/* It is a bare list of numbers, or null. */
	str_addf(&object, "{\"pids\":%s}", text.s ? text.s : "null");
	r = oci_decode(&pid_list_type, &(struct oci_source){ "processes", object.s, object.len },
		       &list);
	if (r < 0)
		return r;
	*n = list.pids.n;
	*pids = xcalloc(*n + 1, sizeof(**pids));
	for (size_t i = 0; i < *n; i++)
		(*pids)[i] = (pid_t)list.pids.v[i];
	oci_done(&pid_list_type, &list);
	return 0;
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
