/* Commands by their names: one word, or a group and a word. */
#include "base/cmd.h"

#include "base/err.h"
#include "base/guess.h"

#include <stdio.h>

/* "container ls" or "ls" */
static struct command_name
split(const char *words)
{
	struct command_name n = { { 0 }, { 0 } };
	const char *blank = strchr(words, ' ');

	if (blank)
		snprintf(n.group, sizeof(n.group), "%.*s", (int)(blank - words), words);
	snprintf(n.name, sizeof(n.name), "%s", blank ? blank + 1 : words);
	return n;
}

bool
command_name(const struct command *c, size_t i, struct command_name *name)
{
	size_t aliases = 0;

	while (c->aliases && c->aliases[aliases])
		aliases++;
	if (i > aliases)
		return false;
	*name = split(i ? c->aliases[i - 1] : c->name);
	if (i == 0)
		snprintf(name->group, sizeof(name->group), "%s", c->group ? c->group : "");
	return true;
}

void
command_add_name(const struct command *c, struct str *out)
{
	str_addf(out, "%s%s%s", c->group ? c->group : "", c->group ? " " : "", c->name);
}

/* How many words a name is, if they are this name; else 0. */
static size_t
matches(const struct command_name *n, char *const *words)
{
	if (!*n->group)
		return streq(n->name, words[0]);
	return streq(n->group, words[0]) && words[1] && streq(n->name, words[1]) ? 2 : 0;
}

bool
program_has_group(const struct program *p, const char *word)
{
	struct command_name n;

	for (const struct command *const *c = p->commands; *c; c++)
		for (size_t i = 0; command_name(*c, i, &n); i++)
			if (*n.group && streq(n.group, word))
				return true;
	return false;
}

/* Names live as long as the loop that looks at them: this is a copy of the nearest. */
struct near {
	char word[24];		/* "" if there is none */
	int distance;
};

static void
consider(struct near *near, const char *said, const char *word)
{
	struct guess g = { *near->word ? near->word : NULL, near->distance };

	guess_consider(&g, said, word);
	if (g.word != word)
		return;
	snprintf(near->word, sizeof(near->word), "%s", word);
	near->distance = g.distance;
}

/* In a group the names there, else the first words of all. */
static struct near
nearest(const struct program *p, const char *group, const char *said)
{
	struct near near = { 0 };
	struct command_name n;

	for (const struct command *const *c = p->commands; *c; c++) {
		for (size_t i = 0; command_name(*c, i, &n); i++) {
			if (group && streq(n.group, group))
				consider(&near, said, n.name);
			else if (!group)
				consider(&near, said, *n.group ? n.group : n.name);
		}
	}
	return near;
}

static void
unknown(const struct program *p, char *const *words)
{
	const char *group = program_has_group(p, words[0]) ? words[0] : NULL;
	const char *said = group && words[1] ? words[1] : words[0];
	struct near near = nearest(p, group, said);
	const char *front = group ? group : "", *blank = group ? " " : "";

	if (group && !words[1])
		fail(0, "%s: which command? \"%s help %s\" lists them", group, p->name, group);
	else if (*near.word)
		fail(0, "unknown command \"%s%s%s\" (did you mean \"%s%s%s\"?)", front, blank, said,
		     front, blank, near.word);
	else
		fail(0, "unknown command \"%s%s%s\"", front, blank, said);
}

const struct command *
program_find_words(const struct program *p, char *const *words, size_t *used)
{
	struct command_name n;

	for (const struct command *const *c = p->commands; *c; c++) {
		for (size_t i = 0; command_name(*c, i, &n); i++) {
			*used = matches(&n, words);
			if (*used)
				return *c;
		}
	}
	unknown(p, words);
	return NULL;
}

const struct command *
program_find(const struct program *p, const char *name)
{
	char *const words[] = { (char *)name, NULL };
	size_t used;

	return program_find_words(p, words, &used);
}
