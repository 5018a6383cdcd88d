/*
 * The formats of the files that a cgroup tells its statistics in.  Each
 * function returns 0, or -EINVAL with words; what a list gets is added.
 */
#ifndef RUNTIME_CGROUP_STATS_PARSE_H
#define RUNTIME_CGROUP_STATS_PARSE_H

#include "runtime/cgroup/stats.h"

/*
 * The number behind the key in lines of "KEY NUMBER", or all of the text if
 * key is NULL; the word "max" is the number max.  Returns 1, or 0 if there is
 * no such line.
 */
int stat_uint(const char *text, const char *key, uint64_t max, uint64_t *n);

/* "17 4 0" */
int stat_numbers(const char *text, struct oci_uints *list);

/* A column, from 0, of a table with a head. */
int stat_column(const char *text, size_t column, struct oci_uints *list);

/* "0-2,4" */
int stat_ranges(const char *text, struct oci_uints *list);

/* All lines of "KEY NUMBER". */
int stat_pairs(const char *text, struct oci_pair ***list);

/* Lines of "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" and "full ..."; a *psi is made. */
int stat_psi(const char *text, struct stats_psi **psi);

/* v1: lines of "8:0 Read 4096" or "8:0 4096", and a sum at the end. */
int stat_io_v1(const char *text, struct stats_io ***list);

/* v2: what stands behind "KEY=" in lines of "8:0 rbytes=4096 wbytes=0", by the name of v1. */
int stat_io_v2(const char *text, const char *key, const char *op, struct stats_io ***list);

#endif
