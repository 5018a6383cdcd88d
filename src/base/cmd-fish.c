/* Completion for fish, printed from the tables. */
#include "base/cmd-answer.h"

#include "base/strv.h"

static void
add_fish_text(struct str *out, const char *text)
{
	str_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			str_addc(out, '\\');
		str_addc(out, *text);
	}
	str_addc(out, '\'');
}

/* The options of complete(1) that tell what can stand there. */
static const struct phrase fish_phrases[ANSWER_KINDS] = {
	[NOTHING] = { "", "" }, [LIVE] = { " -a '(", ")'" },
	[LIVE_OR_FILES] = { " -F -a '(", ")'" }, [FILES] = { " -F", "" },
	[DIRS] = { " -a '(__fish_complete_directories)'", "" }, [WORDS] = { " -a '", "'" },
};

/*
 * Where the line stands: before the command, or behind one of these.  A
 * command is one word, or two if the first is a group.
 */
static void
add_fish_head(struct str *out, const struct program *p)
{
	autostrv groups = program_groups(p);

	str_addf(out, "function __%s_at\n\tset -l at\n\tset -l skip\n"
		      "\tfor word in (commandline -opc)[2..-1]\n"
		      "\t\tif test -n \"$skip\"\n\t\t\tset skip\n\t\t\tcontinue\n\t\tend\n"
		      "\t\tswitch $word\n", p->name);
	str_add(out, "\t\tcase ''");
	for (const struct opt *o = p->opts; o && o->kind; o++)
		if (!opt_alone(o))
			str_addf(out, " --%s", o->name);
	str_add(out, "\n\t\t\tset skip next\n\t\tcase '-*'\n\t\tcase '*'\n"
		     "\t\t\tset -a at $word\n\t\t\ttest (count $at) -gt 1; and break\n"
		     "\t\t\tcontains -- $word ''");
	for (char **g = groups; g && *g; g++)
		str_addf(out, " %s", *g);
	str_add(out, "; or break\n\t\tend\n\tend\n\tcontains -- \"$at\" $argv\nend\n\n");
}

static void
add_fish_place(struct str *out, const struct program *p, const struct command *c)
{
	struct command_name n;

	str_addf(out, "complete -c %s -n '__%s_at", p->name, p->name);
	for (size_t i = 0; command_name(c, i, &n); i++)
		str_addf(out, " \"%s%s%s\"", n.group, *n.group ? " " : "", n.name);
	str_addc(out, '\'');
}

static void
add_fish_opts(struct str *out, const struct program *p, const struct command *c)
{
	for (const struct opt *o = c->opts; o && o->kind; o++) {
		autoanswer a = opt_answer(p, o);

		if (o->hidden)
			continue;
		add_fish_place(out, p, c);
		if (o->letter)
			str_addf(out, " -s %c", o->letter);
		str_addf(out, " -l %s", o->name);
		if (!opt_alone(o))	/* -x: nothing but what is said here */
			str_add(out, a.kind == FILES ? " -r" : " -x");
		str_add(out, " -d ");
		add_fish_text(out, o->help);
		answer_add(out, fish_phrases, &a);
		str_addc(out, '\n');
	}
}

/* The names of a command where each of them can stand. */
static void
add_fish_names(struct str *out, const struct program *p, const struct command *c)
{
	struct command_name n;

	for (size_t i = 0; command_name(c, i, &n); i++) {
		str_addf(out, "complete -c %s -n '__%s_at \"%s\"' -a %s -d ", p->name, p->name,
			 n.group, n.name);
		add_fish_text(out, c->summary);
		str_addc(out, '\n');
	}
}

static void
add_fish_command(struct str *out, const struct program *p, const struct command *c)
{
	autoarg arg = first_arg(c);

	add_fish_names(out, p, c);
	add_fish_opts(out, p, c);
	while (next_arg(p, &arg)) {
		if (arg.answer.kind == NOTHING)
			continue;
		add_fish_place(out, p, c);
		answer_add(out, fish_phrases, &arg.answer);
		str_addc(out, '\n');
	}
}

void
program_complete_fish(const struct program *p, struct str *out)
{
	const struct command itself = program_itself(p);
	autostrv groups = program_groups(p);

	str_addf(out, "# printed by: %s completion fish\n\n", p->name);
	add_fish_head(out, p);
	str_addf(out, "complete -c %s -f\n", p->name);
	str_addf(out, "complete -c %s -s h -l help -d 'show help'\n", p->name);
	add_fish_opts(out, p, &itself);
	for (char **g = groups; g && *g; g++)
		str_addf(out, "complete -c %s -n '__%s_at \"\"' -a %s\n", p->name, p->name, *g);
	for (const struct command *const *c = p->commands; *c; c++)
		add_fish_command(out, p, *c);
}
