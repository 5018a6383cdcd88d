/* What time it is. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that nobody sets, for deadlines. */
int64_t clock_ms(void);

/* Now, in UTC, by RFC 3339 with nanoseconds: 2026-01-31T12:00:00.000000000Z. */
struct clock_text { char s[96]; };
struct clock_text clock_now(void);

/* The same of another time, in nanoseconds since 1970. */
struct clock_text clock_text(int64_t ns);

/*
 * Reads such a time, also with another zone, without the seconds' fraction, or a date alone:
 * nanoseconds since 1970.  -EINVAL with words.
 */
int clock_parse(const char *rfc3339, int64_t *ns);

/* Milliseconds since such a time; INT64_MAX if the text is none, or NULL. */
int64_t clock_since_ms(const char *rfc3339);

#endif
