/*
 * Numbers that come as text.
 *
 * Strict: no leading blank, sign or base, nothing behind.  The caller knows
 * where the text stood and puts that in front of the words.
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdint.h>

/* A decimal number from 0 to max.  -EINVAL: no number; -ERANGE: too large. */
int parse_uint(const char *s, uint64_t max, uint64_t *n);

/* The same for one with an optional "-" in front. */
int parse_int(const char *s, int64_t min, int64_t max, int64_t *n);

/* Octal digits, such as those of a mode. */
int parse_octal(const char *s, uint64_t max, uint64_t *n);

/* Bytes: a number and an optional k, m, g or t (times 1024), "b" and "ib" may follow. */
int parse_size(const char *s, uint64_t *bytes);

/* Nanoseconds: one or more of a number with ns, us, ms, s, m or h, such as 1m30s. */
int parse_duration(const char *s, uint64_t *ns);

#endif
