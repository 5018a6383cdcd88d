#include "base/cmd.h"

#include "base/err.h"
#include "base/guess.h"
#include "base/parse.h"
#include "base/strv.h"
#include "base/words.h"

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

const char *
opt_alone(const struct opt *o)
{
	return o->kind == OPT_FLAG ? "true" : o->alone;
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

/* Of the long options, what the name was meant to be. */
static struct guess
guess_opt(const struct opt *o, const char *name)
{
	struct guess g = { 0 };

	for (; o && o->kind; o++)
		if (!o->hidden)
			guess_consider(&g, name, o->name);
	return g;
}

/* The phrases about flags are those of Go's programs, one dash included: engines match them. */
static int
unknown_opt(const struct opt *opts, const char *name)
{
	struct guess g = guess_opt(opts, name);

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
	if (!g.value)
		g.value = opt_alone(o);
	if (!g.value)
		g.value = argv[words++];
	if (!g.value)
		return fail(0, "flag needs an argument: -%s", g.name);

	int r = set(o, g.value, out);
	return r < 0 ? r : words;
}

static bool
is_option(const char *word)
{
	return word && word[0] == '-' && word[1];
}

int
opts_parse(const struct opt *opts, char **argv, void *out)
{
	int n = 0;

	while (is_option(argv[n])) {
		if (streq(argv[n], "--"))
			return n + 1;
		int words = parse_opt(opts, argv + n, out);
		if (words < 0)
			return words;
		n += words;
	}
	return n;
}

/* --- letters --------------------------------------------------------------- */

static int
unknown_letter(const struct opt *opts, const char *word, char letter)
{
	struct guess g = guess_opt(opts, word + 1);
	const char *in = word[2] ? " in " : "", *whole = word[2] ? word : "";

	if (g.word)
		return fail(0, "unknown option -%c%s%s (did you mean --%s?)", letter, in, whole,
			    g.word);
	return fail(0, "unknown option -%c%s%s", letter, in, whole);
}

static int
unknown_name(const struct opt *opts, const char *name)
{
	struct guess g = guess_opt(opts, name);

	if (g.word)
		return fail(0, "unknown option --%s (did you mean --%s?)", name, g.word);
	return fail(0, "unknown option --%s", name);
}

/* Returns how many words the option took: this one, and the next if that is its value. */
static int
set_from(const struct opt *o, const char *value, char **argv, void *out)
{
	int words = 1;

	if (!value)
		value = argv[words++];
	if (!value)
		return fail(0, "--%s needs a value%s%s", o->name, o->value ? ": " : "",
			    o->value ? o->value : "");
	int r = set(o, value, out);
	return r < 0 ? r : words;
}

/* -it, -eA=1, -m512m, -m=512m, -itv DIR:DIR */
static int
parse_letters(const struct opt *opts, char **argv, void *out)
{
	for (const char *at = argv[0] + 1; *at; at++) {
		const struct opt *o = find_opt(opts, (const char[]){ *at, 0 });
		const char *value = at[1] == '=' ? at + 2 : NULL;

		if (!o && streq(argv[0], "-h"))
			return -ECANCELED;
		if (!o)
			return unknown_letter(opts, argv[0], *at);
		if (!opt_alone(o))
			return set_from(o, value || !at[1] ? value : at + 1, argv, out);
		if (value)
			return set_from(o, value, argv, out);
		set(o, opt_alone(o), out);
	}
	return 1;
}

static int
parse_name(const struct opt *opts, char **argv, void *out)
{
	struct given g = take_apart(argv[0]);
	const struct opt *o = g.name[1] ? find_opt(opts, g.name) : NULL;

	if (!o && streq(g.name, "help"))
		return -ECANCELED;
	if (!o)
		return unknown_name(opts, g.name);
	return set_from(o, g.value ? g.value : opt_alone(o), argv, out);
}

struct parser {
	const struct opt *opts;
	void *out;
	bool letters, mixed;
};

static int
parse_word(const struct parser *p, char **argv)
{
	if (!p->letters)
		return parse_opt(p->opts, argv, p->out);
	return argv[0][1] == '-' ? parse_name(p->opts, argv, p->out) :
				   parse_letters(p->opts, argv, p->out);
}

/* Takes the options out of argv; what is left of it moves to the front. */
static int
parse_all(const struct parser *p, char **argv)
{
	char **to = argv, **at = argv;

	while (*at && (p->mixed || is_option(*at))) {
		int words = 1;

		if (streq(*at, "--")) {
			at++;
			break;
		}
		if (is_option(*at))
			words = parse_word(p, at);
		else
			*to++ = *at;
		if (words < 0)
			return words;
		at += words;
	}
	while ((*to++ = *at++))
		;
	return 0;
}

int
program_parse(const struct program *p, char **argv, void *out)
{
	const struct parser parser = { .opts = p->opts, .out = out, .letters = p->letters };

	return parse_all(&parser, argv);
}

int
command_parse(const struct program *p, const struct command *c, char **argv, void *out)
{
	const struct parser parser = {
		.opts = c->opts, .out = out, .letters = p->letters, .mixed = c->mixed,
	};
	int r = parse_all(&parser, argv);

	return r < 0 ? r : command_check_args(c, (int)strv_len(argv));
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
