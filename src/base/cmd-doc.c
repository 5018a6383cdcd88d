/* Help and the manual page, printed from the tables. */
#include "base/cmd.h"

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
		str_addc(out, ' ');
		opt_add_choices(o, "|", out);
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

static int
commands_width(const struct program *p)
{
	size_t width = 0;

	for (const struct command *const *c = p->commands; *c; c++)
		if (strlen((*c)->name) > width)
			width = strlen((*c)->name);
	return (int)width;
}

void
program_help(const struct program *p, struct str *out)
{
	str_addf(out, "usage: %s %s\n\n%s\n", p->name, program_usage, p->summary);
	str_add(out, "\ncommands:\n");
	for (const struct command *const *c = p->commands; *c; c++)
		add_row(out, commands_width(p), (*c)->name, (*c)->summary);
	add_opts_help(out, p->opts);
	str_addf(out, "\n\"%s help COMMAND\" tells more about a command.\n", p->name);
}

static void
add_usage(struct str *out, const struct command *c)
{
	str_add(out, c->name);
	if (opts_width(c->opts))
		str_add(out, " [OPTION...]");
	if (c->args)
		str_addf(out, " %s", c->args);
}

void
command_help(const struct program *p, const struct command *c, struct str *out)
{
	str_addf(out, "usage: %s ", p->name);
	add_usage(out, c);
	str_addf(out, "\n\n%s\n", c->summary);
	if (c->text)
		str_addf(out, "\n%s\n", c->text);
	add_opts_help(out, c->opts);
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
	if (c->text)
		str_add(out, ".PP\n");
	add_text(out, c->text);
	add_opts_roff(out, c->opts);
}

void
program_manual(const struct program *p, struct str *out)
{
	str_addf(out, ".TH %s 8 \"\" \"%s %s\"\n", p->name, p->name, p->version);
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
