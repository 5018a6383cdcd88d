/* Sizes and times as people read them, in docker's words. */
#ifndef SERVIN_HUMAN_H
#define SERVIN_HUMAN_H

#include "base/mem.h"

#include <stdint.h>

struct human { char s[32]; };

/* "7.05MB": three digits, of 1000. */
struct human human_size(uint64_t bytes);

/* "3 weeks", "About an hour". */
struct human human_seconds(int64_t seconds);

/* "3 weeks ago" of a time by RFC 3339; "N/A" of what is none. */
struct human human_ago(const char *time);

/* "2026-01-31 12:00:00 +0000 UTC"; the text as it is if it is no time. */
char *human_time(const char *time);

#endif
