#include "kernel/processes.h"

#include "kernel/procinfo.h"

#include "base/err.h"
#include "base/file.h"
#include "base/strv.h"
#include "base/table.h"

#include <spawn.h>
#include <sys/wait.h>

#define PS_OUTPUT_MAX (64u << 20)

/* Of today the hour, else the day. */
static char *
start_text(time_t started)
{
	time_t now = time(NULL);
	struct tm then, today;
	char text[16];

	localtime_r(&started, &then);
	localtime_r(&now, &today);
	bool same_day = then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
	strftime(text, sizeof(text), same_day ? "%H:%M" : "%b%d", &then);
	return xstrdup(text);
}

static void
add_process(struct table *t, const struct procinfo *p)
{
	unsigned long s = p->cpu_seconds;

	table_add(t, xasprintf("%u", p->uid));
	table_add(t, xasprintf("%d", (int)p->pid));
	table_add(t, xasprintf("%d", (int)p->ppid));
	table_add(t, xasprintf("%u", p->cpu_percent));
	table_add(t, start_text(p->started));
	table_add(t, procinfo_tty(p));
	table_add(t, xasprintf("%02lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60));
	table_add(t, xstrdup(p->command));
}

int
processes_table(const struct processes *list, struct str *out)
{
	static const char *const titles[] = {
		"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD",
	};
	autotable t = { .columns = countof(titles) };

	for (size_t i = 0; i < countof(titles); i++)
		table_add(&t, xstrdup(titles[i]));
	for (size_t i = 0; i < list->n; i++) {
		autoprocinfo p = { 0 };
		int r = procinfo_read(list->pid[i], &p);

		if (r == -ENOENT || r == -ESRCH)	/* it has ended since */
			continue;
		if (r < 0)
			return r;
		add_process(&t, &p);
	}
	table_text(&t, 0, out);
	return 0;
}

/* --- by ps(1) ---------------------------------------------------------------------------- */

/* *text is what it prints. */
static int
run_ps(char *const *options, char **text)
{
	autostrv argv = strv_copy(options);
	posix_spawn_file_actions_t actions;
	int ends[2], status, r;
	pid_t pid;

	strv_insert(&argv, 0, "ps");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	autoclose int from = ends[0], to = ends[1];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
	r = posix_spawnp(&pid, "ps", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(take_fd(to));
	if (r != 0)
		return fail(r, "ps");

	r = fd_read_all(from, "the output of ps", PS_OUTPUT_MAX, text, NULL);
	waitpid(pid, &status, 0);
	if (r == 0 && status != 0)
		return fail(0, "ps failed");
	return r;
}

/* The number in that field of the line, counted from 0; -1 if there is none. */
static long
field_number(const char *line, int field)
{
	for (; field >= 0; field--) {
		line += strspn(line, " ");
		if (field == 0)
			return strtol(line, NULL, 10);
		line += strcspn(line, " ");
	}
	return -1;
}

/* Which field of the head of ps's table is PID; -1 if none. */
static int
pid_field(const char *head)
{
	int field = 0;

	for (head += strspn(head, " "); *head && *head != '\n'; field++) {
		size_t n = strcspn(head, " \n");

		if (n == 3 && strncmp(head, "PID", 3) == 0)
			return field;
		head += n + strspn(head + n, " ");
	}
	return -1;
}

static bool
has_pid(const struct processes *list, long pid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->pid[i] == pid)
			return true;
	return false;
}

int
processes_by_ps(const struct processes *list, char *const *options, struct str *out)
{
	autofree char *text = NULL;
	int field, r = run_ps(options, &text);
	size_t n;

	if (r < 0)
		return r;
	field = pid_field(text);
	if (field < 0)
		return fail(0, "ps prints no column PID with these options");
	for (const char *line = text; *line; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (line == text || has_pid(list, field_number(line, field)))
			str_addn(out, line, n);
	}
	return 0;
}
