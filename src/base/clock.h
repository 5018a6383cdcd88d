/* What time it is. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that nobody sets, for deadlines. */
int64_t clock_ms(void);

/* Now, in UTC, by RFC 3339 with nanoseconds: 2026-01-31T12:00:00.000000000Z. */
struct clock_text { char s[96]; };
struct clock_text clock_now(void);

/* The same for any time; and for people, whole seconds: "2026-01-31 12:00:00 +0000 UTC". */
struct clock_text clock_text(const struct timespec *t);
struct clock_text clock_text_human(const struct timespec *t);

/*
 * Reads RFC 3339, with any number of digits behind the point and any zone; of a time of day that
 * has no zone it is UTC, and a day alone is its beginning.  -EINVAL with words.
 */
int clock_parse(const char *text, struct timespec *t);

/* Milliseconds since such a time; INT64_MAX if the text is none, or NULL. */
int64_t clock_since_ms(const char *text);

#endif
