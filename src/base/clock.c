#include "base/clock.h"

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

int64_t
clock_since_ms(const char *rfc3339)
{
	struct timespec now;
	struct tm tm = { 0 };
	const char *rest = rfc3339 ? strptime(rfc3339, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	int64_t ms = 0;

	if (!rest)
		return INT64_MAX;
	for (int i = 1, weight = 100; *rest == '.' && i <= 3; i++, weight /= 10) {
		if (rest[i] < '0' || rest[i] > '9')
			break;
		ms += (rest[i] - '0') * weight;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - (int64_t)timegm(&tm)) * 1000 + now.tv_nsec / 1000000 - ms;
}
