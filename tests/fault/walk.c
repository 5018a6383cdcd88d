/*
 * walk [OPTIONS] RUNTIME BUNDLE: the walk over every system call of every command.
 *
 *	--commands LIST   of those in rows.c
 *	--targets LIST    of main,child
 *	--faults LIST     of kill,ENOMEM,EIO,EPERM,EINTR,ENOSPC,EMFILE
 *	--every N         each Nth call only
 *	--only N          this call only, with what the command said
 *	--jobs N          so many at once (2)
 *
 * BUNDLE has a config.json whose program is /view, and wait.json, the same
 * with `/view wait`, and mounts.json; perhaps update.json, and a program `host`
 * (walk.h).  Prints a line for each bad point and a table; the exit status is 0
 * only if no point was bad.
 *
 * In the table `after` and `mixed` are no faults but figures: how often a kill
 * left something to `delete --force`, or a change half done.
 */
#include "walk.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct kind { const char *name; int error; } kinds[] = {
	{ "kill", 0 }, { "ENOMEM", ENOMEM }, { "EIO", EIO }, { "EPERM", EPERM }, { "EINTR", EINTR },
	{ "ENOSPC", ENOSPC }, { "EMFILE", EMFILE },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static struct {
	const char *commands, *targets, *faults;
	unsigned long every, only, jobs;
	const char *runtime, *bundle;
} opts = { .every = 1, .jobs = 2 };

static struct sum *sums;

/* A walk is a row, a target and a fault. */
#define WALKS (n_rows * 2 * KINDS)
#define ROW_OF(walk) (rows + (walk) / KINDS / 2)
#define TARGET_OF(walk) ((enum target)((walk) / KINDS % 2))
#define KIND_OF(walk) (kinds + (walk) % KINDS)

/* -- preparation -- */

static void
new_name(struct walker *w)
{
	free(w->id);
	w->id = text("servin-fault-%d-%u", getpid(), w->generation++);
}

static void
prepare(struct walker *w, const struct row *row)
{
	static const char *const create[WORDS_MAX] = { "create", "--bundle", BUNDLE, "ID" };
	static const char *const run[WORDS_MAX] = {
		"run", "--detach", "--bundle", BUNDLE, "--config", BUNDLE "/wait.json", "ID"
	};

	unlink(PID_FILE);
	host_make("make");
	if (row->before == BEFORE_CREATED)
		must(command(w, create, OUT_CONTAINER, NULL), "create", OUT_CONTAINER);
	if (row->before == BEFORE_RUNNING)
		must(command(w, run, OUT_COMMAND, NULL), "run", OUT_COMMAND);
	if (row->prepared[0])
		must(command(w, row->prepared, OUT_COMMAND, NULL), row->prepared[0], OUT_COMMAND);
}

static void
clear(struct walker *w)
{
	COMMAND(w, "delete", "--force", "ID");
	clear_away(w->id);
	new_name(w);
	/* What was left once must not be found again. */
	sight_done(&w->nothing);
	w->nothing = look(TOP, STATE, w->id);
}

static void
show(const struct walker *w)
{
	char *file = text("%s.err", w->row->out), *said = read_text(file);

	printf("%s %s %s %lu: status %d\n%s", w->row->name, target_names[w->fault.target],
	       w->kind, w->fault.at, w->out.status, said);
	free(said);
	free(file);
}

/* Returns false when the command has ended before the call. */
static bool
walk_point(struct walker *w, unsigned long at)
{
	w->fault.at = at;
	w->bad = false;
	prepare(w, w->row);
	w->host = host_show();
	struct sight before = look(TOP, STATE, w->id);
	/* Who does what start asks for is no child of start. */
	bool has_init = w->row->before == BEFORE_CREATED && w->fault.target == TARGET_CHILD;
	w->fault.also = has_init ? any_child() : 0;
	w->out = command(w, w->row->words, w->row->out, &w->fault);
	if (opts.only)
		show(w);
	if (w->out.hit) {
		__atomic_add_fetch(&w->sum->points, 1, __ATOMIC_RELAXED);
		judge_point(w, &before);
	}
	if (w->bad || !w->out.hit)
		clear(w);
	sight_done(&before);
	free(w->host);
	unlink(PID_FILE);
	return w->out.hit;
}

static void
walk(struct walker *w, unsigned long first)
{
	unsigned long step = opts.jobs * opts.every;

	if (opts.only)
		walk_point(w, opts.only);
	else
		for (unsigned long at = 1 + first * opts.every; walk_point(w, at); at += step)
			;
}

static void
learn_row(struct walker *w, size_t i)
{
	const struct row *r = w->row = rows + i;

	prepare(w, r);
	if (r->condition)
		w->was[i] = r->condition(w);
	struct outcome o = command(w, r->words, r->out, NULL);
	char *errors = text("%s.err", r->out);
	if (o.status)
		die("%s does not work without a fault: status %d: %s", r->name, o.status,
		    read_text(errors));
	free(errors);
	if (r->condition)
		w->asked[i] = r->condition(w);
	if (r->condition && !strcmp(w->was[i], w->asked[i]))
		die("%s changes nothing that is seen", r->name);
	if (!strcmp(r->name, "create"))
		must(COMMAND(w, "start", "ID"), "start", OUT_COMMAND);
	await_processes(w, r->before == BEFORE_RUNNING, ENDING_MS);
	if (r->view)
		w->view[i] = read_view(w, r->view);
	must(COMMAND(w, "delete", "--force", "ID"), "delete", OUT_COMMAND);
	await_processes(w, 0, ENDING_MS);
	unlink(PID_FILE);
}

static bool
can_walk(const struct row *r)
{
	return !r->file || access(r->file, F_OK) == 0;
}

/* Whether the name is one of the list; without a list all are. */
static bool
chosen(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (!strncmp(p, name, n) && (p[n] == ',' || !p[n]))
			return true;
	}
	return !list;
}

/*
 * What each command shows without a fault, and `run`, which comes behind each; also lets it make
 * what it makes only once.
 */
static void
learn(struct walker *w)
{
	for (size_t i = 0; i < n_rows; i++)
		if (can_walk(rows + i) && (chosen(opts.commands, rows[i].name) ||
					   rows + i == row_of("run")))
			learn_row(w, i);
	w->nothing = look(TOP, STATE, w->id);
}

static int
work(unsigned long number)
{
	struct walker w = { .generation = 0 };

	enter_world(opts.runtime, opts.bundle);
	new_name(&w);
	learn(&w);
	for (size_t i = 0; i < WALKS; i++) {
		enum target target = TARGET_OF(i);

		w.row = ROW_OF(i);
		w.kind = KIND_OF(i)->name;
		w.fault = (struct fault){ .target = target, .error = KIND_OF(i)->error };
		w.sum = sums + i;
		if (chosen(opts.commands, w.row->name) && can_walk(w.row) &&
		    chosen(opts.targets, target_names[target]) && chosen(opts.faults, w.kind))
			walk(&w, number);
	}
	return 0;
}

static unsigned
print_table(void)
{
	unsigned bad = 0;

	printf("%-14s %-6s %-7s %7s %7s %7s %7s %7s %7s %7s %7s\n", "command", "target", "fault",
	       "points", "after", "mixed", "delete", "hang", "open", "left", "other");
	for (size_t i = 0; i < WALKS; i++) {
		const struct sum *s = sums + i;

		if (!s->points)
			continue;
		printf("%-14s %-6s %-7s %7u %7u %7u %7u %7u %7u %7u %7u\n", ROW_OF(i)->name,
		       target_names[TARGET_OF(i)], KIND_OF(i)->name, s->points, s->right_after,
		       s->mixed, s->after_delete, s->hangs, s->open, s->left, s->other);
		bad += s->after_delete + s->hangs + s->open + s->left + s->other;
	}
	return bad;
}

static void
read_options(int argc, char **argv)
{
	static const struct option list[] = {
		{ "commands", required_argument, NULL, 'c' },
		{ "targets", required_argument, NULL, 't' },
		{ "faults", required_argument, NULL, 'f' },
		{ "every", required_argument, NULL, 'e' },
		{ "only", required_argument, NULL, 'o' },
		{ "jobs", required_argument, NULL, 'j' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", list, NULL)) >= 0)
		switch (c) {
		case 'c': opts.commands = optarg; break;
		case 't': opts.targets = optarg; break;
		case 'f': opts.faults = optarg; break;
		case 'e': opts.every = strtoul(optarg, NULL, 10); break;
		case 'o': opts.only = strtoul(optarg, NULL, 10); break;
		case 'j': opts.jobs = strtoul(optarg, NULL, 10); break;
		default: die("what?");
		}
	if (opts.only)
		opts.jobs = 1;
	if (argc - optind != 2 || !opts.every || !opts.jobs)
		die("usage: walk [--commands LIST] [--targets LIST] [--faults LIST] [--every N] "
		    "[--only N] [--jobs N] RUNTIME BUNDLE");
	opts.runtime = argv[optind];
	opts.bundle = argv[optind + 1];
}

int
main(int argc, char **argv)
{
	bool failed = false;
	int status;

	read_options(argc, argv);
	sums = mmap(NULL, sizeof(*sums) * WALKS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned long i = 0; i < opts.jobs; i++)
		if (fork() == 0)
			_exit(work(i));
	while (wait(&status) > 0)
		failed |= status != 0;
	return print_table() > 0 || failed;
}
