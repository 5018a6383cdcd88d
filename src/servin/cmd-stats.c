#include "servin/commands.h"
#include "servin/human.h"
#include "servin/output.h"
#include "servin/select.h"

#include "engine/usage.h"

#include "libocispec/document.h"

#include "base/err.h"

#include <poll.h>

enum { FIRST_MS = 500, INTERVAL_MS = 1000 };

struct stats_opts {
	bool all, no_stream, no_trunc;
	const char *format;
};

/* In the order of docker's JSON. */
struct stats_row {
	char *block_io, *cpu_perc, *container, *id, *mem_perc, *mem_usage, *name, *net_io, *pids;
};

static TYPE(stats_row, "statistics",
	F_STRING(stats_row, block_io, "BlockIO"),
	F_STRING(stats_row, cpu_perc, "CPUPerc"),
	F_STRING(stats_row, container, "Container"),
	F_STRING(stats_row, id, "ID"),
	F_STRING(stats_row, mem_perc, "MemPerc"),
	F_STRING(stats_row, mem_usage, "MemUsage"),
	F_STRING(stats_row, name, "Name"),
	F_STRING(stats_row, net_io, "NetIO"),
	F_STRING(stats_row, pids, "PIDs"),
);

static const struct column columns[] = {
	{ "ID", "CONTAINER ID", .min = 12 },
	{ "Name", "NAME", .min = 10 },
	{ "CPUPerc", "CPU %", .min = 0 },
	{ "MemUsage", "MEM USAGE / LIMIT", .min = 0 },
	{ "MemPerc", "MEM %", .drop = 1 },
	{ "NetIO", "NET I/O", .drop = 3 },
	{ "BlockIO", "BLOCK I/O", .drop = 4 },
	{ "PIDs", "PIDS", .drop = 2 },
	{ "Container", "CONTAINER", .extra = true },
	{ 0 },
};

/* One that is watched: with what it had used before. */
struct watched {
	struct container *c;
	struct usage before, now;
};

struct watch {
	const struct engine *e;
	const struct stats_opts *o;
	char *const *names;		/* NULL: all that run, or all */
	bool begun;			/* all that were named have been found */
	struct watched *at;
	size_t n;
};

static void
watch_done(struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		oci_free(&container_type, w->at[i].c);
	free(w->at);
	w->at = NULL;
	w->n = 0;
}

static struct watched *
add(struct watch *w, struct container *c)
{
	w->at = xrealloc(w->at, w->n + 1, sizeof(*w->at));
	w->at[w->n] = (struct watched){ .c = c };
	return &w->at[w->n++];
}

/* --- samples ------------------------------------------------------------------------------ */

static const struct usage *
usage_before(const struct watch *old, const char *id)
{
	for (size_t i = 0; i < old->n; i++)
		if (streq(old->at[i].c->id, id))
			return &old->at[i].now;
	return NULL;
}

/* One that was there before may have been removed at its end. */
static int
find_named(struct watch *w)
{
	int r = 0;

	for (char *const *name = w->names; r == 0 && *name; name++) {
		struct container *c;

		r = select_container(w->e, *name, &c);
		if (r == 0)
			add(w, c);
		else if (r == -ENOENT && w->begun)
			r = 0;
	}
	return r;
}

static int
find_all(struct watch *w)
{
	struct containers all;
	int r = containers_list(w->e, &all);

	for (size_t i = 0; r == 0 && i < all.n; i++)
		if (w->o->all || container_is_up(w->e, all.at[i]) > 0)
			add(w, take(all.at[i]));
	containers_done(&all);
	return r;
}

/* Those that are to be watched may be others each time. */
static int
sample(struct watch *w)
{
	auto_(watch_done) struct watch old = *w;
	int r;

	w->at = NULL;
	w->n = 0;
	r = w->names ? find_named(w) : find_all(w);
	for (size_t i = 0; r == 0 && i < w->n; i++) {
		const struct usage *before = usage_before(&old, w->at[i].c->id);

		r = container_usage(w->e, w->at[i].c, &w->at[i].now);
		if (r == -ENOENT)	/* it was removed since */
			r = 0;
		if (before)
			w->at[i].before = *before;
		wrap(r, "%s", w->at[i].c->name);
	}
	w->begun = true;
	return r;
}

static bool
any_up(const struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->at[i].now.up)
			return true;
	return false;
}

/* --- rows --------------------------------------------------------------------------------- */

static char *
of_two(struct human a, struct human b)
{
	return xasprintf("%s / %s", a.s, b.s);
}

/* docker's words for what it does not know. */
static void
fill_unknown(struct stats_row *row)
{
	row->cpu_perc = xstrdup("--");
	row->mem_perc = xstrdup("--");
	row->mem_usage = xstrdup("-- / --");
	row->net_io = xstrdup("--");
	row->block_io = xstrdup("--");
	row->pids = xstrdup("--");
}

static struct stats_row *
make_row(const struct watch *w, const struct watched *x)
{
	struct stats_row *row = xcalloc(1, sizeof(*row));
	const struct usage *u = &x->now;
	double memory = u->memory_limit ? 100.0 * (double)u->memory / (double)u->memory_limit : 0;

	row->container = xstrdup(w->o->no_trunc ? x->c->id : human_id(x->c->id).s);
	row->id = xstrdup(row->container);
	row->name = xstrdup(x->c->name);
	if (u->up && !u->counted) {
		fill_unknown(row);
		return row;
	}
	row->cpu_perc = xasprintf("%.2f%%", usage_cpu_percent(&x->before, u));
	row->mem_perc = xasprintf("%.2f%%", memory);
	row->mem_usage = of_two(human_memory(u->memory), human_memory(u->memory_limit));
	row->net_io = of_two(human_size(u->received), human_size(u->sent));
	row->block_io = of_two(human_size(u->read), human_size(u->written));
	row->pids = xasprintf("%llu", (unsigned long long)u->pids);
	return row;
}

static int
print_rows(const struct watch *w)
{
	static const struct listing listing = { .type = &stats_row_type, .columns = columns };
	const struct listing_how how = { .format = w->o->format, .no_trunc = w->o->no_trunc };
	struct stats_row **rows = xcalloc(w->n + 1, sizeof(struct stats_row *));
	int r;

	for (size_t i = 0; i < w->n; i++)
		rows[i] = make_row(w, &w->at[i]);
	r = listing_print(&listing, &how, (void *const *)rows);
	oci_free_list(&stats_row_type, (void **)rows);
	return r;
}

/* --- the command ----------------------------------------------------------------------------- */

static void
wait_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* On a terminal each table takes the place of the one before. */
static int
draw(const struct watch *w)
{
	bool anew = !w->o->no_stream && !w->o->format && isatty(STDOUT_FILENO);
	int r = anew ? print("\033[H\033[J") : 0;

	return r < 0 ? r : print_rows(w);
}

/* Those that were named may all have ended; of others new ones may come. */
static bool
goes_on(const struct watch *w)
{
	return !w->o->no_stream && (!w->names || any_up(w));
}

static int
stats_run(const void *e, const void *opts, char **args)
{
	auto_(watch_done) struct watch w = { .e = e, .o = opts, .names = *args ? args : NULL };
	int r = sample(&w), ms = any_up(&w) ? FIRST_MS : 0;

	while (r == 0) {
		if (ms)
			wait_ms(ms);
		ms = INTERVAL_MS;
		r = sample(&w);
		if (r == 0)
			r = draw(&w);
		if (r < 0 || !goes_on(&w))
			break;
	}
	return r == -EPIPE ? 0 : r;	/* who read them has gone */
}

const struct command cmd_stats = {
	.name = "stats", .args = "[CONTAINER...]", .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "container stats", NULL },
	.summary = "show what containers use, each second anew",
	.text = "Memory is without the cache of files that could go at once. Traffic of the "
		"host's own network is nobody's, and of a container without a cgroup of its own "
		"nothing is known. It ends when those that are named have all ended.",
	.size = sizeof(struct stats_opts),
	.opts = (const struct opt[]){
		OPT_FLAG(stats_opts, 'a', all, "all", "also containers that do not run"),
		OPT_STRING(stats_opts, 0, format, "format", "TEMPLATE",
			   "table, json, or a template such as {{.Name}}"),
		OPT_FLAG(stats_opts, 0, no_stream, "no-stream", "once only"),
		OPT_FLAG(stats_opts, 0, no_trunc, "no-trunc", "cut nothing off"),
		{ 0 } },
	.run = stats_run,
};
