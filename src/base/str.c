#include "base/str.h"

void
str_done(struct str *s)
{
	free(s->s);
	*s = (struct str){ 0 };
}

static void
make_room(struct str *s, size_t n)
{
	if (s->len + n + 1 <= s->room)
		return;
	s->room = (s->len + n + 1) * 2;
	s->s = xrealloc(s->s, s->room, 1);
}

void
str_addn(struct str *s, const char *text, size_t n)
{
	make_room(s, n);
	memcpy(s->s + s->len, text, n);
	s->len += n;
	s->s[s->len] = 0;
}

void
str_add(struct str *s, const char *text)
{
	str_addn(s, text, strlen(text));
}

void
str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void
str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	autofree char *text = xvasprintf(fmt, ap);
	va_end(ap);
	str_add(s, text);
}

char *
str_take(struct str *s)
{
	char *text = s->s ? s->s : xstrdup("");

	*s = (struct str){ 0 };
	return text;
}

/* How much of the text stands for itself in a JSON string. */
static size_t
plain_len(const char *text)
{
	const char *p = text;

	while ((unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
		p++;
	return (size_t)(p - text);
}

void
str_add_json(struct str *s, const char *text)
{
	static const char escaped[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";

	str_addc(s, '"');
	for (;;) {
		size_t n = plain_len(text);

		str_addn(s, text, n);
		text += n;
		if (!*text)
			break;
		const char *e = strchr(escaped, *text);

		if (e)
			str_addf(s, "\\%c", letters[e - escaped]);
		else
			str_addf(s, "\\u%04x", (unsigned char)*text);
		text++;
	}
	str_addc(s, '"');
}

const char *
str_after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}
