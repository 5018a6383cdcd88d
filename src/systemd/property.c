#include "systemd/property.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"

#include <inttypes.h>

static void
begin(char ***list, const char *name, const char *type)
{
	strv_add(list, name);
	strv_add(list, type);
}

void
property_string(char ***list, const char *name, const char *value)
{
	begin(list, name, "s");
	strv_add(list, value);
}

void
property_bool(char ***list, const char *name, bool value)
{
	begin(list, name, "b");
	strv_add(list, value ? "1" : "0");
}

void
property_uint(char ***list, const char *name, uint64_t value)
{
	begin(list, name, "t");
	strv_push(list, xasprintf("%" PRIu64, value));
}

void
property_bits(char ***list, const char *name, const uint8_t *bytes, size_t n)
{
	begin(list, name, "ay");
	strv_push(list, xasprintf("%zu", n));
	for (size_t i = 0; i < n; i++)
		strv_push(list, xasprintf("%u", bytes[i]));
}

#define BASIC "bynqiuxtdsog"

/* D-Bus has as much for arrays, and again for structures. */
#define NESTED_MAX 32

static size_t type_len(const char *signature, int depth);

/* The length of complete types up to a closing bracket, or 0: there must be one at least. */
static size_t
members_len(const char *signature, char close, int depth)
{
	size_t len = 1;

	for (size_t n; len == 1 || signature[len] != close; len += n)
		if ((n = type_len(signature + len, depth)) == 0)
			return 0;
	return len + 1;
}

static size_t
type_len(const char *signature, int depth)
{
	size_t n;

	if (*signature && strchr(BASIC, *signature))
		return 1;
	if (depth == NESTED_MAX)
		return 0;
	switch (*signature) {
	case 'a':
		n = type_len(signature + 1, depth + 1);
		return n ? n + 1 : 0;
	case '(':
		return members_len(signature, ')', depth + 1);
	case '{':
		return members_len(signature, '}', depth + 1);
	default:
		return 0;
	}
}

size_t
signature_len(const char *signature)
{
	return type_len(signature, 0);
}

static int add_words(const char *type, char *const **words, int depth);

static int
add_array(const char *element, char *const **words, int depth)
{
	uint64_t n;

	if (!**words || parse_uint(**words, TALK_MAX, &n) < 0)
		return -EINVAL;
	++*words;
	for (int r; n; n--)
		if ((r = add_words(element, words, depth)) < 0)
			return r;
	return 0;
}

static int
add_members(const char *type, size_t len, char *const **words, int depth)
{
	for (size_t i = 1; i < len - 1; i += signature_len(type + i)) {
		int r = add_words(type + i, words, depth);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Steps over the words of the first complete type. */
static int
add_words(const char *type, char *const **words, int depth)
{
	size_t len = signature_len(type);

	if (!len || depth > 16)
		return -EINVAL;
	if (*type == 'a')
		return add_array(type + 1, words, depth + 1);
	if (len > 1)
		return add_members(type, len, words, depth + 1);
	return **words ? (++*words, 0) : -EINVAL;
}

int
property_words(const char *type, char *const *words)
{
	char *const *end = words;

	if (strlen(type) > 255 || signature_len(type) != strlen(type) ||
	    add_words(type, &end, 0) < 0)
		return fail(0, "no value of the type \"%s\"", type);
	return (int)(end - words);
}

void
packet_of_words(struct str *packet, char *const *words)
{
	for (; words && *words; words++)
		str_addn(packet, *words, strlen(*words) + 1);
}

char **
words_of_packet(const char *packet, size_t len)
{
	char **words = NULL;

	for (size_t at = 0, n; at < len; at += n + 1) {
		n = strnlen(packet + at, len - at);
		strv_push(&words, xstrndup(packet + at, n));
	}
	return words;
}
