#include "libocispec/text.h"

#include <ctype.h>
#include <stdint.h>

/* RFC 3629: the first byte says how many follow, and in which range the second is. */
static const struct {
	unsigned char first, last, low, high;
	size_t len;
} forms[] = {
	{ 0x00, 0x7f, 0x00, 0x00, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },	/* not overlong */
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },	/* no surrogates */
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },	/* not beyond U+10FFFF */
};

/* The length of the character at p, 0 if it is none. */
static size_t
char_len(const unsigned char *p, size_t left)
{
	size_t form = 0;

	while (form < countof(forms) && *p > forms[form].last)
		form++;
	if (form == countof(forms) || *p < forms[form].first || left < forms[form].len)
		return 0;
	for (size_t i = 1; i < forms[form].len; i++) {
		unsigned char low = i == 1 ? forms[form].low : 0x80;
		unsigned char high = i == 1 ? forms[form].high : 0xbf;

		if (p[i] < low || p[i] > high)
			return 0;
	}
	return forms[form].len;
}

static size_t
check_utf8(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		uint64_t eight;
		size_t n;

		/* Nearly all of it is ASCII. */
		for (; len - i >= sizeof(eight); i += sizeof(eight)) {
			memcpy(&eight, text + i, sizeof(eight));
			if (eight & 0x8080808080808080)
				break;
		}
		if (i == len)
			break;
		n = char_len((const unsigned char *)text + i, len - i);
		if (!n)
			break;
		i += n;
	}
	return i;
}

/* The number in \uXXXX at p, or -1. */
static long
escaped_unit(const char *p, const char *end)
{
	char digits[5] = "";

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)p[2 + i]))
			return -1;
		digits[i] = p[2 + i];
	}
	return strtol(digits, NULL, 16);
}

/* The length of the escape at p, 0 for half a pair; a malformed one is the parser's business. */
static size_t
escape_len(const char *p, const char *end)
{
	long unit = escaped_unit(p, end);

	if (unit >= 0xdc00 && unit <= 0xdfff)
		return 0;
	if (unit < 0xd800 || unit > 0xdbff)
		return 2;
	unit = escaped_unit(p + 6, end);
	return unit >= 0xdc00 && unit <= 0xdfff ? 12 : 0;
}

static size_t
check_escapes(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while ((p = memchr(p, '\\', (size_t)(end - p)))) {
		size_t n = escape_len(p, end);

		if (!n)
			return (size_t)(p - text);
		if (n > (size_t)(end - p))
			break;
		p += n;
	}
	return len;
}

size_t
oci_text_check(const char *text, size_t len, const char **why)
{
	size_t utf8 = check_utf8(text, len), good = check_escapes(text, utf8);

	*why = good < utf8 ? "has half of a surrogate pair" : "is not UTF-8";
	return good;
}

static bool
is_plain(const char *key)
{
	if (!isalpha((unsigned char)*key) && *key != '_')
		return false;
	while (isalnum((unsigned char)*key) || *key == '_')
		key++;
	return *key == 0;
}

void
oci_path_key(struct str *path, const char *key)
{
	if (is_plain(key)) {
		str_addf(path, ".%s", key);
		return;
	}
	str_add(path, path->len ? "[" : ".[");
	str_add_json(path, key);
	str_addc(path, ']');
}

void
oci_path_index(struct str *path, size_t index)
{
	str_addf(path, "[%zu]", index);
}
