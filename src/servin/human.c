#include "servin/human.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/parse.h"

#include <stdio.h>

/* Three digits that count, and no zeros at the end of a fraction. */
static struct human
scaled(uint64_t bytes, unsigned step, const char *const *units)
{
	struct human h;
	double n = (double)bytes;
	int digits, last;

	while (n >= step - 0.5 && units[1]) {
		n /= step;
		units++;
	}
	digits = n >= 99.95 || *units[0] == 'B' ? 0 : n >= 9.995 ? 1 : 2;
	last = snprintf(h.s, sizeof(h.s), "%.*f", digits, n);
	while (digits && h.s[last - 1] == '0')
		last--;
	if (digits && h.s[last - 1] == '.')
		last--;
	snprintf(h.s + last, sizeof(h.s) - (size_t)last, "%s", *units);
	return h;
}

struct human
human_size(uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB", NULL };

	return scaled(bytes, 1000, units);
}

struct human
human_memory(uint64_t bytes)
{
	static const char *const units[] = {
		"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", NULL,
	};

	return scaled(bytes, 1024, units);
}

struct human
human_duration(int64_t s)
{
	enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
	/* Up to so many seconds: a phrase, or a number of units. */
	static const struct {
		int64_t below, unit;
		const char *words;
	} phrases[] = {
		{ 1, 0, "Less than a second" }, { 2, 0, "1 second" }, { MINUTE, 1, "seconds" },
		{ 2 * MINUTE, 0, "About a minute" }, { HOUR, MINUTE, "minutes" },
		{ 2 * HOUR, 0, "About an hour" }, { 2 * DAY, HOUR, "hours" },
		{ 14 * DAY, DAY, "days" }, { 60 * DAY, 7 * DAY, "weeks" },
		{ 730 * DAY, 30 * DAY, "months" }, { INT64_MAX, 365 * DAY, "years" },
	};
	struct human h = { { 0 } };
	size_t i = 0;

	if (s >= HOUR)
		s += HOUR / 2;	/* hours are rounded */
	while (s >= phrases[i].below && i < countof(phrases) - 1)
		i++;
	if (phrases[i].unit)
		snprintf(h.s, sizeof(h.s), "%lld %s", (long long)(s / phrases[i].unit),
			 phrases[i].words);
	else
		snprintf(h.s, sizeof(h.s), "%s", phrases[i].words);
	return h;
}

struct human
human_ago(const char *time)
{
	struct human h = { { 0 } };
	struct timespec then, now;

	if (!time || clock_parse(time, &then) < 0 || then.tv_sec < 0)
		return h;
	clock_gettime(CLOCK_REALTIME, &now);
	h = human_duration(now.tv_sec > then.tv_sec ? now.tv_sec - then.tv_sec : 0);
	size_t n = strlen(h.s);
	snprintf(h.s + n, sizeof(h.s) - n, " ago");
	return h;
}

struct human
human_id(const char *id)
{
	struct human h = { { 0 } };
	const char *colon = id ? strchr(id, ':') : NULL;

	snprintf(h.s, sizeof(h.s), "%.12s", colon ? colon + 1 : id ? id : "");
	return h;
}

struct human
human_time(const char *time)
{
	struct human h = { { 0 } };
	struct timespec t;

	if (time && clock_parse(time, &t) == 0 && t.tv_sec >= 0)
		snprintf(h.s, sizeof(h.s), "%.47s", clock_text_human(&t).s);
	return h;
}

/* 1700000000 or 1700000000.5 */
static bool
parse_seconds(const char *text, struct timespec *t)
{
	autofree char *whole = xstrndup(text, strcspn(text, "."));
	const char *point = strchr(text, '.');
	long unit = 100000000;
	uint64_t s;

	if (parse_uint(whole, 1ull << 40, &s) < 0)
		return false;
	*t = (struct timespec){ .tv_sec = (time_t)s };
	for (const char *c = point ? point + 1 : ""; *c; c++, unit /= 10) {
		if (*c < '0' || *c > '9')
			return false;
		t->tv_nsec += unit * (*c - '0');
	}
	return true;
}

int
human_parse_time(const char *text, struct timespec *t)
{
	uint64_t ns;

	if (parse_seconds(text, t) || clock_parse(text, t) == 0)
		return 0;
	if (parse_duration(text, &ns) < 0)
		return fail(0, "%s: neither a time such as 2026-01-31T12:00:00Z nor a duration"
			       " such as 10m", text);
	clock_gettime(CLOCK_REALTIME, t);
	t->tv_sec -= (time_t)(ns / 1000000000);
	t->tv_nsec -= (long)(ns % 1000000000);
	if (t->tv_nsec < 0) {
		t->tv_nsec += 1000000000;
		t->tv_sec--;
	}
	return 0;
}
