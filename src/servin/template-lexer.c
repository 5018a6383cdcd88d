#include "servin/template-lexer.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"

#include <ctype.h>
#include <stdio.h>

static size_t
name_length(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n;
}

static int
set_text(struct token *t, const char *from, size_t n)
{
	if (n >= sizeof(t->text))
		return fail(0, "\"%.20s...\" is longer than %zu bytes", from, sizeof(t->text) - 1);
	snprintf(t->text, sizeof(t->text), "%.*s", (int)n, from);
	t->end = from + n;
	return 0;
}

static char
escaped(char c)
{
	return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

static int
read_string(const char *at, struct token *t)
{
	char quote = *at++;
	size_t n = 0;

	for (; *at && *at != quote; at++) {
		if (*at == '\\' && quote == '"' && at[1])
			t->text[n++] = escaped(*++at);
		else
			t->text[n++] = *at;
		if (n >= sizeof(t->text))
			return fail(0, "a string is longer than %zu bytes", sizeof(t->text) - 1);
	}
	t->text[n] = 0;
	t->end = at + 1;
	return *at ? 0 : fail(0, "a string has no end");
}

static int
read_number(const char *at, struct token *t)
{
	size_t sign = *at == '-';
	int r = set_text(t, at, sign + strspn(at + sign, "0123456789"));

	return r < 0 ? r : parse_int(t->text, INT64_MIN, INT64_MAX, &t->number);
}

static int
read_sign(const char *at, struct token *t)
{
	t->kind = TOKEN_SIGN;
	t->sign = *at;
	t->end = at + 1;
	if (*at == '=' || (*at == ':' && at[1] == '=')) {
		t->kind = TOKEN_ASSIGN;
		t->end = at + 1 + (*at == ':');
		return 0;
	}
	if (!*at)
		return fail(0, "an action has no end, }}");
	return strchr("()|,", *at) ? 0 : fail(0, "unexpected \"%c\"", *at);
}

int
token_read(const char *at, struct token *t)
{
	size_t blanks = strspn(at, " \t\n\r");

	at += blanks;
	t->blank_before = blanks;
	if (str_after(at, "}}") || (blanks && str_after(at, "-}}"))) {
		t->kind = TOKEN_CLOSE;
		t->sign = *at;		/* "-": blanks behind it go */
		t->end = at + (*at == '-' ? 3 : 2);
		return 0;
	}
	if (*at == '.' || *at == '$') {
		t->kind = *at == '.' ? TOKEN_FIELD : TOKEN_VARIABLE;
		return set_text(t, at + 1, name_length(at + 1));
	}
	if (*at == '"' || *at == '`') {
		t->kind = TOKEN_STRING;
		return read_string(at, t);
	}
	if (isdigit((unsigned char)*at) || (*at == '-' && isdigit((unsigned char)at[1]))) {
		t->kind = TOKEN_NUMBER;
		return read_number(at, t);
	}
	if (name_length(at)) {
		t->kind = TOKEN_WORD;
		return set_text(t, at, name_length(at));
	}
	return read_sign(at, t);
}
