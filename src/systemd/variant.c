#include "systemd/variant.h"

#include "systemd/property.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"

#include <inttypes.h>
#include <math.h>

#define DEPTH_MAX 8

struct parser {
	const char *at;
	char **words;
	int depth;
};

/* The basic types that can be named in front of a value. */
static const struct basic {
	const char *word;
	char letter;
	int64_t min;
	uint64_t max;		/* 0: no number */
} basics[] = {
	{ "boolean", 'b', 0, 0 },
	{ "byte", 'y', 0, UINT8_MAX },
	{ "int16", 'n', INT16_MIN, INT16_MAX },
	{ "uint16", 'q', 0, UINT16_MAX },
	{ "int32", 'i', INT32_MIN, INT32_MAX },
	{ "uint32", 'u', 0, UINT32_MAX },
	{ "int64", 'x', INT64_MIN, INT64_MAX },
	{ "uint64", 't', 0, UINT64_MAX },
	{ "double", 'd', 0, 0 },
	{ "string", 's', 0, 0 },
	{ "objectpath", 'o', 0, 0 },
	{ "signature", 'g', 0, 0 },
};

static const struct basic *
basic_of_letter(char letter)
{
	for (size_t i = 0; i < countof(basics); i++)
		if (basics[i].letter == letter)
			return basics + i;
	return NULL;
}

static void
skip_blanks(struct parser *p)
{
	p->at += strspn(p->at, " \t\n");
}

static bool
skip_char(struct parser *p, char c)
{
	skip_blanks(p);
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

static bool
skip_word(struct parser *p, const char *word)
{
	const char *end = str_after(p->at, word);

	if (!end || strspn(end, "abcdefghijklmnopqrstuvwxyz0123456789_"))
		return false;
	p->at = end;
	return true;
}

/* Whether a value of this type may stand where `want` is wanted; NULL wants nothing special. */
static int
set_type(const char *want, const char *is, struct str *type)
{
	if (want && !streq(want, is))
		return fail(0, "is of the type \"%s\" where \"%s\" belongs", is, want);
	str_add(type, is);
	return 0;
}

/* -- text -- */

static char
unescaped(char c)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	const char *found = c ? strchr(from, c) : NULL;

	return found ? to[found - from] : c;
}

static int
parse_text(struct parser *p, const char *want, struct str *type)
{
	char quote = *p->at++;
	autostr text = { 0 };

	for (; *p->at && *p->at != quote; p->at++) {
		if (*p->at == '\\' && (p->at[1] == 'u' || p->at[1] == 'U'))
			return fail(0, "has \"\\%c\", which is not supported", p->at[1]);
		if (*p->at == '\\' && p->at[1])
			str_addc(&text, unescaped(*++p->at));
		else
			str_addc(&text, *p->at);
	}
	if (!*p->at)
		return fail(0, "has no quote at its end");
	p->at++;
	strv_push(&p->words, str_take(&text));
	/* What is said to be a path is a path. */
	bool special = want && (streq(want, "o") || streq(want, "g"));
	return set_type(want, special ? want : "s", type);
}

/* -- numbers -- */

static int
add_double(struct parser *p, const char *token)
{
	char *end;
	double d = strtod(token, &end);

	if (*end || end == token || !isfinite(d))
		return fail(0, "\"%s\" is no number", token);
	strv_push(&p->words, xasprintf("%.17g", d));
	return 0;
}

static int
read_integer(const char *token, bool negative, uint64_t *n)
{
	const char *hex = str_after(token, "0x");

	if (!hex && (*token != '0' || !token[1]))
		return parse_uint(token, UINT64_MAX, n);
	if (!hex)
		return parse_octal(token, UINT64_MAX, n);
	/* strtoull() takes more than digits: a sign, and another 0x. */
	if (negative || !*hex || hex[strspn(hex, "0123456789abcdefABCDEF")])
		return -EINVAL;
	errno = 0;
	*n = strtoull(hex, NULL, 16);
	return -errno;
}

static int
add_integer(struct parser *p, const char *token, const struct basic *b)
{
	bool negative = *token == '-';
	uint64_t n, most = negative ? -(uint64_t)b->min : b->max;

	if (read_integer(token + negative, negative, &n) < 0)
		return fail(0, "\"%s\" is no number", token);
	if (n > most)
		return fail(0, "\"%s\" is out of the range of %s", token, b->word);
	strv_push(&p->words, xasprintf("%s%" PRIu64, negative ? "-" : "", n));
	return 0;
}

static int
parse_number(struct parser *p, const char *want, struct str *type)
{
	size_t len = strspn(p->at, "+-.0123456789abcdefxABCDEFX");
	autofree char *token = xstrndup(p->at, len);
	bool fraction = strpbrk(token, ".") || (!str_after(token, "0x") && strpbrk(token, "eE"));
	const struct basic *b = basic_of_letter(want ? *want : fraction ? 'd' : 'i');

	if (!strspn(token + strspn(token, "+-"), ".0123456789"))
		return fail(0, "has \"%s\", which is no value", p->at);
	p->at += len;
	if (!b || strlen(want ? want : "i") != 1 || (!b->max && b->letter != 'd') ||
	    (fraction && b->letter != 'd'))
		return fail(0, "has the number %s where \"%s\" belongs", token, want);
	int r = b->letter == 'd' ? add_double(p, token) : add_integer(p, token, b);
	if (r == 0)
		str_addc(type, b->letter);
	return r;
}

/* -- what has parts -- */

static int parse_value(struct parser *p, const char *want, struct str *type);

/* The number of elements stands in front of them, when they have been counted. */
static void
put_count(struct parser *p, size_t at, size_t n)
{
	size_t behind = strv_len(p->words) - at;

	strv_push(&p->words, xasprintf("%zu", n));
	char *count = p->words[at + behind];
	memmove(p->words + at + 1, p->words + at, behind * sizeof(*p->words));
	p->words[at] = count;
}

static int
parse_array(struct parser *p, const char *want, struct str *type)
{
	autofree char *element = want && *want == 'a' ? xstrdup(want + 1) : NULL;
	size_t start = strv_len(p->words), n = 0;
	int r = 0;

	p->at++;
	for (; r == 0 && !skip_char(p, ']'); n++) {
		autostr found = { 0 };

		if (n && !skip_char(p, ','))
			return fail(0, "has no \",\" or \"]\" at \"%s\"", p->at);
		r = parse_value(p, element, &found);
		if (!element)	/* the first tells what the others must be */
			element = str_take(&found);
	}
	if (r < 0)
		return r;
	if (!element)
		return fail(0, "is an empty array of no type; for strings write @as []");
	put_count(p, start, n);
	autofree char *whole = xasprintf("a%s", element);
	return set_type(want, whole, type);
}

static int
parse_tuple(struct parser *p, const char *want, struct str *type)
{
	const char *next = want && *want == '(' ? want + 1 : NULL;
	autostr whole = { 0 };
	int r = 0;

	p->at++;
	str_addc(&whole, '(');
	for (size_t n = 0; r == 0 && !skip_char(p, ')'); n++) {
		size_t len = next ? signature_len(next) : 0;
		autofree char *member = len ? xstrndup(next, len) : NULL;

		if (n && !skip_char(p, ','))
			return fail(0, "has no \",\" or \")\" at \"%s\"", p->at);
		if (n && skip_char(p, ')'))
			break;
		r = parse_value(p, member, &whole);
		next = len ? next + len : NULL;
	}
	str_addc(&whole, ')');
	if (r == 0 && streq(whole.s, "()"))
		return fail(0, "has \"()\", which D-Bus has no type for");
	return r < 0 ? r : set_type(want, whole.s, type);
}

/* "@as []" and "uint64 5". */
static int
parse_typed(struct parser *p, const char *named, const char *want, struct str *type)
{
	autostr found = { 0 };
	int r = parse_value(p, named, &found);

	return r < 0 ? r : set_type(want, named, type);
}

static int
parse_annotated(struct parser *p, const char *want, struct str *type)
{
	size_t len = signature_len(p->at + 1);
	autofree char *named = xstrndup(p->at + 1, len);

	if (!len)
		return fail(0, "has no type behind \"@\"");
	p->at += 1 + len;
	return parse_typed(p, named, want, type);
}

static int
parse_plain(struct parser *p, const char *want, struct str *type)
{
	for (size_t i = 0; i < countof(basics); i++)
		if (skip_word(p, basics[i].word))
			return parse_typed(p, (char[]){ basics[i].letter, 0 }, want, type);

	bool yes = skip_word(p, "true");
	if (!yes && !skip_word(p, "false"))
		return parse_number(p, want, type);
	strv_add(&p->words, yes ? "1" : "0");
	return set_type(want, "b", type);
}

static int
parse_value(struct parser *p, const char *want, struct str *type)
{
	int r;

	if (p->depth == DEPTH_MAX)
		return fail(0, "is nested too deeply");
	p->depth++;
	skip_blanks(p);
	switch (*p->at) {
	case '\'':
	case '"':
		r = parse_text(p, want, type);
		break;
	case '[':
		r = parse_array(p, want, type);
		break;
	case '(':
		r = parse_tuple(p, want, type);
		break;
	case '@':
		r = parse_annotated(p, want, type);
		break;
	default:
		r = parse_plain(p, want, type);
	}
	p->depth--;
	return r;
}

int
variant_parse(const char *text, char **type, char ***words)
{
	struct parser p = { .at = text };
	autostr found = { 0 };
	int r = parse_value(&p, NULL, &found);

	skip_blanks(&p);
	if (r == 0 && *p.at)
		r = fail(0, "has \"%s\" behind its end", p.at);
	if (r < 0) {
		strv_free(p.words);
		return wrap(r, "the value %s", text);
	}
	*type = str_take(&found);
	*words = p.words;
	return 0;
}
