#include "walk.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const target_names[] = { [TARGET_MAIN] = "main", [TARGET_CHILD] = "child" };

/* -- what is told -- */

static void
tell(struct walker *w, unsigned *count, const char *what, const char *more)
{
	char *call = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)w->out.call);
	char *file = text("%s.err", w->row->out), *said = read_text(file);

	said[strcspn(said, "\n")] = 0;
	char *line = text("BAD %s %s %s %lu %s(%ld): %s: %s[status %d: %s]\n", w->row->name,
			  target_names[w->fault.target], w->kind, w->fault.at, call ? call : "?",
			  w->out.call, what, more, w->out.status, said);
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		die("no output");
	__atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
	w->bad = true;
	free(line);
	free(said);
	free(file);
	free(call);
}

/* Tells what there is now and was not before; returns whether there is more. */
static bool
tell_more(struct walker *w, const struct sight *before, unsigned *count, const char *what)
{
	struct sight now = look(TOP, STATE, w->id);
	char *more = sight_more(&now, before);
	bool any = *more;

	if (any)
		tell(w, count, what, more);
	free(more);
	sight_done(&now);
	return any;
}

/* The first line that differs. */
static void
tell_difference(struct walker *w, unsigned *count, const char *what, const char *is,
		const char *want)
{
	const char *p = want, *q = is;

	while (*p && *p == *q)
		p++, q++;
	while (p > want && p[-1] != '\n')
		p--, q--;
	char *line = text("\"%.*s\" instead of \"%.*s\" ", (int)strcspn(q, "\n"), q,
			  (int)strcspn(p, "\n"), p);

	tell(w, count, what, line);
	free(line);
}

bool
await_processes(const struct walker *w, unsigned most, int ms)
{
	long end = now_ms() + ms;

	for (;;) {
		if (most == 0 && !reap())
			return true;
		struct sight s = look(TOP, STATE, w->id);
		sight_done(&s);
		if (s.processes <= most)
			return true;
		if (now_ms() > end)
			return false;
		usleep(2000);
	}
}

/* -- what a process saw -- */

static bool
is_kill(const struct walker *w)
{
	return !w->fault.error;
}

/* Who may make no device nodes gets those of the host: the same devices. */
static bool
is_other_view(const struct walker *w)
{
	return w->out.call == SYS_mknodat && w->fault.error == EPERM;
}

static void
compare_view(struct walker *w, const struct row *row, const char *what)
{
	const char *want = w->view[row - rows];
	char *is = read_view(w, row->view);

	if (strcmp(is, want))
		tell_difference(w, &w->sum->open, what, is, want);
	free(is);
}

/* Whatever has run, if only for a moment, had all that it was to have. */
static void
judge_what_ran(struct walker *w)
{
	const char *want = w->row->view ? w->view[w->row - rows] : "";
	char *is = w->row->view ? read_view(w, w->row->view) : text("%s", "");

	if (strncmp(is, want, strlen(is)) && !is_other_view(w))
		tell_difference(w, &w->sum->open, "FAIL-OPEN, though not successful", is, want);
	free(is);
}

/* -- what a command changes -- */

static void
compare_condition(struct walker *w, unsigned *count, const char *what, const char *want)
{
	char *is = w->row->condition(w);

	if (strcmp(is, want))
		tell_difference(w, count, what, is, want);
	free(is);
}

static bool
is_done(struct walker *w)
{
	char *is = w->row->condition(w);
	bool done = !strcmp(is, w->asked[w->row - rows]);

	free(is);
	return done;
}

/*
 * The runtime, or the process that does it, may have been killed between one half and the other;
 * the next one makes it whole.
 */
static void
judge_killed_change(struct walker *w)
{
	const size_t row = (size_t)(w->row - rows);
	char *is = w->row->condition(w);
	bool was = !strcmp(is, w->was[row]);

	free(is);
	if (!was && !is_done(w))
		__atomic_add_fetch(&w->sum->mixed, 1, __ATOMIC_RELAXED);
	if (!w->row->again)
		return;
	if (command(w, w->row->words, OUT_COMMAND, NULL).status)
		tell(w, &w->sum->other, "a second one fails", "");
	compare_condition(w, &w->sum->other, "a second one does not do all", w->asked[row]);
}

static void
judge_change(struct walker *w)
{
	const size_t row = (size_t)(w->row - rows);

	if (!w->row->condition)
		return;
	if (is_kill(w))
		judge_killed_change(w);
	else if (w->out.status && w->row->done && is_done(w))
		return;
	else if (w->out.status)
		compare_condition(w, &w->sum->left, "failed, and changed", w->was[row]);
	else
		compare_condition(w, &w->sum->open, "FAIL-OPEN: 0, not as asked", w->asked[row]);
}

/* -- what a command leaves -- */

/* It said that it had succeeded. */
static void
judge_success(struct walker *w, const struct sight *before)
{
	const char *name = w->row->name;

	unlink(PID_FILE);
	if (!strcmp(name, "create") && COMMAND(w, "start", "ID").status) {
		/* Init may die behind create; that is a container that has stopped. */
		if (w->fault.target == TARGET_CHILD && await_processes(w, 0, DYING_MS))
			return;
		tell(w, &w->sum->other, "created, but does not start", "");
	}
	if (!strcmp(name, "create") || !strcmp(name, "start"))
		if (!await_processes(w, 0, ENDING_MS))
			tell(w, &w->sum->other, "the container does not end", "");
	if (!strcmp(name, "exec-detached"))
		await_processes(w, before->processes, ENDING_MS);
	if (!strcmp(name, "kill") && !await_processes(w, 0, ENDING_MS))
		tell(w, &w->sum->other, "0, but not killed", "");
	/* One that was killed behind GO, and reaped by us, was started for all that start knows. */
	bool killed = !strcmp(name, "start") && w->fault.target == TARGET_CHILD && is_kill(w);
	if (killed)
		judge_what_ran(w);
	else if (w->row->view && !is_other_view(w))
		compare_view(w, w->row, "FAIL-OPEN");
	if (!strcmp(name, "run") || !strcmp(name, "delete"))
		tell_more(w, &w->nothing, &w->sum->left, "0, and left");
	else if (w->row->before == BEFORE_RUNNING)
		tell_more(w, before, &w->sum->left, "0, and left");
}

/* What went wrong then went wrong behind the container's end, and the pid file was right. */
static bool
has_run(const struct walker *w)
{
	char *view = read_view(w, OUT_CONTAINER);
	bool same = !strcmp(w->row->name, "run") && !strcmp(view, w->view[w->row - rows]);

	free(view);
	return same;
}

/*
 * A killed one may lose what it took from the host, and so may a run, which ends by a delete when
 * its start fails; but none leaves it there changed.
 */
static void
judge_host(struct walker *w)
{
	char *is = host_show();
	bool is_run = !strcmp(w->row->name, "run");
	bool may_lose = is_run || (is_kill(w) && w->fault.target == TARGET_MAIN);

	if (strcmp(is, w->host) && !(may_lose && !*is))
		tell_difference(w, &w->sum->left, "the host is another", is, w->host);
	free(is);
}

/* It says why, unless the fault was in saying it, or the C library did not even begin. */
static void
judge_words(struct walker *w)
{
	char *file = text("%s.err", w->row->out), *said = read_text(file);

	bool is_ours = w->out.status == 1 && !is_kill(w);
	if (is_ours && w->out.call != SYS_write && !strstr(said, "ocirun: "))
		tell(w, &w->sum->other, "failed without a word", "");
	free(said);
	free(file);
}

/* A command that fails leaves nothing new; and if the state is gone, nothing at all. */
static void
judge_failure(struct walker *w, const struct sight *before)
{
	judge_words(w);
	await_processes(w, before->processes, DYING_MS);
	if (has_run(w))
		unlink(PID_FILE);
	struct sight now = look(TOP, STATE, w->id);
	if (now.half && !is_kill(w))
		tell(w, &w->sum->left, "failed, and left", "half a file in the cache ");
	tell_more(w, now.state ? before : &w->nothing, &w->sum->left, "failed, and left");
	sight_done(&now);
	judge_what_ran(w);
	judge_host(w);
}

/* Once the record is complete the pid file is the caller's, as that of an exec always is. */
static void
take_pid_file(const struct walker *w)
{
	char *path = text(STATE "/%s/state.json", w->id), *record = read_text(path);

	if (!strstr(record, "\"phase\":\"creating\""))
		unlink(PID_FILE);
	free(record);
	free(path);
}

static void
judge_killed(struct walker *w, const struct sight *before)
{
	await_processes(w, w->row->before ? before->processes : 0, DYING_MS);
	struct sight now = look(TOP, STATE, w->id);
	char *more = sight_more(&now, before);

	if (*more)
		__atomic_add_fetch(&w->sum->right_after, 1, __ATOMIC_RELAXED);
	free(more);
	sight_done(&now);
	take_pid_file(w);
	judge_what_ran(w);
	judge_host(w);
}

static void
judge(struct walker *w, const struct sight *before)
{
	if (w->out.hung)
		tell(w, &w->sum->hangs, "HANG", "");
	else if (is_kill(w) && w->fault.target == TARGET_MAIN)
		judge_killed(w, before);
	else if (w->out.status)
		judge_failure(w, before);
	else
		judge_success(w, before);
	if (!w->out.hung)
		judge_change(w);
}

static void
judge_delete(struct walker *w)
{
	struct outcome first = COMMAND(w, "delete", "--force", "ID");
	char *said = read_text(OUT_COMMAND ".err");

	if (first.status)
		tell(w, &w->sum->after_delete, "delete --force fails", said);
	free(said);
	await_processes(w, 0, DYING_MS);
	if (tell_more(w, &w->nothing, &w->sum->after_delete, "left after delete --force"))
		return;
	if (COMMAND(w, "delete", "--force", "ID").status)
		tell(w, &w->sum->other, "a second delete --force fails", "");
}

static void
judge_reuse(struct walker *w)
{
	const struct row *run = row_of("run");

	host_make("again");
	struct outcome o = command(w, run->words, run->out, NULL);

	unlink(PID_FILE);
	if (o.status || o.hung) {
		char *said = read_text(OUT_CONTAINER ".err");

		tell(w, &w->sum->other, "the name cannot be used again", said);
		free(said);
		return;
	}
	compare_view(w, run, "FAIL-OPEN in the next container");
	tell_more(w, &w->nothing, &w->sum->other, "left by the next container");
	struct sight now = look(TOP, STATE, w->id);
	if (now.half)
		tell(w, &w->sum->other, "left by the next container", "half a file in the cache ");
	sight_done(&now);
}

void
judge_point(struct walker *w, const struct sight *before)
{
	judge(w, before);
	judge_delete(w);
	if (!w->bad)
		judge_reuse(w);
}
