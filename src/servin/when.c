#include "servin/when.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"

#include <time.h>

#define SECOND 1000000000LL

static int64_t
ago(uint64_t ns)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	int64_t t = now.tv_sec * SECOND + now.tv_nsec;
	return ns > (uint64_t)t ? 0 : t - (int64_t)ns;
}

int
when_parse(const char *text, struct clock_text *when)
{
	uint64_t n;
	int64_t ns;

	if (parse_uint(text, INT64_MAX / SECOND, &n) == 0)
		ns = (int64_t)n * SECOND;
	else if (parse_duration(text, &n) == 0)
		ns = ago(n);
	else if (clock_parse(text, &ns) < 0)
		return fail_plain(EINVAL, "\"%s\": must be a time such as 2026-01-31T12:00:00Z, or how long"
				    " ago it was, such as 10m", text);
	*when = clock_text(ns);
	return 0;
}
