#include "runtime/schemata.h"

#include "base/str.h"
#include "base/strv.h"

#include <stdio.h>

/* A line's resource is what stands before the colon; NULL for a line without one. */
static char *
resource(const char *line)
{
	line += strspn(line, " \t");
	const char *colon = strchr(line, ':');

	return colon ? xstrndup(line, (size_t)(colon - line)) : NULL;
}

/*
 * "0=7ff".  Masks are hexadecimal and shares decimal, but two of a kind are
 * equal in any base that takes their digits.
 */
static bool
read_domain(const char *s, unsigned *domain, unsigned long long *value)
{
	char end;

	return sscanf(s, " %u = %llx %c", domain, value, &end) == 2;
}

static bool
has_domain(char *const *domains, const char *wanted)
{
	unsigned domain, want_domain;
	unsigned long long value, want;

	if (!read_domain(wanted, &want_domain, &want))
		return false;
	for (; domains && *domains; domains++)
		if (read_domain(*domains, &domain, &value) && domain == want_domain)
			return value == want;
	return false;
}

static bool
has_domains(const char *line, const char *wanted)
{
	autostrv have = strv_split(strchr(line, ':') + 1, ';');
	autostrv want = strv_split(strchr(wanted, ':') + 1, ';');

	for (char **w = want; w && *w; w++)
		if (!has_domain(have, *w))
			return false;
	return true;
}

bool
schemata_has(const char *text, const char *wanted)
{
	autostrv lines = strv_split(text, '\n');
	autofree char *want = resource(wanted);

	for (char **l = lines; want && l && *l; l++) {
		autofree char *is = resource(*l);

		if (is && streq(is, want))
			return has_domains(*l, wanted);
	}
	return false;
}
