/*
 * Completion for the shells, printed from the tables.
 *
 * What a word can be is told by what help calls it: DIR, FILE, CONTAINER.  In
 * small letters it is what it says, this|or|that.
 */
#include "base/cmd.h"

#include "base/words.h"

#include <ctype.h>

enum kind { NOTHING, IDS, FILES, DIRS, COMMANDS, WORDS, KINDS };

/* What a word can be.  words: for WORDS these, for IDS the command that lists them. */
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

static enum kind
placeholder_kind(const char *name, size_t n)
{
	static const struct word kinds[] = {
		{ "CONTAINER", IDS }, { "FILE", FILES }, { "SOCKET", FILES }, { "DIR", DIRS },
		{ "[BUNDLE|FILE]", FILES }, { "[COMMAND]", COMMANDS }, { 0 },
	};
	autofree char *word = xstrndup(name, n);
	uint64_t kind = islower((unsigned char)*word) ? WORDS : NOTHING;

	word_number(kinds, word, &kind);
	return (enum kind)kind;
}

static void
add_command_names(struct str *out, const struct program *p)
{
	for (const struct command *const *c = p->commands; *c; c++)
		str_addf(out, "%s%s", c == p->commands ? "" : " ", (*c)->name);
}

/* The program as if it were a command, the one before all others. */
static struct command
program_itself(const struct program *p)
{
	return (struct command){ .name = "", .args = "[COMMAND]", .opts = p->opts };
}

static struct answer
commands_answer(const struct program *p)
{
	struct answer a = { .kind = WORDS };

	add_command_names(&a.words, p);
	return a;
}

static struct answer
ids_answer(const struct program *p)
{
	struct answer a = { .kind = IDS };

	str_addf(&a.words, "%s %s 2>/dev/null", p->name, p->ids);
	return a;
}

/* The value of an option. */
static struct answer
opt_answer(const struct opt *o)
{
	struct answer a = { .kind = o->choices ? WORDS : NOTHING };

	if (o->choices)
		opt_add_choices(o, " ", &a.words);
	else if (o->value)
		a.kind = placeholder_kind(o->value, strlen(o->value));
	return a;
}

/* The first argument of a command. */
static struct answer
arg_answer(const struct program *p, const struct command *c)
{
	const char *args = c->args ? c->args : "";
	size_t n = strcspn(args, " ");
	struct answer a = { .kind = placeholder_kind(args, n) };

	if (a.kind == IDS)
		return ids_answer(p);
	if (a.kind == COMMANDS)
		return commands_answer(p);
	if (a.kind == WORDS)
		for (size_t i = 0; i < n; i++)
			str_addc(&a.words, args[i] == '|' ? ' ' : args[i]);
	return a;
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
	[NOTHING] = { "-W \"", "\"" }, [IDS] = { "-W \"$(", ")\"" }, [FILES] = { "-f", "" },
	[DIRS] = { "-d", "" }, [WORDS] = { "-W \"", "\"" },
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
	for (const struct opt *o = c->opts; o && o->kind; o++) {
		autoanswer a = opt_answer(o);
		autostr where = { 0 };

		if (o->hidden || o->kind == OPT_FLAG)
			continue;
		str_addf(&where, "\"%s --%s\" | \"%s -%s\"", c->name, o->name, c->name, o->name);
		if (o->letter)
			str_addf(&where, " | \"%s -%c\"", c->name, o->letter);
		add_bash_row(out, p, where.s, &a);
	}
}

static void
add_bash_options(struct str *out, const struct program *p, const struct command *c)
{
	autofree char *where = xasprintf("\"%s -\"", c->name);
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
	autofree char *first = xasprintf("\"%s 0\"", c->name);
	autofree char *others = xasprintf("\"%s \"*", c->name);
	const struct answer files = { .kind = FILES };
	autoanswer a = arg_answer(p, c);

	add_bash_options(out, p, c);
	if (a.kind != NOTHING)
		add_bash_row(out, p, first, &a);
	if (c->max < 0)
		add_bash_row(out, p, others, &files);
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
		 "\t\t\" \"*) command=${COMP_WORDS[i]} ;;\n"
		 "\t\t*) ((arguments++)) ;;\n"
		 "\t\tesac\n"
		 "\tdone\n"
		 "\t_%s_value \"$command $prev\" && return\n"
		 "\t[[ $cur == -* ]] && arguments=-\n"
		 "\tCOMPREPLY=()\n"
		 "\tcase \"$command $arguments\" in\n",
		 p->name, p->name, p->name);
}

void
program_complete_bash(const struct program *p, struct str *out)
{
	const struct command itself = program_itself(p);

	add_bash_head(out, p);
	add_bash_values(out, p, &itself);
	for (const struct command *const *c = p->commands; *c; c++)
		add_bash_values(out, p, *c);

	add_bash_scan(out, p);
	add_bash_command(out, p, &itself);
	for (const struct command *const *c = p->commands; *c; c++)
		add_bash_command(out, p, *c);
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
	[NOTHING] = { " ", "" }, [IDS] = { "{compadd -- $(", ")}" }, [FILES] = { "_files", "" },
	[DIRS] = { "_files -/", "" }, [WORDS] = { "(", ")" },
};

/* '(-b --bundle)'{-b,--bundle=}'[help]:DIR:action' */
static void
add_zsh_opt(struct str *out, const struct opt *o)
{
	autoanswer a = opt_answer(o);
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
add_zsh_opts(struct str *out, const struct opt *opts)
{
	for (const struct opt *o = opts; o && o->kind; o++)
		if (!o->hidden)
			add_zsh_opt(out, o);
	str_add(out, "\t\t'(- *)'{-h,--help}'[show help]'");
}

static void
add_zsh_command(struct str *out, const struct program *p, const struct command *c)
{
	autoanswer a = arg_answer(p, c);

	str_addf(out, "\t%s)\n\t\t_arguments -s -S \\\n", c->name);
	add_zsh_opts(out, c->opts);
	if (a.kind != NOTHING) {
		str_add(out, " \\\n\t\t'1:argument:");
		add_answer(out, zsh_phrases, &a);
		str_addc(out, '\'');
	}
	str_add(out, c->max < 0 ? " \\\n\t\t'*::command:_normal'\n\t\t;;\n" : "\n\t\t;;\n");
}

void
program_complete_zsh(const struct program *p, struct str *out)
{
	str_addf(out, "#compdef %s\n# printed by: %s completion zsh\n\n", p->name, p->name);
	str_addf(out, "_%s()\n{\n\tlocal curcontext=$curcontext state line\n\ttypeset -A opt_args\n"
		      "\tlocal -a commands=(\n", p->name);
	for (const struct command *const *c = p->commands; *c; c++) {
		str_addf(out, "\t\t'%s:", (*c)->name);
		add_zsh_text(out, (*c)->summary);
		str_add(out, "'\n");
	}
	str_add(out, "\t)\n\n\t_arguments -C -S \\\n");
	add_zsh_opts(out, p->opts);
	str_add(out, " \\\n\t\t'1:command:->command' '*::argument:->argument' && return\n\n"
		     "\t[[ $state == command ]] && _describe command commands\n"
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
	[NOTHING] = { "", "" }, [IDS] = { " -a '(", ")'" }, [FILES] = { " -F", "" },
	[DIRS] = { " -a '(__fish_complete_directories)'", "" }, [WORDS] = { " -a '", "'" },
};

/* Where the line stands: before the command, or behind this one. */
static void
add_fish_place(struct str *out, const struct program *p, const struct command *c)
{
	str_addf(out, "complete -c %s -n '", p->name);
	if (*c->name)
		str_addf(out, "__fish_seen_subcommand_from %s'", c->name);
	else
		str_add(out, "__fish_use_subcommand'");
}

static void
add_fish_opts(struct str *out, const struct program *p, const struct command *c)
{
	for (const struct opt *o = c->opts; o && o->kind; o++) {
		autoanswer a = opt_answer(o);

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

static void
add_fish_command(struct str *out, const struct program *p, const struct command *c)
{
	const struct command itself = program_itself(p);
	autoanswer a = arg_answer(p, c);

	add_fish_place(out, p, &itself);
	str_addf(out, " -a %s -d ", c->name);
	add_fish_text(out, c->summary);
	str_addc(out, '\n');
	add_fish_opts(out, p, c);
	if (a.kind == NOTHING)
		return;
	add_fish_place(out, p, c);
	add_answer(out, fish_phrases, &a);
	str_addc(out, '\n');
}

void
program_complete_fish(const struct program *p, struct str *out)
{
	const struct command itself = program_itself(p);

	str_addf(out, "# printed by: %s completion fish\n\ncomplete -c %s -f\n", p->name, p->name);
	str_addf(out, "complete -c %s -s h -l help -d 'show help'\n", p->name);
	add_fish_opts(out, p, &itself);
	for (const struct command *const *c = p->commands; *c; c++)
		add_fish_command(out, p, *c);
}
