/* Times as a person gives them. */
#ifndef SERVIN_WHEN_H
#define SERVIN_WHEN_H

#include "base/clock.h"

/*
 * RFC 3339, a date, seconds since 1970, or how long ago it was, such as 1h30m: as records have it,
 * in UTC and with nanoseconds, for such texts compare as the times do.  -EINVAL with words.
 */
int when_parse(const char *text, struct clock_text *when);

#endif
