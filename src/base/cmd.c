#include "base/cmd.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/strv.h"
#include "base/words.h"

#include <limits.h>
#include <stdio.h>
#include <strings.h>

/* --name=value, taken apart. */
struct given {
	char name[32];		/* longer ones are cut, and then fit no option */
	const char *value;	/* NULL without "=" */
	bool one_dash;
};

static struct given
take_apart(const char *word)
{
	struct given g = { .one_dash = word[1] != '-' };
	const char *name = word + (g.one_dash ? 1 : 2);
	size_t n = strcspn(name, "=");

	snprintf(g.name, sizeof(g.name), "%.*s", (int)n, name);
	g.value = name[n] ? name + n + 1 : NULL;
	return g;
}

static const struct opt *
find_opt(const struct opt *o, const char *name)
{
	for (; o && o->kind; o++)
		if (streq(o->name, name) || (o->letter && o->letter == name[0] && !name[1]))
			return o;
	return NULL;
}

static const struct opt *
find_flag(const struct opt *opts, char letter)
{
	const struct opt *o = find_opt(opts, (const char[]){ letter, 0 });

	return o && o->kind == OPT_FLAG ? o : NULL;
}

static int
set_flag(const struct opt *o, const char *value, void *at)
{
	static const struct word truths[] = {
		{ "true", true }, { "t", true }, { "yes", true }, { "1", true },
		{ "false", false }, { "f", false }, { "no", false }, { "0", false }, { 0 },
	};

	for (const struct word *w = truths; w->word; w++) {
		if (strcasecmp(w->word, value) == 0) {
			*(bool *)at = w->number;
			return 0;
		}
	}
	return fail(0, "--%s: \"%s\" is neither true nor false", o->name, value);
}

static int
set_string(const struct opt *o, const char *value, void *at)
{
	(void)o;
	*(const char **)at = value;
	return 0;
}

static int
set_list(const struct opt *o, const char *value, void *at)
{
	(void)o;
	strv_push(at, (char *)value);
	return 0;
}

static int
set_uint(const struct opt *o, const char *value, void *at)
{
	struct opt_uint *n = at;

	n->set = true;
	return wrap(parse_uint(value, o->max ? o->max : UINT64_MAX, &n->v), "--%s", o->name);
}

void
opt_add_choices(const struct opt *o, const char *between, struct str *out)
{
	for (const char *const *c = o->choices; *c; c++) {
		str_add(out, c == o->choices ? "" : between);
		str_add(out, *c);
	}
}

static int
set_choice(const struct opt *o, const char *value, void *at)
{
	autostr all = { 0 };

	if (strv_has((char *const *)o->choices, value))
		return set_string(o, value, at);
	opt_add_choices(o, ", ", &all);
	return fail(0, "--%s: \"%s\" is none of %s", o->name, value, all.s);
}

static int
set(const struct opt *o, const char *value, void *out)
{
	static int (*const setters[])(const struct opt *, const char *, void *) = {
		[OPT_FLAG] = set_flag, [OPT_STRING] = set_string, [OPT_LIST] = set_list,
		[OPT_UINT] = set_uint, [OPT_CHOICE] = set_choice,
	};

	return setters[o->kind](o, value, (char *)out + o->at);
}

/* How many letters must be added, dropped or changed to make b of a; INT_MAX for long words. */
static int
edit_distance(const char *a, const char *b)
{
	int row[32];
	size_t n = strlen(b);

	if (n >= countof(row))
		return INT_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = (int)j;
	for (int i = 1; *a; a++, i++) {
		int diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			int change = diagonal + (*a != b[j - 1]);
			int drop = row[j] + 1, add = row[j - 1] + 1;

			diagonal = row[j];
			row[j] = drop < add ? drop : add;
			row[j] = change < row[j] ? change : row[j];
		}
	}
	return row[n];
}

/* The best guess so far at what a word was meant to be. */
struct guess {
	const char *word;
	int distance;
};

static void
consider(struct guess *g, const char *said, const char *word)
{
	size_t n = strlen(said);
	int distance = edit_distance(said, word), most = n < 4 ? 1 : 2;

	if (n > 2 && str_after(word, said))	/* the rest was left out */
		distance = 0;
	if (distance <= most && (!g->word || distance < g->distance))
		*g = (struct guess){ word, distance };
}

/* The phrases about flags are those of Go's programs, one dash included: engines match them. */
static int
unknown_opt(const struct opt *o, const char *name)
{
	struct guess g = { 0 };

	for (; o && o->kind; o++)
		if (!o->hidden)
			consider(&g, name, o->name);
	if (g.word)
		return fail(0, "flag provided but not defined: -%s (did you mean --%s?)", name,
			    g.word);
	return fail(0, "flag provided but not defined: -%s", name);
}

/* Flags by their letters, -rf; false if the word is no such thing. */
static bool
set_flags(const struct opt *opts, const struct given *g, void *out)
{
	if (!g->one_dash || g->value || !*g->name)
		return false;
	for (const char *letter = g->name; *letter; letter++)
		if (!find_flag(opts, *letter))
			return false;
	for (const char *letter = g->name; *letter; letter++)
		set(find_flag(opts, *letter), "true", out);
	return true;
}

/* Returns how many words the option took. */
static int
parse_opt(const struct opt *opts, char **argv, void *out)
{
	struct given g = take_apart(argv[0]);
	const struct opt *o = find_opt(opts, g.name);
	int words = 1;

	if (!o && set_flags(opts, &g, out))
		return words;
	if (!o && (streq(g.name, "help") || streq(g.name, "h")))
		return -ECANCELED;
	if (!o)
		return unknown_opt(opts, g.name);
	if (!g.value && o->kind == OPT_FLAG)
		g.value = "true";
	if (!g.value)
		g.value = argv[words++];
	if (!g.value)
		return fail(0, "flag needs an argument: -%s", g.name);

	int r = set(o, g.value, out);
	return r < 0 ? r : words;
}

int
opts_parse(const struct opt *opts, char **argv, void *out)
{
	int n = 0;

	while (argv[n] && argv[n][0] == '-' && argv[n][1]) {
		if (streq(argv[n], "--"))
			return n + 1;
		int words = parse_opt(opts, argv + n, out);
		if (words < 0)
			return words;
		n += words;
	}
	return n;
}

void
opts_done(const struct opt *opts, void *out)
{
	for (const struct opt *o = opts; o && o->kind; o++) {
		char ***list = (void *)((char *)out + o->at);

		if (o->kind != OPT_LIST)
			continue;
		free(*list);
		*list = NULL;
	}
}

int
command_check_args(const struct command *c, int n)
{
	if (n < c->min)
		return fail(0, "too few arguments, wanted: %s", c->args);
	if (c->max >= 0 && n > c->max)
		return fail(0, "too many arguments, wanted: %s", c->args ? c->args : "none");
	return 0;
}

const struct command *
program_find(const struct program *p, const char *name)
{
	struct guess g = { 0 };

	for (const struct command *const *c = p->commands; *c; c++) {
		if (streq((*c)->name, name))
			return *c;
		consider(&g, name, (*c)->name);
	}
	if (g.word)
		fail(0, "unknown command \"%s\" (did you mean \"%s\"?)", name, g.word);
	else
		fail(0, "unknown command \"%s\"", name);
	return NULL;
}
