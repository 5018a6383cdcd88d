#include "base/str.h"

#include <stdint.h>

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

/* How long the character of more than one byte is that begins there; 0 if it is none. */
static size_t
wide_len(const unsigned char *p)
{
	static const struct { unsigned char lead, mask; size_t len; uint32_t least; } forms[] = {
		{ 0xc0, 0xe0, 2, 0x80 }, { 0xe0, 0xf0, 3, 0x800 }, { 0xf0, 0xf8, 4, 0x10000 },
	};

	for (size_t i = 0; i < countof(forms); i++) {
		uint32_t c = p[0] & (uint32_t)~forms[i].mask;
		size_t n = 1;

		if ((p[0] & forms[i].mask) != forms[i].lead)
			continue;
		for (; n < forms[i].len && (p[n] & 0xc0) == 0x80; n++)
			c = c << 6 | (p[n] & 0x3f);
		/* Nor one that has a shorter form, half of a pair of UTF-16, or beyond the last. */
		bool is_char = n == forms[i].len && c >= forms[i].least && c <= 0x10ffff &&
			       (c < 0xd800 || c > 0xdfff);
		return is_char ? n : 0;
	}
	return 0;
}

char *
str_utf8(const char *text)
{
	char *copy = xstrdup(text);

	for (unsigned char *p = (unsigned char *)copy; *p;) {
		size_t n = *p < 0x80 ? 1 : wide_len(p);

		if (!n)
			*p = '?';
		p += n ? n : 1;
	}
	return copy;
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
