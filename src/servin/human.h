/* Sizes, times and names as people read them, in docker's words. */
#ifndef SERVIN_HUMAN_H
#define SERVIN_HUMAN_H

#include "base/str.h"

#include <stdint.h>
#include <time.h>

/* 5.61MB, of units of 1000; 1.9MiB, of units of 1024. */
struct human { char s[48]; };
struct human human_size(uint64_t bytes);
struct human human_memory(uint64_t bytes);

/* "3 minutes", "About an hour" */
struct human human_duration(int64_t seconds);

/* "3 minutes ago", of RFC 3339; "" for what is no time, or one before 1970: never. */
struct human human_ago(const char *time);

/* The first 12 digits of an ID or digest. */
struct human human_id(const char *id);

/* "2026-01-31 12:00:00 +0000 UTC" of RFC 3339. */
struct human human_time(const char *time);

/*
 * What --since and --until take: RFC 3339, seconds since 1970, or a duration before now such as
 * 10m.  -EINVAL with words.
 */
int human_parse_time(const char *text, struct timespec *t);

#endif
