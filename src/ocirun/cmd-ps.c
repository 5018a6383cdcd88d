#include "ocirun/commands.h"
#include "ocirun/print.h"
#include "ocirun/procinfo.h"

#include "base/err.h"
#include "base/file.h"

#include <spawn.h>
#include <sys/wait.h>

#define PS_OUTPUT_MAX (64u << 20)

struct ps_opts {
	const char *format;
};

struct pids {
	pid_t *pid;
	size_t n;
};

static int
print_json(const struct pids *pids)
{
	autostr out = { 0 };

	for (size_t i = 0; i < pids->n; i++)
		str_addf(&out, "%c%d", i ? ',' : '[', (int)pids->pid[i]);
	str_add(&out, pids->n ? "]\n" : "null\n");
	return print(out.s);
}

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

static int
print_processes(const struct pids *pids)
{
	static const char *const titles[] = {
		"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD",
	};
	autotable t = { .columns = countof(titles) };

	for (size_t i = 0; i < countof(titles); i++)
		table_add(&t, xstrdup(titles[i]));
	for (size_t i = 0; i < pids->n; i++) {
		autoprocinfo p = { 0 };
		int r = procinfo_read(pids->pid[i], &p);

		if (r == -ENOENT || r == -ESRCH)	/* it has ended since */
			continue;
		if (r < 0)
			return r;
		add_process(&t, &p);
	}
	return table_print(&t);
}

/* Runs ps with the arguments of the caller; *text is what it prints. */
static int
run_ps(char **args, char **text)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status, r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	autoclose int from = ends[0], to = ends[1];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
	r = posix_spawnp(&pid, "ps", &actions, NULL, args, environ);
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
has_pid(const struct pids *pids, long pid)
{
	for (size_t i = 0; i < pids->n; i++)
		if (pids->pid[i] == pid)
			return true;
	return false;
}

/* The head of the table, and the lines that concern the container. */
static int
print_ours(const struct pids *pids, const char *text)
{
	int field = pid_field(text);
	autostr out = { 0 };
	size_t n;

	if (field < 0)
		return fail(0, "ps prints no column PID with these options");
	for (const char *line = text; *line; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (line == text || has_pid(pids, field_number(line, field)))
			str_addn(&out, line, n);
	}
	return print(out.s);
}

static int
ps_run(const void *rt, const void *opts, char **args)
{
	const struct ps_opts *o = opts;
	autofree pid_t *list = NULL;
	autofree char *text = NULL;
	struct pids pids = { 0 };
	int r = runtime_pids(rt, args[0], &list, &pids.n);

	if (r < 0)
		return r;
	pids.pid = list;
	if (o->format && streq(o->format, "json"))
		return print_json(&pids);
	if (!args[1])
		return print_processes(&pids);
	args[0] = (char *)"ps";
	r = run_ps(args, &text);
	return r < 0 ? r : print_ours(&pids, text);
}

static const struct opt options[] = {
	OPT_CHOICE(ps_opts, 'f', format, "format", "how to print them",
		   .choices = (const char *const[]){ "table", "json", NULL }),
	{ 0 },
};

const struct command cmd_ps = {
	.name = "ps", .args = "CONTAINER [PS-OPTION...]", .min = 1, .max = -1,
	.summary = "list the processes of a container",
	.text = "The pids and user ids are those of the host. With options for ps(1) it is\n"
		"that program which prints, and its lines about other processes are left out.",
	.size = sizeof(struct ps_opts),
	.opts = options,
	.run = ps_run,
};
