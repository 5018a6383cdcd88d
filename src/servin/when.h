/* Times as a person gives them. */
#ifndef SERVIN_WHEN_H
#define SERVIN_WHEN_H

#include <stdint.h>

/* RFC 3339 in UTC, with nanoseconds, as records have it: such texts compare as the times do. */
struct when { char s[40]; };

/* RFC 3339, a date, seconds since 1970, or how long ago it was, such as 1h30m.  -EINVAL with words. */
int when_parse(const char *text, struct when *when);

#endif
