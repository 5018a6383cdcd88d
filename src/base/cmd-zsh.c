/* Completion for zsh, printed from the tables. */
#include "base/cmd-answer.h"

#include "base/strv.h"

/* Text inside of '...[here]' and '...:here'. */
static void
add_zsh_text(struct str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			str_add(out, "'\\'");
		else if (strchr("[]:\\", *text))
			str_addc(out, '\\');
		str_addc(out, *text);
	}
}

static const struct phrase zsh_phrases[ANSWER_KINDS] = {
	[NOTHING] = { " ", "" }, [LIVE] = { "{compadd -- $(", ")}" },
	[LIVE_OR_FILES] = { "{_files; compadd -- $(", ")}" }, [FILES] = { "_files", "" },
	[DIRS] = { "_files -/", "" }, [WORDS] = { "(", ")" },
};

/* '(-b --bundle)'{-b,--bundle=}'[help]:DIR:action' */
static void
add_zsh_opt(struct str *out, const struct program *p, const struct opt *o)
{
	autoanswer a = opt_answer(p, o);
	const char *is = opt_alone(o) ? "" : "=";

	str_add(out, "\t\t");
	if (o->kind == OPT_LIST)
		str_addf(out, "'*'");
	else if (o->letter)
		str_addf(out, "'(-%c --%s)'", o->letter, o->name);
	if (o->letter)
		str_addf(out, "{-%c,--%s%s}'[", o->letter, o->name, is);
	else
		str_addf(out, "'--%s%s[", o->name, is);
	add_zsh_text(out, o->help);
	str_addc(out, ']');
	if (!opt_alone(o)) {
		str_addf(out, ":%s:", o->value ? o->value : o->name);
		answer_add(out, zsh_phrases, &a);
	}
	str_add(out, "' \\\n");
}

static void
add_zsh_opts(struct str *out, const struct program *p, const struct opt *opts)
{
	bool taken = false;

	for (const struct opt *o = opts; o && o->kind; o++) {
		if (!o->hidden)
			add_zsh_opt(out, p, o);
		taken = taken || o->letter == 'h';
	}
	str_addf(out, "\t\t'(- *)'%s'[show help]'", taken ? "--help" : "{-h,--help}");
}

static void
add_zsh_args(struct str *out, const struct program *p, const struct command *c)
{
	autoarg arg = first_arg(c);
	bool told = false;

	while (next_arg(p, &arg)) {
		if (arg.answer.kind == NOTHING)
			continue;
		str_add(out, " \\\n\t\t'");
		if (arg.repeats)
			str_addc(out, '*');
		else
			str_addf(out, "%d", arg.i + 1);
		str_add(out, ":argument:");
		answer_add(out, zsh_phrases, &arg.answer);
		str_addc(out, '\'');
		told = arg.repeats;
	}
	if (c->max < 0 && !told)
		str_add(out, " \\\n\t\t'*::command:_normal'");
}

/* ls | ps | "container ls" */
static void
add_zsh_command(struct str *out, const struct program *p, const struct command *c)
{
	struct command_name n;

	for (size_t i = 0; command_name(c, i, &n); i++) {
		str_add(out, i ? " | " : "\t");
		if (*n.group)
			str_addf(out, "\"%s %s\"", n.group, n.name);
		else
			str_add(out, n.name);
	}
	str_add(out, ")\n\t\t_arguments -s -S \\\n");
	add_zsh_opts(out, p, c->opts);
	add_zsh_args(out, p, c);
	str_add(out, "\n\t\t;;\n");
}

static void
add_zsh_name(struct str *out, const char *name, const char *summary)
{
	str_addf(out, "\t\t'%s:", name);
	add_zsh_text(out, summary);
	str_add(out, "'\n");
}

/* The commands of a group, or those without one and the groups. */
static void
add_zsh_names(struct str *out, const struct program *p, const char *group)
{
	autostrv groups = program_groups(p);
	struct command_name n;

	for (const struct command *const *c = p->commands; *c; c++)
		for (size_t i = 0; command_name(*c, i, &n); i++)
			if (streq(n.group, group ? group : ""))
				add_zsh_name(out, n.name, (*c)->summary);
	for (char **g = groups; g && *g && !group; g++) {
		autofree char *summary = xasprintf("%s ...", *g);

		add_zsh_name(out, *g, summary);
	}
}

/* A group and the word behind it become one word. */
static void
add_zsh_groups(struct str *out, const struct program *p)
{
	autostrv groups = program_groups(p);

	if (!groups)
		return;
	str_add(out, "\tif [[ $state == argument ]]; then\n\t\tcase $words[1] in\n");
	for (char **g = groups; *g; g++) {
		str_addf(out, "\t\t%s) commands=(\n", *g);
		add_zsh_names(out, p, *g);
		str_add(out, "\t\t) ;;\n");
	}
	str_add(out, "\t\t*) commands=() ;;\n\t\tesac\n"
		     "\t\tif ((CURRENT == 2 && $#commands)); then\n\t\t\tstate=command\n"
		     "\t\telif (($#commands)); then\n"
		     "\t\t\twords=(\"$words[1] $words[2]\" \"${(@)words[3,-1]}\")\n"
		     "\t\t\t((CURRENT--))\n\t\tfi\n\tfi\n");
}

void
program_complete_zsh(const struct program *p, struct str *out)
{
	str_addf(out, "#compdef %s\n# printed by: %s completion zsh\n\n", p->name, p->name);
	str_addf(out, "_%s()\n{\n\tlocal curcontext=$curcontext state line\n\ttypeset -A opt_args\n"
		      "\tlocal -a commands=(\n", p->name);
	add_zsh_names(out, p, NULL);
	str_add(out, "\t)\n\n\t_arguments -C -S \\\n");
	add_zsh_opts(out, p, p->opts);
	str_add(out, " \\\n\t\t'1:command:->command' '*::argument:->argument' && return\n\n");
	add_zsh_groups(out, p);
	str_add(out, "\t[[ $state == command ]] && _describe command commands\n"
		     "\t[[ $state == argument ]] && case $words[1] in\n");
	for (const struct command *const *c = p->commands; *c; c++)
		add_zsh_command(out, p, *c);
	str_addf(out, "\tesac\n}\n\n_%s \"$@\"\n", p->name);
}
