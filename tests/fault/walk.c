/*
 * walk [OPTIONS] RUNTIME BUNDLE: the walk over every system call of every command.
 *
 *	--commands LIST   of create,run,start,exec,exec-detached,kill,delete
 *	--targets LIST    of main,child
 *	--faults LIST     of kill,ENOMEM,EIO,EPERM,EINTR,ENOSPC,EMFILE
 *	--every N         each Nth call only
 *	--only N          this call only, with what the command said
 *	--jobs N          so many at once (2)
 *
 * BUNDLE has a config.json whose program is /view, and wait.json, the same
 * with `/view wait`.  Prints a line for each bad point and a table; the exit
 * status is 0 only if no point was bad.
 *
 * All is done in a mount namespace with a /tmp of its own, as subreaper, under
 * names that bear our pid: what is left can be seen, and is nobody else's.
 */
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOP "/tmp"
#define RUNTIME TOP "/runtime"
#define BUNDLE TOP "/bundle"
#define STATE TOP "/state"
#define PID_FILE TOP "/pid"
#define OUT_CONTAINER TOP "/container.out"
#define OUT_COMMAND TOP "/command.out"

#define DEADLINE_MS 5000	/* of a command: more is a hang */
#define DYING_MS 150		/* of what was left without its runtime */
#define ENDING_MS 3000		/* of a container that was told to end */
#define WORDS_MAX 8
#define VIEW_MAX 65536

enum before { BEFORE_NOTHING, BEFORE_CREATED, BEFORE_RUNNING };

static const struct row {
	const char *name;
	enum before before;
	const char *words[WORDS_MAX];	/* the id is put for "ID" */
	const char *out;		/* where the command writes */
	const char *view;		/* where what the container saw is found, or NULL */
} rows[] = {
	{ "create", BEFORE_NOTHING, { "create", "--bundle", BUNDLE, "--pid-file", PID_FILE, "ID" },
	  OUT_CONTAINER, OUT_CONTAINER },
	{ "run", BEFORE_NOTHING, { "run", "--bundle", BUNDLE, "--pid-file", PID_FILE, "ID" },
	  OUT_CONTAINER, OUT_CONTAINER },
	{ "start", BEFORE_CREATED, { "start", "ID" }, OUT_COMMAND, OUT_CONTAINER },
	{ "exec", BEFORE_RUNNING, { "exec", "ID", "/view" }, OUT_COMMAND, OUT_COMMAND },
	{ "exec-detached", BEFORE_RUNNING,
	  { "exec", "--detach", "--pid-file", PID_FILE, "ID", "/view" }, OUT_COMMAND, OUT_COMMAND },
	{ "kill", BEFORE_RUNNING, { "kill", "ID", "KILL" }, OUT_COMMAND, NULL },
	{ "delete", BEFORE_RUNNING, { "delete", "--force", "ID" }, OUT_COMMAND, NULL },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *const targets[] = { [TARGET_MAIN] = "main", [TARGET_CHILD] = "child" };

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

/* One line of the table; shared by the workers, who add to it atomically. */
struct sum {
	unsigned points, right_after, after_delete, hangs, open, left, other;
};
static struct sum *sums;

/* A walk is a row, a target and a fault. */
#define WALKS (ROWS * 2 * KINDS)
#define ROW_OF(walk) (rows + (walk) / KINDS / 2)
#define TARGET_OF(walk) ((enum target)((walk) / KINDS % 2))
#define KIND_OF(walk) (kinds + (walk) % KINDS)

struct walker {
	char *id;
	unsigned generation;
	struct sight nothing;			/* what there is when there is no container */
	char *view[ROWS];
	/* The point where we are. */
	const struct row *row;
	const struct kind *kind;
	struct fault fault;
	struct sum *sum;
	struct outcome out;
	bool bad;
};

/* -- the runtime -- */

static struct outcome
command(const struct walker *w, const char *const *words, const char *out,
	const struct fault *fault)
{
	const char *argv[WORDS_MAX + 4] = { RUNTIME, "--root", STATE };

	for (size_t i = 0; i < WORDS_MAX && words[i]; i++)
		argv[3 + i] = strcmp(words[i], "ID") ? words[i] : w->id;
	return inject((char *const *)(void *)argv, out, fault, DEADLINE_MS);
}

#define COMMAND(w, ...) command(w, (const char *const[WORDS_MAX]){ __VA_ARGS__ }, OUT_COMMAND, NULL)

static char *
read_text(const char *path)
{
	char *buf = calloc(1, VIEW_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, buf, VIEW_MAX - 1) < 0)
			*buf = 0;
		close(fd);
	}
	return buf;
}

/* The view without the name of the container, which changes. */
static char *
read_view(const struct walker *w, const char *path)
{
	char *view = read_text(path);
	size_t n = strlen(w->id);

	for (char *p = view; (p = strstr(p, w->id));) {
		memmove(p + 2, p + n, strlen(p + n) + 1);
		memcpy(p, "ID", 2);
	}
	return view;
}

/* -- what is told -- */

static void
tell(struct walker *w, unsigned *count, const char *what, const char *more)
{
	char *call = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)w->out.call);
	char *file = text("%s.err", w->row->out), *said = read_text(file);

	said[strcspn(said, "\n")] = 0;
	char *line = text("BAD %s %s %s %lu %s(%ld): %s: %s[status %d: %s]\n", w->row->name,
			  targets[w->fault.target], w->kind->name, w->fault.at, call ? call : "?",
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

/* -- preparation -- */

static void
new_name(struct walker *w)
{
	free(w->id);
	w->id = text("servin-fault-%d-%u", getpid(), w->generation++);
}

static void
must(struct outcome o, const char *what)
{
	char *said = read_text(OUT_COMMAND ".err");

	if (o.status)
		die("%s does not work without a fault: status %d: %s", what, o.status, said);
	free(said);
}

static void
prepare(struct walker *w, enum before before)
{
	static const char *const create[WORDS_MAX] = { "create", "--bundle", BUNDLE, "ID" };
	static const char *const run[WORDS_MAX] = {
		"run", "--detach", "--bundle", BUNDLE, "--config", BUNDLE "/wait.json", "ID"
	};

	unlink(PID_FILE);
	if (before == BEFORE_CREATED)
		must(command(w, create, OUT_CONTAINER, NULL), "create");
	if (before == BEFORE_RUNNING)
		must(command(w, run, OUT_COMMAND, NULL), "run");
}

/* Until no more processes live than before. */
static bool
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

/* -- judging -- */

/* The first line that differs. */
static void
compare_view(struct walker *w, const char *path, const char *what)
{
	const char *want = w->view[w->row - rows], *p = want;
	char *is = read_view(w, path), *q = is;

	while (*p && *p == *q)
		p++, q++;
	if (*p || *q) {
		while (p > want && p[-1] != '\n')
			p--, q--;
		char *line = text("\"%.*s\" instead of \"%.*s\" ", (int)strcspn(q, "\n"), q,
				  (int)strcspn(p, "\n"), p);

		tell(w, &w->sum->open, what, line);
		free(line);
	}
	free(is);
}

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
	/* Who may make no device nodes gets those of the host: the same devices. */
	bool bound = w->out.call == SYS_mknodat && w->fault.error == EPERM;
	/* One that was killed behind GO, and reaped by us, was started for all that start knows. */
	bool killed = !strcmp(name, "start") && w->fault.target == TARGET_CHILD && !w->fault.error;
	if (w->row->view && !killed && !bound)
		compare_view(w, w->row->view, "FAIL-OPEN");
	if (!strcmp(name, "run") || !strcmp(name, "delete"))
		tell_more(w, &w->nothing, &w->sum->left, "0, and left");
	if (!strncmp(name, "exec", 4))
		tell_more(w, before, &w->sum->left, "0, and left");
}

/* What went wrong then went wrong behind the container's end, and the pid file was right. */
static bool
has_run(const struct walker *w)
{
	char *view = read_view(w, OUT_CONTAINER);
	bool same = !strcmp(view, w->view[w->row - rows]);

	free(view);
	return same;
}

/* A command that fails leaves nothing new; and if the state is gone, nothing at all. */
static void
judge_failure(struct walker *w, const struct sight *before)
{
	await_processes(w, before->processes, DYING_MS);
	if (!strcmp(w->row->name, "run") && has_run(w))
		unlink(PID_FILE);
	struct sight now = look(TOP, STATE, w->id);
	tell_more(w, now.state ? before : &w->nothing, &w->sum->left, "failed, and left");
	sight_done(&now);
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
}

static void
judge(struct walker *w, const struct sight *before)
{
	if (w->out.hung)
		tell(w, &w->sum->hangs, "HANG", "");
	else if (!w->fault.error && w->fault.target == TARGET_MAIN)
		judge_killed(w, before);
	else if (w->out.status)
		judge_failure(w, before);
	else
		judge_success(w, before);
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
	const struct row *run = rows + 1, *here = w->row;
	struct outcome o = command(w, run->words, run->out, NULL);

	unlink(PID_FILE);
	if (o.status || o.hung) {
		char *said = read_text(OUT_CONTAINER ".err");

		tell(w, &w->sum->other, "the name cannot be used again", said);
		free(said);
		return;
	}
	w->row = run;
	compare_view(w, run->view, "FAIL-OPEN in the next container");
	w->row = here;
	tell_more(w, &w->nothing, &w->sum->other, "left by the next container");
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

	printf("%s %s %s %lu: status %d\n%s", w->row->name, targets[w->fault.target],
	       w->kind->name, w->fault.at, w->out.status, said);
	free(said);
	free(file);
}

/* Returns false when the command has ended before the call. */
static bool
walk_point(struct walker *w, unsigned long at)
{
	w->fault.at = at;
	w->bad = false;
	prepare(w, w->row->before);
	struct sight before = look(TOP, STATE, w->id);
	/* Who does what start asks for is no child of start. */
	bool has_init = w->row->before == BEFORE_CREATED && w->fault.target == TARGET_CHILD;
	w->fault.also = has_init ? any_child() : 0;
	w->out = command(w, w->row->words, w->row->out, &w->fault);
	if (opts.only)
		show(w);
	if (w->out.hit) {
		__atomic_add_fetch(&w->sum->points, 1, __ATOMIC_RELAXED);
		judge(w, &before);
		judge_delete(w);
		if (!w->bad)
			judge_reuse(w);
	}
	if (w->bad || !w->out.hit)
		clear(w);
	sight_done(&before);
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

/* -- the world of a walker -- */

static void
copy_file(int from, const char *to)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	struct stat st;
	off_t at = 0;

	fstat(from, &st);
	while (at < st.st_size)
		if (copy_file_range(from, NULL, fd, NULL, (size_t)(st.st_size - at), 0) <= 0) {
			char buf[65536];
			ssize_t n = pread(from, buf, sizeof(buf), at);

			if (n <= 0 || pwrite(fd, buf, (size_t)n, at) != n)
				die("copy to %s", to);
			at += n;
		} else {
			break;
		}
	close(fd);
}

static void
enter_world(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("a mount namespace: %s", strerror(errno));

	/* Both may be in what is about to be covered. */
	int runtime = open(opts.runtime, O_RDONLY | O_CLOEXEC);
	int bundle = open(opts.bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *from = text("/proc/self/fd/%d", bundle);

	if (runtime < 0 || bundle < 0)
		die("open %s and %s: %s", opts.runtime, opts.bundle, strerror(errno));
	if (mount("walk", TOP, "tmpfs", MS_NOSUID, "mode=1777") < 0 || mkdir(BUNDLE, 0755) < 0 ||
	    mount(from, BUNDLE, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(TOP) < 0)
		die("a /tmp of its own: %s", strerror(errno));
	mkdir(STATE, 0700);
	copy_file(runtime, RUNTIME);
	close(runtime);
	close(bundle);
	free(from);
}

/* What each command shows without a fault; also lets it make what it makes only once. */
static void
learn(struct walker *w)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = rows + i;

		prepare(w, r->before);
		struct outcome o = command(w, r->words, r->out, NULL);
		if (o.status)
			die("%s does not work without a fault: status %d: %s", r->name, o.status,
			    read_text(i < 2 ? OUT_CONTAINER ".err" : OUT_COMMAND ".err"));
		if (i == 0)
			must(COMMAND(w, "start", "ID"), "start");
		await_processes(w, r->before == BEFORE_RUNNING, ENDING_MS);
		if (r->view)
			w->view[i] = read_view(w, r->view);
		must(COMMAND(w, "delete", "--force", "ID"), "delete");
		await_processes(w, 0, ENDING_MS);
		unlink(PID_FILE);
	}
	w->nothing = look(TOP, STATE, w->id);
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

static int
work(unsigned long number)
{
	struct walker w = { .generation = 0 };

	enter_world();
	new_name(&w);
	learn(&w);
	for (size_t i = 0; i < WALKS; i++) {
		enum target target = TARGET_OF(i);

		w.row = ROW_OF(i);
		w.kind = KIND_OF(i);
		w.fault = (struct fault){ .target = target, .error = w.kind->error };
		w.sum = sums + i;
		if (chosen(opts.commands, w.row->name) && chosen(opts.targets, targets[target]) &&
		    chosen(opts.faults, w.kind->name))
			walk(&w, number);
	}
	return 0;
}

static unsigned
print_table(void)
{
	unsigned bad = 0;

	printf("%-14s %-6s %-7s %7s %7s %7s %7s %7s %7s %7s\n", "command", "target", "fault",
	       "points", "after", "delete", "hang", "open", "left", "other");
	for (size_t i = 0; i < WALKS; i++) {
		const struct sum *s = sums + i;

		if (!s->points)
			continue;
		printf("%-14s %-6s %-7s %7u %7u %7u %7u %7u %7u %7u\n", ROW_OF(i)->name,
		       targets[TARGET_OF(i)], KIND_OF(i)->name, s->points, s->right_after,
		       s->after_delete, s->hangs, s->open, s->left, s->other);
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
