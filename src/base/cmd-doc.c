/* Help and the manual page, printed from the tables. */
#include "base/cmd.h"

#include "base/err.h"

#include <ctype.h>

static const char program_usage[] = "[OPTION...] COMMAND [OPTION...] [ARGUMENT...]";

/* "-b, --bundle DIR"; a choice shows its words. */
static void
add_opt(struct str *out, const struct opt *o)
{
	if (o->letter)
		str_addf(out, "-%c, ", o->letter);
	str_addf(out, "--%s", o->name);
	if (o->value)
		str_addf(out, " %s", o->value);
	if (o->choices) {
		str_add(out, o->alone ? "[=" : " ");
		opt_add_choices(o, "|", out);
		str_add(out, o->alone ? "]" : "");
	}
}

/* The same with room for a letter, so that the names stand below each other. */
static void
add_opt_column(struct str *out, const struct opt *o)
{
	if (!o->letter)
		str_add(out, "    ");
	add_opt(out, o);
}

/* Two columns; the first has the width of its longest entry. */
static void
add_row(struct str *out, int width, const char *left, const char *right)
{
	str_addf(out, "  %-*s  %s\n", width, left, right);
}

static int
opts_width(const struct opt *opts)
{
	size_t width = 0;

	for (const struct opt *o = opts; o && o->kind; o++) {
		autostr left = { 0 };

		add_opt_column(&left, o);
		if (!o->hidden && left.len > width)
			width = left.len;
	}
	return (int)width;
}

static void
add_opts_help(struct str *out, const struct opt *opts)
{
	int width = opts_width(opts);

	if (width == 0)
		return;
	str_add(out, "\noptions:\n");
	for (const struct opt *o = opts; o->kind; o++) {
		autostr left = { 0 };

		if (o->hidden)
			continue;
		add_opt_column(&left, o);
		add_row(out, width, left.s, o->help);
	}
}

/* The name of a command as a list shows it: all of it, or what stands behind the group. */
static void
add_listed_name(struct str *out, const struct command *c, const char *group)
{
	struct command_name n;

	if (!group) {
		command_add_name(c, out);
		return;
	}
	for (size_t i = 0; command_name(c, i, &n); i++) {
		if (streq(n.group, group)) {
			str_add(out, n.name);
			return;
		}
	}
}

/* The commands of a group, or all. */
static void
add_commands_help(struct str *out, const struct program *p, const char *group)
{
	size_t width = 0;

	for (const struct command *const *c = p->commands; *c; c++) {
		autostr name = { 0 };

		add_listed_name(&name, *c, group);
		width = name.len > width ? name.len : width;
	}
	if (group || !p->headings)
		str_add(out, "\ncommands:\n");
	for (const struct command *const *c = p->commands; *c; c++) {
		autostr name = { 0 };

		for (const struct heading *h = group ? NULL : p->headings; h && h->title; h++)
			if (h->before == *c)
				str_addf(out, "\n%s:\n", h->title);
		add_listed_name(&name, *c, group);
		if (name.len)
			add_row(out, (int)width, name.s, (*c)->summary);
	}
}

void
program_help(const struct program *p, struct str *out)
{
	str_addf(out, "usage: %s %s\n\n%s\n", p->name, program_usage, p->summary);
	add_commands_help(out, p, NULL);
	add_opts_help(out, p->opts);
	str_addf(out, "\n\"%s help COMMAND\" tells more about a command.\n", p->name);
}

void
group_help(const struct program *p, const char *group, struct str *out)
{
	str_addf(out, "usage: %s %s COMMAND [OPTION...] [ARGUMENT...]\n", p->name, group);
	add_commands_help(out, p, group);
	str_addf(out, "\n\"%s help %s COMMAND\" tells more about a command.\n", p->name, group);
}

static void
add_usage(struct str *out, const struct command *c)
{
	command_add_name(c, out);
	if (opts_width(c->opts))
		str_add(out, " [OPTION...]");
	if (c->args)
		str_addf(out, " %s", c->args);
}

/* "ps, container ls", or nothing. */
static void
add_aliases(struct str *out, const char *before, const struct command *c, const char *behind)
{
	if (!c->aliases || !*c->aliases)
		return;
	str_add(out, before);
	for (const char *const *a = c->aliases; *a; a++)
		str_addf(out, "%s%s", a == c->aliases ? "" : ", ", *a);
	str_add(out, behind);
}

void
command_help(const struct program *p, const struct command *c, struct str *out)
{
	str_addf(out, "usage: %s ", p->name);
	add_usage(out, c);
	str_addf(out, "\n\n%s\n", c->summary);
	add_aliases(out, "\nalso: ", c, "\n");
	if (c->text)
		str_addf(out, "\n%s\n", c->text);
	add_opts_help(out, c->opts);
}

int
words_help(const struct program *p, char *const *words, struct str *out)
{
	const struct command *c;
	size_t used = 0;

	if (!words[0]) {
		program_help(p, out);
		return 0;
	}
	if (!words[1] && program_has_group(p, words[0]) && !program_find(p, words[0])) {
		group_help(p, words[0], out);
		return 0;
	}
	c = program_find_words(p, words, &used);
	if (!c)
		return -EINVAL;
	if (words[used])
		return fail(0, "too many arguments, wanted: a command");
	command_help(p, c, out);
	return 0;
}

/* Text for roff: no character of it is a command. */
static void
add_roff(struct str *out, const char *text, size_t n)
{
	if (n && (*text == '.' || *text == '\''))
		str_add(out, "\\&");
	for (; n; text++, n--) {
		if (*text == '\\')
			str_add(out, "\\e");
		else if (*text == '-')
			str_add(out, "\\-");
		else
			str_addc(out, *text);
	}
}

static void
add_roff_line(struct str *out, const char *text)
{
	add_roff(out, text, strlen(text));
	str_addc(out, '\n');
}

static void
add_title(struct str *out, const char *request, const char *title, size_t n)
{
	str_addf(out, "%s ", request);
	add_roff(out, title, n);
	str_addc(out, '\n');
}

static void
add_entry(struct str *out, const char *term, size_t n, const char *definition, size_t m)
{
	str_add(out, ".TP\n.B ");
	add_roff(out, term, n);
	str_addc(out, '\n');
	add_roff(out, definition, m);
	str_addc(out, '\n');
}

/* One line of a text as struct command tells it; example: whether the line before was one. */
static bool
add_text_line(struct str *out, const char *line, size_t n, bool example)
{
	const char *tab = memchr(line, '\t', n);
	bool code = tab == line;

	if (code && !example)
		str_add(out, ".PP\n.nf\n.RS 4\n");
	if (!code && example)
		str_add(out, ".RE\n.fi\n");
	if (n == 0) {
		str_add(out, ".PP\n");
	} else if (*line == '#') {
		add_title(out, ".SH", line + 2, n - 2);
	} else if (tab && !code) {
		add_entry(out, line, (size_t)(tab - line), tab + 1, n - (size_t)(tab + 1 - line));
	} else {
		add_roff(out, line + code, n - code);
		str_addc(out, '\n');
	}
	return code;
}

static bool
starts_paragraph(const char *line)
{
	return *line && !strchr("#\t\n", *line) && !memchr(line, '\t', strcspn(line, "\n"));
}

static void
add_text(struct str *out, const char *text)
{
	bool example = false;

	while (text && *text) {
		size_t n = strcspn(text, "\n");
		const char *next = text + n + (text[n] == '\n');

		/* What is no plain paragraph makes its own distance. */
		if (n || starts_paragraph(next))
			example = add_text_line(out, text, n, example);
		text = next;
	}
	if (example)
		str_add(out, ".RE\n.fi\n");
}

static void
add_opts_roff(struct str *out, const struct opt *opts)
{
	for (const struct opt *o = opts; o && o->kind; o++) {
		autostr words = { 0 };

		if (o->hidden)
			continue;
		add_opt(&words, o);
		add_entry(out, words.s, words.len, o->help, strlen(o->help));
	}
}

static void
add_command_roff(struct str *out, const struct command *c)
{
	autostr usage = { 0 };

	add_usage(&usage, c);
	add_title(out, ".SS", usage.s, usage.len);
	str_addc(out, (char)toupper((unsigned char)c->summary[0]));
	add_roff(out, c->summary + 1, strlen(c->summary) - 1);
	str_add(out, ".\n");
	add_aliases(out, "Also: ", c, ".\n");
	if (c->text)
		str_add(out, ".PP\n");
	add_text(out, c->text);
	add_opts_roff(out, c->opts);
}

void
program_manual(const struct program *p, struct str *out)
{
	str_addf(out, ".TH %s %s \"\" \"%s %s\"\n", p->name, p->section ? p->section : "8",
		 p->name, p->version);
	str_addf(out, ".SH NAME\n%s \\- ", p->name);
	add_roff_line(out, p->summary);
	str_addf(out, ".SH SYNOPSIS\n.B %s\n%s\n", p->name, program_usage);
	str_add(out, ".SH DESCRIPTION\n");
	add_text(out, p->description);
	str_add(out, ".SH OPTIONS\nThese stand before the command.\n");
	add_opts_roff(out, p->opts);
	str_add(out, ".SH COMMANDS\n");
	for (const struct command *const *c = p->commands; *c; c++)
		add_command_roff(out, *c);
	add_text(out, p->text);
}
