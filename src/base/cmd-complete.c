/*
 * Completion for the shells, printed from the tables.
 *
 * What a word can be is told by what help calls it: DIR, FILE, CONTAINER.  In
 * small letters it is what it says, this|or|that.
 */
#include "base/cmd.h"

#include "base/strv.h"
#include "base/words.h"

#include <ctype.h>

enum kind { NOTHING, LIVE, LIVE_OR_FILES, FILES, DIRS, WORDS, KINDS };

/* What a word can be.  words: for WORDS these, for LIVE the command that lists them. */
struct answer {
	enum kind kind;
	struct str words;
};

#define autoanswer auto_(answer_done) struct answer

static void
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
		a.kind = (enum kind)kind;
	else if (islower((unsigned char)*word))
		add_words(&a, word);
	return a;
}

/* All groups, in the order of the commands. */
static char **
groups_of(const struct program *p)
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
static struct answer
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

/* The program as if it were a command, the one before all others. */
static struct command
program_itself(const struct program *p)
{
	return (struct command){ .name = "", .args = "[COMMAND]", .opts = p->opts };
}

static char *
full_name(const struct command *c)
{
	struct str name = { 0 };

	command_add_name(c, &name);
	return str_take(&name);
}

/* The value of an option. */
static struct answer
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

/* One after the other of a command's arguments. */
struct arg {
	const char *rest;	/* of command.args */
	int i;
	bool repeats;		/* and so do all that follow */
	struct answer answer;
};

#define autoarg auto_(arg_done) struct arg

static void
arg_done(struct arg *arg)
{
	answer_done(&arg->answer);
}

static bool
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

static struct arg
first_arg(const struct command *c)
{
	return (struct arg){ .rest = c->args ? c->args : "", .i = -1 };
}

/* How a shell says it: what stands before and behind the words. */
struct phrase { const char *before, *behind; };

static void
add_answer(struct str *out, const struct phrase *phrases, const struct answer *a)
{
	str_add(out, phrases[a->kind].before);
	if (a->words.s)
		str_add(out, a->words.s);
	str_add(out, phrases[a->kind].behind);
}

/* --- bash ------------------------------------------------------------------ */

/* For the script's own function around compgen. */
static const struct phrase bash_phrases[KINDS] = {
	[NOTHING] = { "-W \"", "\"" }, [LIVE] = { "-W \"$(", ")\"" },
	[LIVE_OR_FILES] = { "-f -W \"$(", ")\"" }, [FILES] = { "-f", "" }, [DIRS] = { "-d", "" },
	[WORDS] = { "-W \"", "\"" },
};

/* A row of the script's own: where we are, and what can stand there. */
static void
add_bash_row(struct str *out, const struct program *p, const char *where, const struct answer *a)
{
	str_addf(out, "\t%s) _%s_reply ", where, p->name);
	add_answer(out, bash_phrases, a);
	str_add(out, " ;;\n");
}

/* "create --bundle" | "create -bundle" | "create -b" */
static void
add_bash_values(struct str *out, const struct program *p, const struct command *c)
{
	autofree char *name = full_name(c);

	for (const struct opt *o = c->opts; o && o->kind; o++) {
		autoanswer a = opt_answer(p, o);
		autostr where = { 0 };

		if (o->hidden || o->kind == OPT_FLAG)
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
	autofree char *name = full_name(c);
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
	autofree char *name = full_name(c);
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
	autostrv groups = groups_of(p);

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
		autofree char *name = full_name(*c);

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
	autostrv groups = groups_of(p);

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

/* --- zsh ------------------------------------------------------------------- */

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

static const struct phrase zsh_phrases[KINDS] = {
	[NOTHING] = { " ", "" }, [LIVE] = { "{compadd -- $(", ")}" },
	[LIVE_OR_FILES] = { "{_files; compadd -- $(", ")}" }, [FILES] = { "_files", "" },
	[DIRS] = { "_files -/", "" }, [WORDS] = { "(", ")" },
};

/* '(-b --bundle)'{-b,--bundle=}'[help]:DIR:action' */
static void
add_zsh_opt(struct str *out, const struct program *p, const struct opt *o)
{
	autoanswer a = opt_answer(p, o);
	const char *is = o->kind == OPT_FLAG ? "" : "=";

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
	if (o->kind != OPT_FLAG) {
		str_addf(out, ":%s:", o->value ? o->value : o->name);
		add_answer(out, zsh_phrases, &a);
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
		add_answer(out, zsh_phrases, &arg.answer);
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
	autostrv groups = groups_of(p);
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
	autostrv groups = groups_of(p);

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

/* --- fish ------------------------------------------------------------------ */

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
static const struct phrase fish_phrases[KINDS] = {
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
	autostrv groups = groups_of(p);

	str_addf(out, "function __%s_at\n\tset -l at\n\tset -l skip\n"
		      "\tfor word in (commandline -opc)[2..-1]\n"
		      "\t\tif test -n \"$skip\"\n\t\t\tset skip\n\t\t\tcontinue\n\t\tend\n"
		      "\t\tswitch $word\n", p->name);
	str_add(out, "\t\tcase ''");
	for (const struct opt *o = p->opts; o && o->kind; o++)
		if (o->kind != OPT_FLAG)
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
		if (o->kind != OPT_FLAG)	/* -x: nothing but what is said here */
			str_add(out, a.kind == FILES ? " -r" : " -x");
		str_add(out, " -d ");
		add_fish_text(out, o->help);
		add_answer(out, fish_phrases, &a);
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
		add_answer(out, fish_phrases, &arg.answer);
		str_addc(out, '\n');
	}
}

void
program_complete_fish(const struct program *p, struct str *out)
{
	const struct command itself = program_itself(p);
	autostrv groups = groups_of(p);

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
