/*
 * --filter KEY=VALUE, any number of times.
 *
 * Of several with one key one must fit; with different keys each must.  Of
 * labels all must fit.
 */
#ifndef SERVIN_FILTER_H
#define SERVIN_FILTER_H

#include "libocispec/spec.h"

/* All zeros is no filter. */
struct filters {
	char *const *given;	/* "KEY=VALUE", the caller's */
};

/* Checks them: known is a list of keys that ends with NULL.  -EINVAL with words. */
int filters_check(char *const *given, const char *const *known, struct filters *f);

/* The i-th value of a key, or NULL. */
const char *filter_value(const struct filters *f, const char *key, size_t i);

/* Whether there is none with this key, or one of them fits. */
bool filter_fits(const struct filters *f, const char *key,
		 bool (*fits)(const char *value, const void *arg), const void *arg);

/* The same for what must be this text, begin with it, or be found in it as a regular expression. */
bool filter_is(const struct filters *f, const char *key, const char *text);
bool filter_starts(const struct filters *f, const char *key, const char *text);
bool filter_matches(const struct filters *f, const char *key, const char *text);

/* key is "label", and its values NAME or NAME=VALUE. */
bool filter_labels(const struct filters *f, struct oci_pair *const *labels);

/* A value of true or false: 1 or 0, -1 if it is not given, -EINVAL with words. */
int filter_bool(const struct filters *f, const char *key);

#endif
