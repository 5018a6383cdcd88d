/* What time it is. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that nobody sets, for deadlines. */
int64_t clock_ms(void);

/* Now, in UTC, by RFC 3339 with nanoseconds: 2026-01-31T12:00:00.000000000Z. */
struct clock_text { char s[96]; };
struct clock_text clock_now(void);

/*
 * The reverse: nanoseconds since 1970 of a time by RFC 3339, whatever its zone.  -EINVAL with words;
 * years from 1678 to 2262 fit.
 */
int clock_parse(const char *text, int64_t *ns);

#endif
