/* Completion for bash, printed from the tables. */
#include "base/cmd-answer.h"

#include "base/strv.h"

/* For the script's own function around compgen. */
static const struct phrase bash_phrases[ANSWER_KINDS] = {
	[NOTHING] = { "-W \"", "\"" }, [LIVE] = { "-W \"$(", ")\"" },
	[LIVE_OR_FILES] = { "-f -W \"$(", ")\"" }, [FILES] = { "-f", "" }, [DIRS] = { "-d", "" },
	[WORDS] = { "-W \"", "\"" },
};

/* A row of the script's own: where we are, and what can stand there. */
static void
add_bash_row(struct str *out, const struct program *p, const char *where, const struct answer *a)
{
	str_addf(out, "\t%s) _%s_reply ", where, p->name);
	answer_add(out, bash_phrases, a);
	str_add(out, " ;;\n");
}

/* "create --bundle" | "create -bundle" | "create -b" */
static void
add_bash_values(struct str *out, const struct program *p, const struct command *c)
{
	autofree char *name = command_full_name(c);

	for (const struct opt *o = c->opts; o && o->kind; o++) {
		autoanswer a = opt_answer(p, o);
		autostr where = { 0 };

		if (o->hidden || opt_alone(o))
			continue;
		str_addf(&where, "\"%s --%s\"", name, o->name);
		if (!p->letters)
			str_addf(&where, " | \"%s -%s\"", name, o->name);
		if (o->letter)
			str_addf(&where, " | \"%s -%c\"", name, o->letter);
		add_bash_row(out, p, where.s, &a);
	}
}

static void
add_bash_options(struct str *out, const struct program *p, const struct command *c)
{
	autofree char *name = command_full_name(c);
	autofree char *where = xasprintf("\"%s -\"", name);
	autoanswer a = { .kind = WORDS };

	str_add(&a.words, "--help");
	for (const struct opt *o = c->opts; o && o->kind; o++)
		if (!o->hidden)
			str_addf(&a.words, " --%s", o->name);
	add_bash_row(out, p, where, &a);
}

static void
add_bash_command(struct str *out, const struct program *p, const struct command *c)
{
	autofree char *name = command_full_name(c);
	autofree char *others = xasprintf("\"%s \"*", name);
	const struct answer files = { .kind = FILES };
	autoarg arg = first_arg(c);
	bool told = false;

	add_bash_options(out, p, c);
	while (next_arg(p, &arg)) {
		autofree char *where = xasprintf("\"%s %d\"", name, arg.i);

		if (arg.answer.kind == NOTHING)
			continue;
		add_bash_row(out, p, arg.repeats ? others : where, &arg.answer);
		told = arg.repeats;
	}
	if (c->max < 0 && !told)
		add_bash_row(out, p, others, &files);
}

static void
add_bash_group(struct str *out, const struct program *p, const char *group)
{
	autofree char *where = xasprintf("\"%s 0\"", group);
	autoanswer a = commands_answer(p, group);

	add_bash_row(out, p, where, &a);
}

/* While the line is read: the second word of a name. */
static void
add_bash_group_names(struct str *out, const struct program *p)
{
	autostrv groups = program_groups(p);

	if (!groups)
		return;
	for (char **g = groups; *g; g++)
		str_addf(out, "%s\"%s ${COMP_WORDS[i]}\"", g == groups ? "\t\t" : " | ", *g);
	str_add(out, ") command+=\" ${COMP_WORDS[i]}\" ;;\n");
}

/* Other names become the proper one. */
static void
add_bash_aliases(struct str *out, const struct program *p)
{
	bool any = false;

	for (const struct command *const *c = p->commands; *c; c++) {
		autofree char *name = command_full_name(*c);

		for (const char *const *a = (*c)->aliases; a && *a; a++) {
			str_add(out, any ? "" : "\t\tcase $command in\n");
			str_addf(out, "\t\t\"%s\") command=\"%s\" ;;\n", *a, name);
			any = true;
		}
	}
	str_add(out, any ? "\t\tesac\n" : "");
}

/* The script's functions that all programs have alike. */
static void
add_bash_head(struct str *out, const struct program *p)
{
	str_addf(out,
		 "# bash completion for %s, printed by: %s completion bash\n\n"
		 "_%s_reply()\n{\n"
		 "\tmapfile -t COMPREPLY < <(compgen \"$@\" -- \"$cur\")\n"
		 "}\n\n"
		 "# Replies with what can stand behind an option; fails if it takes no value.\n"
		 "_%s_value()\n{\n"
		 "\tcase $1 in\n",
		 p->name, p->name, p->name, p->name);
}

static void
add_bash_scan(struct str *out, const struct program *p)
{
	str_addf(out,
		 "\t*) return 1 ;;\n\tesac\n}\n\n"
		 "_%s()\n{\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		 "\tlocal command= arguments=0 i\n\n"
		 "\t# bash makes three words of --name=value.\n"
		 "\t[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
		 "\t[[ $cur == = ]] && cur=\n\n"
		 "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		 "\t\tcase \"$command ${COMP_WORDS[i]}\" in\n"
		 "\t\t*\" -\"*)\n"
		 "\t\t\tif [[ ${COMP_WORDS[i+1]} == = ]]; then\n"
		 "\t\t\t\t((i += 2))\n"
		 "\t\t\telif _%s_value \"$command ${COMP_WORDS[i]}\"; then\n"
		 "\t\t\t\t((i++))\n"
		 "\t\t\tfi ;;\n"
		 "\t\t\" \"*) command=${COMP_WORDS[i]} ;;\n",
		 p->name, p->name);
	add_bash_group_names(out, p);
	str_add(out, "\t\t*) ((arguments++)) ;;\n\t\tesac\n");
	add_bash_aliases(out, p);
	str_addf(out,
		 "\tdone\n"
		 "\t_%s_value \"$command $prev\" && return\n"
		 "\t[[ $cur == -* ]] && arguments=-\n"
		 "\tCOMPREPLY=()\n"
		 "\tcase \"$command $arguments\" in\n",
		 p->name);
}

void
program_complete_bash(const struct program *p, struct str *out)
{
	const struct command itself = program_itself(p);
	autostrv groups = program_groups(p);

	add_bash_head(out, p);
	add_bash_values(out, p, &itself);
	for (const struct command *const *c = p->commands; *c; c++)
		add_bash_values(out, p, *c);

	add_bash_scan(out, p);
	add_bash_command(out, p, &itself);
	for (const struct command *const *c = p->commands; *c; c++)
		add_bash_command(out, p, *c);
	for (char **g = groups; g && *g; g++)
		add_bash_group(out, p, *g);
	str_addf(out, "\tesac\n}\n\ncomplete -o filenames -F _%s %s\n", p->name, p->name);
}
