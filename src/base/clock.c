#include "base/clock.h"

#include "base/err.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

#define DAY 86400

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

/* And back. */
static int64_t
days_of(const struct date *d)
{
	long year = d->year - (d->month <= 2), era = (year >= 0 ? year : year - 399) / 400;
	long in_era = year - era * 400, month = d->month > 2 ? d->month - 3 : d->month + 9;
	long in_year = (153 * month + 2) / 5 + (long)d->day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

struct clock_text
clock_text(const struct timespec *when)
{
	struct date d = date_of(when->tv_sec / DAY);
	long s = when->tv_sec % DAY;
	struct clock_text t;

	snprintf(t.s, sizeof(t.s), "%04ld-%02u-%02uT%02ld:%02ld:%02ld.%09ldZ", d.year, d.month,
		 d.day, s / 3600, s / 60 % 60, s % 60, when->tv_nsec);
	return t;
}

struct clock_text
clock_text_human(const struct timespec *when)
{
	struct date d = date_of(when->tv_sec / DAY);
	long s = when->tv_sec % DAY;
	struct clock_text t;

	snprintf(t.s, sizeof(t.s), "%04ld-%02u-%02u %02ld:%02ld:%02ld +0000 UTC", d.year, d.month,
		 d.day, s / 3600, s / 60 % 60, s % 60);
	return t;
}

struct clock_text
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return clock_text(&now);
}

/* So many digits, and the sign behind them if there is one; false if they are not there. */
static bool
read_digits(const char **at, int n, char sign, long *value)
{
	for (*value = 0; n > 0; n--, ++*at) {
		if (!isdigit((unsigned char)**at))
			return false;
		*value = 10 * *value + (**at - '0');
	}
	if (sign && **at != sign)
		return false;
	*at += sign != 0;
	return true;
}

/* Digits behind a point; those that count less than a nanosecond are dropped. */
static bool
read_fraction(const char **at, long *ns)
{
	long unit = 100000000;

	*ns = 0;
	if (**at != '.')
		return true;
	for (++*at; isdigit((unsigned char)**at); ++*at, unit /= 10)
		*ns += unit * (**at - '0');
	return (*at)[-1] != '.';
}

/* Z, +02:00, or nothing. */
static bool
read_zone(const char **at, long *seconds)
{
	char sign = **at;
	long h, m;

	*seconds = 0;
	if (!sign)
		return true;
	++*at;
	if (sign == 'Z' || sign == 'z')
		return true;
	if ((sign != '+' && sign != '-') || !read_digits(at, 2, ':', &h) ||
	    !read_digits(at, 2, 0, &m) || h > 23 || m > 59)
		return false;
	*seconds = (sign == '+' ? 1 : -1) * (h * 3600 + m * 60);
	return true;
}

static bool
read_time_of_day(const char **at, struct timespec *t)
{
	long h, m, s, ns, zone;

	if (!**at)
		return true;
	if (**at != 'T' && **at != 't' && **at != ' ')
		return false;
	++*at;
	if (!read_digits(at, 2, ':', &h) || !read_digits(at, 2, ':', &m) ||
	    !read_digits(at, 2, 0, &s) || h > 23 || m > 59 || s > 60)
		return false;
	if (!read_fraction(at, &ns) || !read_zone(at, &zone))
		return false;
	t->tv_sec += h * 3600 + m * 60 + s - zone;
	t->tv_nsec = ns;
	return true;
}

int
clock_parse(const char *text, struct timespec *t)
{
	const char *at = text;
	long year, month, day;

	if (!read_digits(&at, 4, '-', &year) || !read_digits(&at, 2, '-', &month) ||
	    !read_digits(&at, 2, 0, &day) || month < 1 || month > 12 || day < 1 || day > 31)
		return fail(0, "%s: not a time such as 2026-01-31T12:00:00Z", text);
	const struct date d = { year, (unsigned)month, (unsigned)day };
	*t = (struct timespec){ .tv_sec = days_of(&d) * DAY };
	if (!read_time_of_day(&at, t) || *at)
		return fail(0, "%s: not a time such as 2026-01-31T12:00:00Z", text);
	return 0;
}

int64_t
clock_since_ms(const char *text)
{
	autowords keep = err_keep();
	struct timespec then, now;

	if (!text || clock_parse(text, &then) < 0)
		return INT64_MAX;
	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - then.tv_sec) * 1000 + (now.tv_nsec - then.tv_nsec) / 1000000;
}
