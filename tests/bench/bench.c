/*
 * bench: measures container runtimes in turns.
 *
 *	bench [--rounds N] [--rows ROW,...] DIR FLOOR NAME=PATH...
 *
 * Each round does every row once with every runtime, one after the other, so
 * that whatever else the machine does hits all of them.  Told are medians of
 *
 *	wall	from before the first command to after the last
 *	cpu	user and system time of the commands and of every process that
 *		they left behind: we are their subreaper, and wait for all
 *	own	the largest memory that the command itself had (VmHWM at its
 *		end, taken from rounds of their own, for it takes a ptrace)
 *	tree	the largest memory of any process in it (ru_maxrss)
 *
 * and the ratios of wall and cpu to the floor and to the runtime named crun.
 * A runtime that cannot do a row says so in its own words, and a row without
 * its bundle is left out.  Nothing here judges: times are for people.
 *
 * DIR has a bundle for each row, by its name in the table below, and the
 * directories `state` and `state-user` for --root.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_RUNTIMES 16
#define MAX_ROUNDS 10000
#define MEMORY_ROUNDS 5

struct runtime {
	const char *name, *path;
};

struct sample {
	double wall, cpu;	/* ms */
	long tree;		/* KiB */
	bool failed;
};

static struct bench {
	const char *dir, *rows;
	int rounds, runtimes;
	struct runtime runtime[MAX_RUNTIMES];
} bench = { .rounds = 100 };

/* What the commands of a row are told; state_file is about as long as a state. */
static struct names {
	char id[64], pid[16], root[256], bundle[256], rootfs[256], filter[256], state_file[256];
} names;

/* The plain user of rows that have one. */
#define USER 1000

static void
die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool
is_floor(const struct runtime *rt)
{
	return !strcmp(rt->name, "floor");
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* --- commands ---------------------------------------------------------------- */

/* A command of a row; "reap" waits for the processes left behind. */
struct step {
	const char *words[8];
};

static const struct step reap = { { "reap" } };

static const struct row {
	const char *name, *title, *bundle;
	struct step steps[6];		/* of a runtime */
	struct step floor;		/* none where it would do other work */
	bool needs_container;		/* one that runs, made and deleted without a clock */
	bool no_root;			/* no --root */
	bool by_user;			/* as a plain user */
} rows[] = {
	{ "run", "run /bin/true", "plain",
	  .steps = { { { "run", "--bundle", "%b", "%i" } } },
	  .floor = { { "run", "%r", "%i" } } },
	{ "life", "create, start, kill, delete", "pause",
	  .steps = { { { "create", "--bundle", "%b", "%i" } }, { { "start", "%i" } },
		     { { "kill", "%i", "KILL" } }, { { "reap" } }, { { "delete", "%i" } } },
	  .floor = { { "life", "%r", "%i" } } },
	{ "exec", "exec /bin/true", "pause",
	  .steps = { { { "exec", "%i", "/true" } } },
	  .floor = { { "exec", "%p" } }, .needs_container = true },
	{ "state", "state", "pause",
	  .steps = { { { "state", "%i" } } },
	  .floor = { { "state", "%f" } }, .needs_container = true },
	{ "seccomp", "run /bin/true with the filter of container engines", "seccomp",
	  .steps = { { { "run", "--bundle", "%b", "%i" } } },
	  .floor = { { "run", "%r", "%i", "%s" } } },
	{ "podman", "run /bin/true as podman has it run", "podman",
	  .steps = { { { "run", "--bundle", "%b", "%i" } } } },
	{ "mounts", "the same without its filter", "mounts",
	  .steps = { { { "run", "--bundle", "%b", "%i" } } } },
	{ "rootless", "run /bin/true by a plain user", "rootless",
	  .steps = { { { "run", "--bundle", "%b", "%i" } } },
	  .by_user = true },
	{ "systemd", "run /bin/true in a unit of systemd", "systemd",
	  .steps = { { { "--systemd-cgroup", "run", "--bundle", "%b", "%i" } } } },
	{ "version", "--version", "plain",
	  .steps = { { { "--version" } } },
	  .floor = { { "--version" } }, .no_root = true },
};

/*
 * The words of a command: those of the list, with
 *	%i the container, %b the bundle, %r its rootfs, %s its filter for the
 *	kernel, %p a pid, %f a file
 */
static char *
expand(const char *word)
{
	static const struct {
		const char *word;
		char *is;
	} variables[] = {
		{ "%i", names.id },	{ "%b", names.bundle }, { "%r", names.rootfs },
		{ "%s", names.filter }, { "%p", names.pid },	{ "%f", names.state_file },
	};

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		if (!strcmp(word, variables[i].word))
			return variables[i].is;
	return (char *)word;
}

/* argv has room for a step and three words more. */
static void
make_command(char **argv, const struct runtime *rt, const struct row *row, const struct step *step)
{
	*argv++ = (char *)rt->path;
	if (!is_floor(rt) && !row->no_root) {
		*argv++ = "--root";
		*argv++ = names.root;
	}
	for (size_t i = 0; i < ARRAY_SIZE(step->words) && step->words[i]; i++)
		*argv++ = expand(step->words[i]);
	*argv = NULL;
}

/* How a command is run: a measured one is quiet. */
struct manner {
	const char *words_to;	/* a file for its complaints, or NULL */
	bool traced, by_user;
};

/* Between fork and exec. */
static void
become(char *const *argv, const struct manner *m)
{
	int null = open("/dev/null", O_RDWR);
	int words = m->words_to ? open(m->words_to, O_WRONLY | O_CREAT | O_TRUNC, 0600) : null;

	dup2(null, 0);
	dup2(null, 1);
	if (m->words_to || !getenv("BENCH_VERBOSE"))
		dup2(words, 2);
	close(null);
	if (m->traced)
		ptrace(PTRACE_TRACEME, 0, 0, 0);
	if (m->by_user && (setgroups(0, NULL) < 0 || setgid(USER) < 0 || setuid(USER) < 0))
		_exit(126);
	execv(argv[0], argv);
	_exit(127);
}

static double
cpu_of(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1e3 +
	       (u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e3;
}

static void
account(struct sample *s, const struct rusage *usage)
{
	s->cpu += cpu_of(usage);
	if (usage->ru_maxrss > s->tree)
		s->tree = usage->ru_maxrss;
}

/* Runs a command to its end; what others it left behind end later. */
static void
command(struct sample *s, char *const *argv, const struct manner *m)
{
	struct rusage usage;
	pid_t pid = vfork();
	int status;

	if (pid < 0)
		die("vfork");
	if (pid == 0)
		become(argv, m);
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait4");
	account(s, &usage);
	if (status != 0)
		s->failed = true;
}

/* The processes that were left to us, the container's first among them. */
static void
reap_orphans(struct sample *s)
{
	struct rusage usage;

	while (wait4(-1, NULL, 0, &usage) > 0)
		account(s, &usage);
}

/* --- rows ---------------------------------------------------------------------- */

#define COMMAND_WORDS (ARRAY_SIZE(reap.words) + 4)

static void
one_step(struct sample *s, const struct runtime *rt, const struct row *row, const struct step *step,
	 const char *words_to)
{
	struct manner m = { .words_to = words_to, .by_user = row->by_user };
	char *argv[COMMAND_WORDS];

	if (!strcmp(step->words[0], reap.words[0])) {
		reap_orphans(s);
		return;
	}
	make_command(argv, rt, row, step);
	command(s, argv, &m);
}

static struct sample
one_sample(const struct runtime *rt, const struct row *row, const char *words_to)
{
	struct sample s = { 0 };
	double start = now();

	if (is_floor(rt))
		one_step(&s, rt, row, &row->floor, words_to);
	else
		/* after a failure there may be nothing to wait for, forever */
		for (const struct step *step = row->steps; step->words[0] && !s.failed; step++)
			one_step(&s, rt, row, step, words_to);
	s.wall = now() - start;
	return s;
}

/* The other commands, whose time is not looked at. */
static bool
aside(const struct runtime *rt, const struct row *row, const struct step *step)
{
	struct sample s = { 0 };

	one_step(&s, rt, row, step, NULL);
	return !s.failed;
}

/* The pid of a container, from the pid file. */
static void
read_pid(void)
{
	FILE *f = fopen(names.state_file, "re");

	if (!f || !fgets(names.pid, sizeof(names.pid), f))
		die(names.state_file);
	names.pid[strcspn(names.pid, "\n")] = '\0';
	fclose(f);
}

static void
make_container(const struct runtime *rt, const struct row *row)
{
	static const struct step run = {
		{ "run", "--detach", "--pid-file", "%f", "--bundle", "%b", "%i" }
	};

	snprintf(names.state_file, sizeof(names.state_file), "%.200s/pid", bench.dir);
	if (!aside(rt, row, &run))
		return;
	read_pid();
	snprintf(names.state_file, sizeof(names.state_file), "%.200s/config.json", names.bundle);
}

static void
delete_container(const struct runtime *rt, const struct row *row)
{
	static const struct step delete = { { "delete", "--force", "%i" } };

	aside(rt, row, &delete);
}

/* The container that the floor's rows are measured on is made by the first real runtime. */
static const struct runtime *
maker(const struct runtime *rt)
{
	return is_floor(rt) ? &bench.runtime[1] : rt;
}

static void
prepare(const struct runtime *rt, const struct row *row)
{
	static int count;

	snprintf(names.id, sizeof(names.id), "servin-bench-%d-%d", (int)getpid(), count++);
	snprintf(names.root, sizeof(names.root), "%.200s/state%s", bench.dir,
		 row->by_user ? "-user" : "");
	snprintf(names.bundle, sizeof(names.bundle), "%.200s/%s", bench.dir, row->bundle);
	snprintf(names.rootfs, sizeof(names.rootfs), "%.200s/rootfs", names.bundle);
	snprintf(names.filter, sizeof(names.filter), "%.200s/filter.bpf", names.bundle);
	if (row->needs_container)
		make_container(maker(rt), row);
}

static void
finish(const struct runtime *rt, const struct row *row, bool failed)
{
	struct sample s = { 0 };

	if (row->needs_container || (failed && !is_floor(rt)))
		delete_container(maker(rt), row);
	reap_orphans(&s);
}

/* --- memory ---------------------------------------------------------------------- */

static long
high_water(pid_t pid)
{
	char path[64], line[256];
	long n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmHWM: %ld", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

/* The VmHWM with which a traced process comes to its end; its children are not traced. */
static long
watch(pid_t pid)
{
	int status, signal;
	long peak = 0;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return 0;
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC);
	ptrace(PTRACE_CONT, pid, 0, 0);
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
		int event = status >> 16;

		signal = event ? 0 : WSTOPSIG(status);
		if (event == PTRACE_EVENT_EXIT) {
			long n = high_water(pid);

			peak = n > peak ? n : peak;
		}
		ptrace(PTRACE_CONT, pid, 0, signal);
	}
	return peak;
}

static long
memory_of_step(const struct runtime *rt, const struct row *row, const struct step *step)
{
	struct manner m = { .traced = true, .by_user = row->by_user };
	char *argv[COMMAND_WORDS];
	pid_t pid;

	make_command(argv, rt, row, step);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		become(argv, &m);
	return watch(pid);
}

static long
memory_of(const struct runtime *rt, const struct row *row)
{
	struct sample s = { 0 };
	long peak = 0, n;

	if (is_floor(rt))
		return memory_of_step(rt, row, &row->floor);
	for (const struct step *step = row->steps; step->words[0]; step++) {
		if (!strcmp(step->words[0], "reap")) {
			reap_orphans(&s);
			continue;
		}
		n = memory_of_step(rt, row, step);
		peak = n > peak ? n : peak;
	}
	return peak;
}

/* The floor does not do all rows. */
static bool
does(const struct runtime *rt, const struct row *row)
{
	return !is_floor(rt) || row->floor.words[0];
}

/* --- tables -------------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values, int n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

struct result {
	double wall, cpu;
	double best;
	long own, tree;
	int n, failed;
};

static struct result
summarize(const struct sample *samples, int n)
{
	static double wall[MAX_ROUNDS], cpu[MAX_ROUNDS];
	struct result r = { 0 };

	for (int i = 0; i < n; i++) {
		if (samples[i].failed) {
			r.failed++;
			continue;
		}
		wall[r.n] = samples[i].wall;
		cpu[r.n++] = samples[i].cpu;
		if (samples[i].tree > r.tree)
			r.tree = samples[i].tree;
	}
	r.wall = median(wall, r.n);
	r.cpu = median(cpu, r.n);
	r.best = r.n ? wall[0] : 0;
	return r;
}

static const struct result *
result_named(const struct result *results, const char *name)
{
	for (int i = 0; i < bench.runtimes; i++)
		if (!strcmp(bench.runtime[i].name, name) && results[i].n)
			return &results[i];
	return NULL;
}

static void
print_ratio(double value, double base)
{
	if (base > 0)
		printf(" %7.2f", value / base);
	else
		printf(" %7s", "-");
}

/* Once more, to hear why: the last thing that it says. */
static void
print_failure(const struct runtime *rt, const struct row *row)
{
	char path[256], line[512], last[512] = "says nothing\n";
	FILE *f;

	snprintf(path, sizeof(path), "%.200s/words", bench.dir);
	prepare(rt, row);
	finish(rt, row, one_sample(rt, row, path).failed);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		snprintf(last, sizeof(last), "%s", line);
	if (f)
		fclose(f);
	printf(" cannot: %s", last);
}

static void
print_results(const struct row *row, const struct result *results)
{
	const struct result *floor = result_named(results, "floor");
	const struct result *crun = result_named(results, "crun");

	printf("\n%s\n%-10s %8s %8s %8s %7s %7s %7s %7s %8s %8s\n", row->title, "", "wall ms",
	       "best ms", "cpu ms", "w/floor", "c/floor", "w/crun", "c/crun", "own KiB",
	       "tree KiB");
	for (int i = 0; i < bench.runtimes; i++) {
		const struct result *r = &results[i];

		if (!does(&bench.runtime[i], row))
			continue;
		printf("%-10s", bench.runtime[i].name);
		if (r->n == 0) {
			print_failure(&bench.runtime[i], row);
			continue;
		}
		printf(" %8.3f %8.3f %8.3f", r->wall, r->best, r->cpu);
		print_ratio(r->wall, floor ? floor->wall : 0);
		print_ratio(r->cpu, floor ? floor->cpu : 0);
		print_ratio(r->wall, crun ? crun->wall : 0);
		print_ratio(r->cpu, crun ? crun->cpu : 0);
		printf(" %8ld %8ld", r->own, r->tree);
		printf(r->failed ? " (%d of %d failed)\n" : "\n", r->failed, bench.rounds);
	}
	fflush(stdout);
}

static bool
has_bundle(const struct row *row)
{
	char path[256];

	snprintf(path, sizeof(path), "%.200s/%s", bench.dir, row->bundle);
	return access(path, F_OK) == 0;
}

static void
measure_row(const struct row *row)
{
	static struct sample samples[MAX_RUNTIMES][MAX_ROUNDS];
	struct result results[MAX_RUNTIMES] = { 0 };

	/* one round more: the first only warms up */
	for (int round = -1; round < bench.rounds; round++)
		for (int i = 0; i < bench.runtimes; i++) {
			struct sample *s = &samples[i][round < 0 ? 0 : round];

			s->failed = true;
			if (!does(&bench.runtime[i], row))
				continue;
			prepare(&bench.runtime[i], row);
			*s = one_sample(&bench.runtime[i], row, NULL);
			finish(&bench.runtime[i], row, s->failed);
		}
	for (int i = 0; i < bench.runtimes; i++) {
		long own = 0, n;

		results[i] = summarize(samples[i], bench.rounds);
		for (int round = 0; results[i].n && round < MEMORY_ROUNDS; round++) {
			prepare(&bench.runtime[i], row);
			n = memory_of(&bench.runtime[i], row);
			own = n > own ? n : own;
			finish(&bench.runtime[i], row, false);
		}
		results[i].own = own;
	}
	print_results(row, results);
}

static bool
wanted(const struct row *row)
{
	size_t length = strlen(row->name);
	const char *at = bench.rows;

	if (!at)
		return true;
	while ((at = strstr(at, row->name))) {
		if ((at == bench.rows || at[-1] == ',') && (at[length] == ',' || !at[length]))
			return true;
		at += length;
	}
	return false;
}

static void
usage(void)
{
	fprintf(stderr,
		"usage: bench [--rounds N] [--rows ROW,...] DIR FLOOR NAME=PATH...\n"
		"rows:");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		fprintf(stderr, " %s", rows[i].name);
	fprintf(stderr, "\n");
	exit(2);
}

static void
add_runtime(char *text)
{
	char *equals = strchr(text, '=');

	if (!equals || bench.runtimes == MAX_RUNTIMES)
		usage();
	*equals = '\0';
	bench.runtime[bench.runtimes++] = (struct runtime){ text, equals + 1 };
}

static void
parse(char **argv)
{
	for (argv++; *argv && !strncmp(*argv, "--", 2); argv += 2) {
		if (!argv[1])
			usage();
		if (!strcmp(*argv, "--rounds"))
			bench.rounds = atoi(argv[1]);
		else if (!strcmp(*argv, "--rows"))
			bench.rows = argv[1];
		else
			usage();
	}
	if (bench.rounds < 1 || bench.rounds > MAX_ROUNDS || !argv[0] || !argv[1])
		usage();
	bench.dir = argv[0];
	bench.runtime[bench.runtimes++] = (struct runtime){ "floor", argv[1] };
	for (argv += 2; *argv; argv++)
		add_runtime(*argv);
	if (bench.runtimes < 2)
		usage();
}

int
main(int argc, char **argv)
{
	(void)argc;
	parse(argv);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		die("subreaper");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (wanted(&rows[i]) && has_bundle(&rows[i]))
			measure_row(&rows[i]);
	return 0;
}
