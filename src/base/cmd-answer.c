#include "base/cmd-answer.h"

#include "base/strv.h"
#include "base/words.h"

#include <ctype.h>

void
answer_done(struct answer *a)
{
	str_done(&a->words);
}

static void
add_words(struct answer *a, const char *choices)
{
	a->kind = WORDS;
	for (; *choices; choices++)
		str_addc(&a->words, *choices == '|' ? ' ' : *choices);
}

static bool
add_live(struct answer *a, const struct program *p, const char *word)
{
	for (const struct live *l = p->live; l && l->word; l++) {
		if (!streq(l->word, word))
			continue;
		a->kind = l->files ? LIVE_OR_FILES : LIVE;
		str_addf(&a->words, "%s %s 2>/dev/null", p->name, l->command);
		return true;
	}
	return false;
}

/* What a placeholder stands for: DIR, CONTAINER, this|that. */
static struct answer
word_answer(const struct program *p, const char *word)
{
	static const struct word kinds[] = {
		{ "FILE", FILES }, { "SOCKET", FILES }, { "BUNDLE|FILE", FILES }, { "DIR", DIRS },
		{ "FILE|-", FILES }, { 0 },
	};
	struct answer a = { .kind = NOTHING };
	uint64_t kind;

	if (add_live(&a, p, word))
		return a;
	if (word_number(kinds, word, &kind))
		a.kind = (enum answer_kind)kind;
	else if (islower((unsigned char)*word))
		add_words(&a, word);
	return a;
}

char **
program_groups(const struct program *p)
{
	char **groups = NULL;
	struct command_name n;

	for (const struct command *const *c = p->commands; *c; c++)
		for (size_t i = 0; command_name(*c, i, &n); i++)
			if (*n.group && !strv_has(groups, n.group))
				strv_add(&groups, n.group);
	return groups;
}

/* What can stand first: commands and groups; or the commands of a group. */
struct answer
commands_answer(const struct program *p, const char *group)
{
	struct answer a = { .kind = WORDS };
	autostrv names = NULL;
	struct command_name n;

	for (const struct command *const *c = p->commands; *c; c++) {
		for (size_t i = 0; command_name(*c, i, &n); i++) {
			const char *name = !group && *n.group ? n.group : n.name;

			if (group && !streq(n.group, group))
				continue;
			if (!strv_has(names, name))
				strv_add(&names, name);
		}
	}
	for (char **name = names; name && *name; name++)
		str_addf(&a.words, "%s%s", name == names ? "" : " ", *name);
	return a;
}

struct command
program_itself(const struct program *p)
{
	return (struct command){ .name = "", .args = "[COMMAND]", .opts = p->opts };
}

char *
command_full_name(const struct command *c)
{
	struct str name = { 0 };

	command_add_name(c, &name);
	return str_take(&name);
}

struct answer
opt_answer(const struct program *p, const struct opt *o)
{
	struct answer a = { .kind = NOTHING };

	if (o->value)
		return word_answer(p, o->value);
	if (!o->choices)
		return a;
	a.kind = WORDS;
	opt_add_choices(o, " ", &a.words);
	return a;
}

void
arg_done(struct arg *arg)
{
	answer_done(&arg->answer);
}

bool
next_arg(const struct program *p, struct arg *arg)
{
	const char *from = arg->rest + strspn(arg->rest, " ["), *dots;
	size_t n = strcspn(from, " ");
	autofree char *word = xstrndup(from, n);

	if (n == 0 || arg->repeats)
		return false;
	answer_done(&arg->answer);
	dots = strstr(word, "...");
	word[strcspn(word, "]")] = 0;
	if (dots)
		word[dots - word] = 0;
	arg->answer = arg->i < 0 && streq(word, "COMMAND") && from[-(from > arg->rest)] == '[' ?
			      commands_answer(p, NULL) : word_answer(p, word);
	arg->repeats = dots;
	arg->rest = from + n;
	arg->i++;
	return true;
}

struct arg
first_arg(const struct command *c)
{
	return (struct arg){ .rest = c->args ? c->args : "", .i = -1 };
}

void
answer_add(struct str *out, const struct phrase *phrases, const struct answer *a)
{
	str_add(out, phrases[a->kind].before);
	if (a->words.s)
		str_add(out, a->words.s);
	str_add(out, phrases[a->kind].behind);
}
