#include "base/base64.h"

#include "base/err.h"

#include <stdint.h>

/* Six bits, or -1. */
static int
value_of(char c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

int
base64_decode(const char *text, void **data, size_t *len)
{
	size_t n = strlen(text), digits = n;
	uint32_t bits = 0;

	while (digits && n - digits < 2 && text[digits - 1] == '=')
		digits--;
	if (n % 4)
		return fail(0, "not base64: %zu characters are no multiple of 4", n);
	autofree uint8_t *out = xcalloc(n / 4 * 3 + 1, 1);
	*len = 0;
	for (size_t i = 0; i < digits; i++) {
		int value = value_of(text[i]);

		if (value < 0)
			return fail(0, "not base64: character %zu", i + 1);
		bits = bits << 6 | (uint32_t)value;
		/* The first of four completes nothing, each other one a byte. */
		if (i % 4)
			out[(*len)++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	*data = take(out);
	return 0;
}
