/* linux.intelRdt: names that are one directory, schemata that are one line each. */
#include "runtime/check/checker.h"

#include "base/str.h"

/* resctrl's own directories are no groups. */
static bool
is_class_name(const char *name)
{
	static const char *const others[] = { ".", "..", "info", "mon_data", "mon_groups" };

	for (size_t i = 0; i < countof(others); i++)
		if (streq(name, others[i]))
			return false;
	return streq(name, "/") || (!strpbrk(name, "/\n") && strlen(name) <= 255);
}

static void
check_line(struct checker *c, const char *line, const char *path)
{
	if (strchr(line, '\n'))
		tell_reason(c, false, path, "must be one line");
	else if (!strchr(line, ':'))
		tell_reason(c, false, path, "must be a resource, a colon and its domains");
}

void
check_intel_rdt(struct checker *c)
{
	const struct oci_intel_rdt *rdt = c->spec->linux_->intel_rdt;

	if (!rdt)
		return;
	if (rdt->clos_id && !is_class_name(rdt->clos_id))
		bad(c, "is no name of a class of resctrl", ".linux.intelRdt.closID");
	if (rdt->l3_cache_schema && *rdt->l3_cache_schema)
		check_line(c, rdt->l3_cache_schema, ".linux.intelRdt.l3CacheSchema");
	for (size_t i = 0; rdt->schemata && rdt->schemata[i]; i++) {
		autofree char *path = xasprintf(".linux.intelRdt.schemata[%zu]", i);

		check_line(c, rdt->schemata[i], path);
	}
}
