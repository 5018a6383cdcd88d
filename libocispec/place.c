#include "libocispec/document.h"

#include "base/err.h"
#include "base/str.h"

#include <ctype.h>

/*
 * Finds a value in a text that has been parsed before.  Being wrong about one
 * that has not, or about a key that is written with needless escapes, costs
 * no more than a line number.
 */
struct scan {
	const char *p, *end;
};

static char
peek(const struct scan *s)
{
	return s->p < s->end ? *s->p : 0;
}

static void
skip_blanks(struct scan *s)
{
	while (s->p < s->end && isspace((unsigned char)*s->p))
		s->p++;
}

static void
skip_string(struct scan *s)
{
	for (s->p++; s->p < s->end && *s->p != '"'; s->p++)
		if (*s->p == '\\' && s->p + 1 < s->end)
			s->p++;
	if (s->p < s->end)
		s->p++;
}

/* Goes to what ends or separates the value; strings hide what is in them. */
static void
skip_value(struct scan *s)
{
	size_t depth = 0;

	for (; s->p < s->end; s->p++) {
		while (peek(s) == '"')
			skip_string(s);
		char c = peek(s);

		if (!depth && (c == ',' || c == ']' || c == '}'))
			return;
		if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
	}
}

/* Goes on to the next member or element; false if there is none. */
static bool
next(struct scan *s)
{
	skip_value(s);
	if (peek(s) != ',')
		return false;
	s->p++;
	skip_blanks(s);
	return true;
}

/* From an object to the value of a key, which is n bytes of JSON; false if it has none. */
static bool
enter_key(struct scan *s, const char *key, size_t n)
{
	if (peek(s) != '{')
		return false;
	s->p++;
	skip_blanks(s);
	do {
		const char *name = s->p + 1;

		if (peek(s) != '"')
			return false;
		skip_string(s);
		bool found = (size_t)(s->p - name) == n + 1 && memcmp(name, key, n) == 0;
		skip_blanks(s);
		if (peek(s) != ':')
			return false;
		s->p++;
		skip_blanks(s);
		if (found)
			return true;
	} while (next(s));
	return false;
}

static bool
enter_index(struct scan *s, size_t index)
{
	if (peek(s) != '[')
		return false;
	s->p++;
	skip_blanks(s);
	while (index--)
		if (!next(s))
			return false;
	return peek(s) != ']';
}

/* Takes one step of the path; returns what is left of that, or NULL. */
static const char *
enter(struct scan *s, const char *path)
{
	struct scan name = { path, path + strlen(path) };
	char *rest;

	if (*path == '.' && path[1] != '[') {
		size_t n = strcspn(path + 1, ".[");

		return enter_key(s, path + 1, n) ? path + 1 + n : NULL;
	}
	name.p += *path == '.';
	if (*name.p != '[')
		return NULL;
	name.p++;
	if (*name.p == '"') {
		const char *key = name.p + 1;

		skip_string(&name);
		return enter_key(s, key, (size_t)(name.p - key) - 1) && *name.p ? name.p + 1 : NULL;
	}
	size_t index = strtoul(name.p, &rest, 10);
	return enter_index(s, index) && *rest ? rest + 1 : NULL;
}

unsigned
oci_line(const struct oci_source *source, const char *path)
{
	struct scan s = { source->text, source->text + source->len };
	const char *found;
	unsigned line = 1;

	skip_blanks(&s);
	do {
		found = s.p;
		path = *path ? enter(&s, path) : NULL;
	} while (path);
	for (const char *p = source->text; p < found; p++)
		line += *p == '\n';
	return line;
}

int
oci_fail(int code, const struct oci_source *source, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	autofree char *words = xvasprintf(fmt, ap);
	va_end(ap);
	return fail(code, "%s:%u: %s: %s", source->name, oci_line(source, path), path, words);
}
