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
check_key(const char *key)
{
	const char *dot = strchr(key, '.');

	if (!dot || dot == key || strchr(key, '/'))
		return fail(0, "is no name of a file of a cgroup");
	if (str_after(key, "cgroup.") && !strv_has((char *const *)core_keys, key))
		return fail(0, "is not for a container's configuration to write");
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

static bool
limits_block_io(const struct oci_block_io *b)
{
	return b && (b->weight.v || b->leaf_weight.v || (b->weight_device && *b->weight_device) ||
		     (b->throttle_read_bps_device && *b->throttle_read_bps_device) ||
		     (b->throttle_write_bps_device && *b->throttle_write_bps_device) ||
		     (b->throttle_read_iops_device && *b->throttle_read_iops_device) ||
		     (b->throttle_write_iops_device && *b->throttle_write_iops_device));
}

static bool
limits_network(const struct oci_network *n)
{
	return n && (n->class_id.v || (n->priorities && *n->priorities));
}

static void
tell_later(struct teller *t, const struct oci_resources *r)
{
	const struct { const char *path; bool asked; } later[] = {
		{ "blockIO", limits_block_io(r->block_io) },
		{ "hugepageLimits", r->hugepage_limits && *r->hugepage_limits },
		{ "network", limits_network(r->network) },
		{ "rdma", r->rdma && *r->rdma },
	};

	for (size_t i = 0; i < countof(later); i++)
		if (later[i].asked)
			tell(t, later[i].path, fail(0, "is not supported yet"));
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

		tell(t, path, check_key((*p)->key));
	}
}

static void
tell_props(struct teller *t, const struct cgroup_ops *ops, const struct oci_resources *r)
{
	autostr value = { 0 };

	for (const struct prop *p = cgroup_props; p->path; p++) {
		int e = prop_value(p, ops->knob(p), r, &value);

		if (e == 0 && value.len && ops == &cgroup_none)
			e = fail(0, "needs a cgroup, and the container has none");
		tell(t, p->path, e);
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
	tell_devices(&t, ops_of(kind), r);
	tell_later(&t, r);
	tell_unified(&t, kind, r);
	return t.n;
}
