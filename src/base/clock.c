#include "base/clock.h"

#include "base/err.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

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

struct clock_text
clock_now(void)
{
	struct clock_text t;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	struct date d = date_of(now.tv_sec / DAY);
	long s = now.tv_sec % DAY;
	snprintf(t.s, sizeof(t.s), "%04ld-%02u-%02uT%02ld:%02ld:%02ld.%09ldZ", d.year, d.month,
		 d.day, s / 3600, s / 60 % 60, s % 60, now.tv_nsec);
	return t;
}

static long
days_of(const struct date *d)
{
	long year = d->year - (d->month < 3), era = (year >= 0 ? year : year - 399) / 400;
	long in_era = year - era * 400, month = (d->month + 9) % 12;
	long in_year = (153 * month + 2) / 5 + d->day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

/* n digits, and what must follow them (0: anything). */
static bool
digits(const char **s, int n, char behind, long *value)
{
	for (*value = 0; n > 0; n--, ++*s) {
		if (!isdigit((unsigned char)**s))
			return false;
		*value = *value * 10 + (**s - '0');
	}
	return !behind || *(*s)++ == behind;
}

static bool
parse_date(const char **s, struct date *d)
{
	long year, month, day;

	if (!digits(s, 4, '-', &year) || !digits(s, 2, '-', &month) || !digits(s, 2, 0, &day))
		return false;
	*d = (struct date){ year, (unsigned)month, (unsigned)day };
	return year >= 1678 && year < 2262 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* Digits of a second behind its dot, if there is one; beyond the ninth they do not count. */
static bool
parse_fraction(const char **s, int64_t *ns)
{
	int64_t unit = 100000000;

	if (**s != '.')
		return true;
	++*s;
	if (!isdigit((unsigned char)**s))
		return false;
	for (; isdigit((unsigned char)**s); ++*s, unit /= 10)
		*ns += (**s - '0') * unit;
	return true;
}

/* "Z", "+02:00": seconds ahead of UTC. */
static bool
parse_zone(const char *s, long *ahead)
{
	long hours, minutes;
	char sign = *s++;

	*ahead = 0;
	if (sign == 'Z' || sign == 'z')
		return !*s;
	if ((sign != '+' && sign != '-') || !digits(&s, 2, ':', &hours) ||
	    !digits(&s, 2, 0, &minutes))
		return false;
	*ahead = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return !*s && hours < 24 && minutes < 60;
}

int
clock_parse(const char *text, int64_t *ns)
{
	const char *s = text;
	long hour, minute, second, ahead;
	int64_t fraction = 0;
	struct date d;

	if (!parse_date(&s, &d) || (*s != 'T' && *s != 't' && *s != ' ') ||
	    (s++, !digits(&s, 2, ':', &hour)) || !digits(&s, 2, ':', &minute) ||
	    !digits(&s, 2, 0, &second) || hour > 23 || minute > 59 || second > 60 ||
	    !parse_fraction(&s, &fraction) || !parse_zone(s, &ahead))
		return fail(0, "%s: not a time such as 2026-01-31T12:00:00Z", text);
	second += days_of(&d) * DAY + hour * 3600 + minute * 60 - ahead;
	*ns = second * INT64_C(1000000000) + fraction;
	return 0;
}
