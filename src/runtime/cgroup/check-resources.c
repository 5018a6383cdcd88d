/* What is wrong with resources, without touching anything. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

/* Of the core's files those that set a bound; the others move processes or freeze them. */
static const char *const core_keys[] = {
	"cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure", NULL,
};

static int
check_pair(const char *key, const char *value)
{
	const char *dot = strchr(key, '.');

	if (!dot || dot == key || strchr(key, '/'))
		return fail(0, "is no name of a file of a cgroup");
	if (str_after(key, "cgroup.") && !strv_has((char *const *)core_keys, key))
		return fail(0, "is not for a container's configuration to write");
	if (strspn(value, "\n") == strlen(value))
		return fail(0, "has no value: the kernel would take none for a 0, or for nothing");
	return 0;
}

struct teller {
	void (*tell)(void *arg, const char *path, const char *reason);
	void *arg;
	int n;
};

static void
tell(struct teller *t, const char *path, int r)
{
	if (r >= 0)
		return;
	autofree char *whole = xasprintf(".linux.resources.%s", path);
	t->tell(t->arg, whole, err_words());
	t->n++;
}

static void
tell_unified(struct teller *t, enum cgroup_kind kind, const struct oci_resources *r)
{
	if (r->unified && *r->unified && kind != CGROUP_V2)
		tell(t, "unified",
		     kind == CGROUP_V1 ? fail(0, "is for cgroup v2, and this host has v1")
				       : fail(0, "needs a cgroup, and the container has none"));
	for (struct oci_pair **p = r->unified; kind == CGROUP_V2 && p && *p; p++) {
		autofree char *path = xasprintf("unified[\"%s\"]", (*p)->key);

		tell(t, path, check_pair((*p)->key, (*p)->value ? (*p)->value : ""));
	}
}

/* The value as it would be written; one that cannot be written anywhere is a mistake too. */
static int
check_value(const struct knob *k, const struct oci_resources *r, const void *member,
	    bool has_cgroup)
{
	autostr value = { 0 };
	int e = prop_value(k, r, member, &value);

	if (e == 0 && value.len && !has_cgroup)
		e = fail(0, "needs a cgroup, and the container has none");
	return e;
}

static void
tell_props(struct teller *t, const struct cgroup_ops *ops, const struct oci_resources *r)
{
	for (const struct prop *p = cgroup_props; p->path; p++)
		tell(t, p->path, check_value(ops->knob(p), r, prop_member(p, r),
					     ops != &cgroup_none));
}

static void
tell_lists(struct teller *t, const struct cgroup_ops *ops, const struct oci_resources *r)
{
	for (const struct prop *p = cgroup_lists; p->path; p++) {
		const void *const *items = prop_items(p, r);

		for (size_t i = 0; items[i] && !ops->knob(p)->optional; i++) {
			autofree char *path = prop_item_path(p, items, i);

			tell(t, path, check_value(ops->knob(p), r, items[i], ops != &cgroup_none));
		}
	}
}

static void
tell_devices(struct teller *t, const struct cgroup_ops *ops, const struct oci_resources *r)
{
	autofree struct device_rule *rules = NULL;
	struct device_rule rule;
	int before = t->n;
	size_t n;

	for (size_t i = 0; r->devices && r->devices[i]; i++) {
		autofree char *path = xasprintf("devices[%zu]", i);

		tell(t, path, devices_rule(r->devices[i], &rule));
	}
	if (t->n == before && devices_rules(r, &rules, &n) == 0 && ops->check_devices && r->devices)
		tell(t, "devices", ops->check_devices(rules, n));
}

int
cgroup_check_resources(enum cgroup_kind kind, const struct oci_resources *r,
		       void (*tell_fn)(void *arg, const char *path, const char *reason), void *arg)
{
	struct teller t = { .tell = tell_fn, .arg = arg };

	if (!r)
		return 0;
	tell_props(&t, ops_of(kind), r);
	tell_lists(&t, ops_of(kind), r);
	tell_devices(&t, ops_of(kind), r);
	tell_unified(&t, kind, r);
	return t.n;
}
