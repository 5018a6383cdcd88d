/* Annotations that are for systemd: org.systemd.property.NAME, and what crun has. */
#include "runtime/cgroup/systemd.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "systemd/variant.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>

#define PREFIX "org.systemd.property."

/* What a scope is made of: with another value it would not be the container's any more. */
static const char *const ours[] = {
	"PIDs", "PIDFDs", "Slice", "Delegate", "DelegateControllers", "DelegateSubgroup",
	"User", "Group", NULL,	/* who owns the cgroup */
};

/* Annotations of crun that ask for what we do not do. */
static const struct {
	const char *key, *but;
} unknown[] = {
	{ "run.oci.systemd.force_cgroup_v1", "a container sees the cgroups that the host has" },
	{ "run.oci.systemd.subgroup", "the container's cgroup is the scope itself" },
};

static int
check_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (n < 3 || name[n])
		return fail(0, "the name of a property has letters only, three or more");
	if (strv_has((char *const *)(uintptr_t)ours, name))
		return fail(0, "this property is not for an annotation to set");
	return 0;
}

/* Numbers without a sign are not told from the others: a time is never below 0. */
static int
microseconds(const char *type, const char *word, uint64_t *us)
{
	double seconds = strtod(word, NULL);

	if (strlen(type) != 1 || !strchr("ynqiuxtd", *type))
		return fail(0, "wants a number of seconds");
	if (!(seconds >= 0 && seconds < 1e13))
		return fail(0, "%s is no number of seconds", word);
	*us = *type == 'd' ? (uint64_t)(seconds * 1e6) : strtoull(word, NULL, 10) * 1000000;
	return 0;
}

/* systemd.scope(5) has TimeoutStopSec=, D-Bus has TimeoutStopUSec. */
static int
add_seconds(char ***list, const char *name, const char *type, char *const *words)
{
	autofree char *stem = xstrndup(name, strlen(name) - strlen("Sec"));
	autofree char *full = xasprintf("%sUSec", stem);
	uint64_t us = 0;
	int r = microseconds(type, words[0], &us);

	if (r == 0)
		property_uint(list, full, us);
	return r;
}

static bool
is_in_seconds(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && streq(name + n - 3, "Sec") && name[n - 4] != 'U';
}

static int
add_property(char ***list, const char *name, const char *value)
{
	autofree char *type = NULL;
	autostrv words = NULL;
	int r = check_name(name);

	if (r == 0)
		r = variant_parse(value, &type, &words);
	if (r < 0)
		return r;
	if (is_in_seconds(name))
		return add_seconds(list, name, type, words);
	strv_add(list, name);
	strv_add(list, type);
	for (char **word = words; word && *word; word++)
		strv_add(list, *word);
	return 0;
}

static void
tell_unknown(const struct oci_pair *p)
{
	for (size_t i = 0; i < countof(unknown); i++)
		if (streq(p->key, unknown[i].key) && p->value && *p->value)
			warn("annotations[\"%s\"] has no effect: %s", p->key, unknown[i].but);
}

int
scope_annotations(const struct oci_spec *spec, char ***properties)
{
	int r = 0;

	for (struct oci_pair **p = spec->annotations; r == 0 && p && *p; p++) {
		const char *name = str_after((*p)->key, PREFIX);

		tell_unknown(*p);
		if (name)
			r = wrap(add_property(properties, name, (*p)->value ? (*p)->value : ""),
				 "annotations[\"%s\"]", (*p)->key);
	}
	return r;
}
