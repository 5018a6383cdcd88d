#include "servin/filter.h"

#include "base/err.h"
#include "base/guess.h"
#include "base/str.h"
#include "base/strv.h"

#include <regex.h>

static bool
has_key(const char *filter, const char *key)
{
	const char *rest = str_after(filter, key);

	return rest && *rest == '=';
}

static int
check(const char *filter, const char *const *known)
{
	autofree char *key = xstrndup(filter, strcspn(filter, "="));
	struct guess g = { 0 };
	autostr all = { 0 };

	if (!strchr(filter, '='))
		return fail(0, "--filter %s: not KEY=VALUE", filter);
	for (const char *const *k = known; *k; k++) {
		if (streq(*k, key))
			return 0;
		guess_consider(&g, key, *k);
		str_addf(&all, "%s%s", k == known ? "" : ", ", *k);
	}
	return hint(fail(0, "--filter %s: no such key%s", filter, guess_words(&g).s),
		    "keys are %s", all.s);
}

int
filters_check(char *const *given, const char *const *known, struct filters *f)
{
	for (char *const *g = given; g && *g; g++) {
		int r = check(*g, known);

		if (r < 0)
			return r;
	}
	f->given = given;
	return 0;
}

const char *
filter_value(const struct filters *f, const char *key, size_t i)
{
	for (char *const *g = f->given; g && *g; g++)
		if (has_key(*g, key) && i-- == 0)
			return strchr(*g, '=') + 1;
	return NULL;
}

bool
filter_fits(const struct filters *f, const char *key, bool (*fits)(const char *, const void *),
	    const void *arg)
{
	const char *value;
	size_t i = 0;

	while ((value = filter_value(f, key, i++)))
		if (fits(value, arg))
			return true;
	return i == 1;
}

static bool
is_text(const char *value, const void *text)
{
	return streq(value, text);
}

static bool
starts_text(const char *value, const void *text)
{
	return str_after(text, value);
}

/* What is no regular expression is looked for as it is. */
static bool
matches_text(const char *value, const void *text)
{
	regex_t regex;
	bool found;

	if (regcomp(&regex, value, REG_EXTENDED | REG_NOSUB) != 0)
		return strstr(text, value);
	found = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return found;
}

bool
filter_is(const struct filters *f, const char *key, const char *text)
{
	return filter_fits(f, key, is_text, text ? text : "");
}

bool
filter_starts(const struct filters *f, const char *key, const char *text)
{
	return filter_fits(f, key, starts_text, text ? text : "");
}

bool
filter_matches(const struct filters *f, const char *key, const char *text)
{
	return filter_fits(f, key, matches_text, text ? text : "");
}

static bool
has_label(struct oci_pair *const *labels, const char *wanted)
{
	for (; labels && *labels; labels++) {
		const char *rest = str_after(wanted, (*labels)->key);

		if (rest && (!*rest || (*rest == '=' && streq(rest + 1, (*labels)->value))))
			return true;
	}
	return false;
}

bool
filter_labels(const struct filters *f, struct oci_pair *const *labels)
{
	const char *value;

	for (size_t i = 0; (value = filter_value(f, "label", i)); i++)
		if (!has_label(labels, value))
			return false;
	return true;
}

int
filter_bool(const struct filters *f, const char *key)
{
	const char *value = filter_value(f, key, 0);

	if (!value)
		return -1;
	if (streq(value, "true") || streq(value, "1"))
		return 1;
	if (streq(value, "false") || streq(value, "0"))
		return 0;
	return fail(0, "--filter %s=%s: neither true nor false", key, value);
}
