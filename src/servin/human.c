#include "servin/human.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

struct human
human_size(uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
	double size = (double)bytes;
	struct human out;
	size_t i = 0;

	for (; size >= 1000 && i + 1 < countof(units); i++)
		size /= 1000;
	snprintf(out.s, sizeof(out.s), "%.3g%s", size, units[i]);
	return out;
}

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 7 * DAY, MONTH = 30 * DAY, YEAR = 365 * DAY };

struct human
human_seconds(int64_t seconds)
{
	/* Below a bound, so many of a unit. */
	static const struct { int64_t below, unit; const char *words; } rows[] = {
		{ MINUTE, 1, "seconds" }, { HOUR, MINUTE, "minutes" }, { 2 * DAY - HOUR / 2, HOUR, "hours" },
		{ 2 * WEEK, DAY, "days" }, { 2 * MONTH, WEEK, "weeks" }, { 2 * YEAR, MONTH, "months" },
		{ INT64_MAX, YEAR, "years" },
	};
	static const struct { int64_t from, below; const char *words; } single[] = {
		{ INT64_MIN, 1, "Less than a second" }, { 1, 2, "1 second" },
		{ MINUTE, 2 * MINUTE, "About a minute" }, { HOUR, HOUR + HOUR / 2, "About an hour" },
	};
	struct human out;
	size_t i = 0;

	for (; i < countof(single); i++)
		if (seconds >= single[i].from && seconds < single[i].below) {
			snprintf(out.s, sizeof(out.s), "%s", single[i].words);
			return out;
		}
	for (i = 0; seconds >= rows[i].below; i++)
		;
	/* Hours are rounded. */
	if (rows[i].unit == HOUR)
		seconds += HOUR / 2;
	snprintf(out.s, sizeof(out.s), "%" PRId64 " %s", seconds / rows[i].unit, rows[i].words);
	return out;
}

static int
parse(const char *text, int64_t *ns)
{
	autowords words = err_keep();

	return has_text(text) ? clock_parse(text, ns) : -EINVAL;
}

struct human
human_ago(const char *text)
{
	struct human out = { "N/A" };
	int64_t then, now;

	/* Images that are built the same each time are of the year 1970, or of none. */
	if (parse(text, &then) < 0 || parse(clock_now().s, &now) < 0)
		return out;
	struct human since = human_seconds((now - then) / 1000000000);
	snprintf(out.s, sizeof(out.s), "%.26s ago", since.s);
	return out;
}

char *
human_time(const char *text)
{
	int64_t ns;
	char out[64];
	struct tm tm;

	if (parse(text, &ns) < 0)
		return xstrdup(text ? text : "");
	time_t t = ns / 1000000000 - (ns % 1000000000 < 0);
	gmtime_r(&t, &tm);
	strftime(out, sizeof(out), "%Y-%m-%d %H:%M:%S +0000 UTC", &tm);
	return xstrdup(out);
}
