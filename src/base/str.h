/*
 * A string that grows.
 *
 * All zeros is the empty string.  s is NULL until something is added, and
 * ends with a NUL from then on; len does not count it.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/mem.h"

#include <stdbool.h>

struct str {
	char *s;
	size_t len, room;
};

#define autostr auto_(str_done) struct str

void str_done(struct str *s);
void str_addn(struct str *s, const char *text, size_t n);
void str_add(struct str *s, const char *text);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) printf_like(2, 3);

/* Hands the text on, "" if nothing was added; s is empty again. */
char *str_take(struct str *s);

/* Text with a "?" in the place of each byte that is not of UTF-8; free() takes it. */
char *str_utf8(const char *text);

/* Adds text as a JSON string, quotes included; bytes that are not of UTF-8 stay as they are. */
void str_add_json(struct str *s, const char *text);

static inline bool
streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Whether there is something in it; in a configuration "" is as good as nothing. */
static inline bool
has_text(const char *s)
{
	return s && *s;
}

/* What follows the prefix in s, or NULL. */
const char *str_after(const char *s, const char *prefix);

#endif
