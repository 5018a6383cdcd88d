#include "base/clock.h"

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#define DAY    86400
#define SECOND 1000000000LL

int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct date { long year; unsigned month, day; };

/*
 * The date of a day after 1970-01-01, by the rules of Gregory.  gmtime_r(3)
 * would read the zone files for it, at each start.  Years begin in March
 * here, so that the day that comes and goes is the last one.
 */
static struct date
date_of(long days)
{
	days += 719468;	/* from 0000-03-01 */
	long era = days / 146097, in_era = days % 146097;
	long year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	long in_year = in_era - (365 * year + year / 4 - year / 100);
	long month = (5 * in_year + 2) / 153;

	return (struct date){
		.year = era * 400 + year + (month >= 10),
		.month = (unsigned)(month < 10 ? month + 3 : month - 9),
		.day = (unsigned)(in_year - (153 * month + 2) / 5 + 1),
	};
}

/* The other way round. */
static int64_t
days_before(const struct date *d)
{
	int64_t year = d->month <= 2 ? d->year - 1 : d->year;
	int64_t era = year / 400, in_era = year - era * 400;
	int64_t month = d->month <= 2 ? d->month + 9 : d->month - 3;
	int64_t in_year = (153 * month + 2) / 5 + d->day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

struct clock_text
clock_text(int64_t ns)
{
	struct clock_text t;
	int64_t seconds = ns / SECOND, s = seconds % DAY;
	struct date d = date_of(seconds / DAY);

	snprintf(t.s, sizeof(t.s), "%04ld-%02u-%02uT%02d:%02d:%02d.%09ldZ", d.year, d.month, d.day,
		 (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60), (long)(ns % SECOND));
	return t;
}

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

struct clock_text
clock_now(void)
{
	return clock_text(now_ns());
}

/* n digits, of a number that is no larger than max. */
static bool
digits(const char **at, size_t n, unsigned max, unsigned *number)
{
	*number = 0;
	for (; n; n--, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*number = *number * 10 + (unsigned)(**at - '0');
	}
	return *number <= max;
}

static bool
sign(const char **at, const char *one_of)
{
	return **at && strchr(one_of, **at) && (*at)++;
}

static bool
read_date(const char **at, int64_t *ns)
{
	struct date d;
	unsigned year;

	if (!digits(at, 4, 9999, &year) || !sign(at, "-") || !digits(at, 2, 12, &d.month) ||
	    !sign(at, "-") || !digits(at, 2, 31, &d.day) || year < 1970 || !d.month || !d.day)
		return false;
	d.year = year;
	*ns = days_before(&d) * DAY * SECOND;
	return true;
}

static bool
read_time(const char **at, int64_t *ns)
{
	unsigned hour, minute, second = 0;

	if (!digits(at, 2, 23, &hour) || !sign(at, ":") || !digits(at, 2, 59, &minute))
		return false;
	if (sign(at, ":") && !digits(at, 2, 60, &second))
		return false;
	*ns += (hour * 3600 + minute * 60 + second) * SECOND;
	if (!sign(at, ".,"))
		return true;
	for (int64_t weight = SECOND / 10; **at >= '0' && **at <= '9'; (*at)++, weight /= 10)
		*ns += (**at - '0') * weight;
	return true;
}

/* "Z", "+01:00", or nothing, which is UTC too. */
static bool
read_zone(const char **at, int64_t *ns)
{
	unsigned hours, minutes;
	int64_t east;

	if (!**at || sign(at, "Zz"))
		return true;
	if (**at != '+' && **at != '-')
		return false;
	east = *(*at)++ == '+' ? 1 : -1;
	if (!digits(at, 2, 23, &hours) || !sign(at, ":") || !digits(at, 2, 59, &minutes))
		return false;
	*ns -= east * (int64_t)(hours * 3600 + minutes * 60) * SECOND;
	return true;
}

int
clock_parse(const char *text, int64_t *ns)
{
	const char *at = text;

	if (read_date(&at, ns) &&
	    (!*at || (sign(&at, "Tt ") && read_time(&at, ns) && read_zone(&at, ns) && !*at)))
		return 0;
	return fail(EINVAL, "\"%s\": no time such as 2026-01-31T12:00:00Z", text);
}

int64_t
clock_since_ms(const char *rfc3339)
{
	autowords keep = err_keep();
	int64_t then;

	if (!rfc3339 || clock_parse(rfc3339, &then) < 0)
		return INT64_MAX;
	return (now_ns() - then) / 1000000;
}
