/* The table of resources that are lists: a row for each file that an item is written to. */
#include "runtime/cgroup/props.h"

#include "base/err.h"

#include <inttypes.h>
#include <net/if.h>

/* One word: the kernel would take what follows a blank for something else. */
static bool
is_word(const char *name)
{
	return *name && !strpbrk(name, " \t\n");
}

/* -- RDMA -- */

/* More than the kernel can count is no limit. */
static void
add_rdma(struct str *out, const char *what, const struct oci_uint *n)
{
	if (n->set && n->v >= INT32_MAX)
		str_addf(out, " %s=max", what);
	else if (n->set)
		str_addf(out, " %s=%" PRIu64, what, n->v);
}

static int
as_rdma(struct str *out, const struct oci_resources *r, const void *item)
{
	const struct oci_rdma *device = item;

	(void)r;
	if (!is_word(device->key))
		return fail(0, "is no name of a device");
	if (!device->hca_handles.set && !device->hca_objects.set)
		return fail(0, "needs hcaHandles or hcaObjects");
	str_add(out, device->key);
	add_rdma(out, "hca_handle", &device->hca_handles);
	add_rdma(out, "hca_object", &device->hca_objects);
	return 0;
}

static const char *
rdma_device(const void *item)
{
	return ((const struct oci_rdma *)item)->key;
}

/* -- network -- */

static int
as_priority(struct str *out, const struct oci_resources *r, const void *item)
{
	const struct oci_interface_priority *p = item;

	(void)r;
	if (!is_word(p->name) || strlen(p->name) >= IFNAMSIZ)
		return fail(0, "\"%s\" is no name of an interface", p->name);
	if (if_nametoindex(p->name) == 0)
		return fail(0, "there is no interface %s", p->name);
	str_addf(out, "%s %" PRIu64, p->name, p->priority.v);
	return 0;
}

static int
not_on_v2_item(struct str *out, const struct oci_resources *r, const void *item)
{
	(void)out, (void)r;
	return not_on_v2(item);
}

/* -- huge pages -- */

static const char *
page_size(const void *item)
{
	return ((const struct oci_hugepage_limit *)item)->page_size;
}

/* -- the table -- */

static const struct knob old_device_weight =
	KNOB("blkio", "blkio.weight_device", as_device_weight, .feature = IO_WEIGHTS);
static const struct knob cost_device_weight =
	KNOB("io", "io.weight", as_device_io_weight, .feature = IO_WEIGHTS);

/* Two rows for what goes to two files: a weight and its leaf weight, pages used and reserved. */
const struct prop cgroup_lists[] = {
#define WEIGHT_DEVICE \
	.path = "blockIO.weightDevice", .part = offsetof(struct oci_resources, block_io), \
	.member = at_(oci_block_io, weight_device, struct oci_weight_device **)
#define HUGEPAGES \
	.path = "hugepageLimits", .name = page_size, .part = PART_NONE, \
	.member = at_(oci_resources, hugepage_limits, struct oci_hugepage_limit **)
#define THROTTLE(m, name, file, v2_as) \
	{ .path = "blockIO." name, .part = offsetof(struct oci_resources, block_io), \
	  .member = at_(oci_block_io, m, struct oci_throttle_device **), \
	  .v1 = KNOB("blkio", "blkio.throttle." file, as_rate), \
	  .v2 = KNOB("io", "io.max", v2_as) }
	{ WEIGHT_DEVICE,
	  .v1 = KNOB("blkio", "blkio.bfq.weight_device", as_device_weight,
		     .instead = &old_device_weight),
	  .v2 = KNOB("io", "io.bfq.weight", as_device_weight, .instead = &cost_device_weight) },
	{ WEIGHT_DEVICE,
	  .v1 = KNOB("blkio", "blkio.leaf_weight_device", as_device_leaf_weight,
		     .feature = LEAF_WEIGHTS),
	  .v2 = KNOB(NULL, NULL, no_device_leaf_weight) },
	THROTTLE(throttle_read_bps_device, "throttleReadBpsDevice", "read_bps_device", as_rbps),
	THROTTLE(throttle_write_bps_device, "throttleWriteBpsDevice", "write_bps_device", as_wbps),
	THROTTLE(throttle_read_iops_device, "throttleReadIOPSDevice", "read_iops_device", as_riops),
	THROTTLE(throttle_write_iops_device, "throttleWriteIOPSDevice", "write_iops_device",
		 as_wiops),
	{ HUGEPAGES,
	  .v1 = KNOB("hugetlb", "hugetlb.*.limit_in_bytes", as_hugepages),
	  .v2 = KNOB("hugetlb", "hugetlb.*.max", as_hugepages) },
	{ HUGEPAGES,
	  .v1 = KNOB("hugetlb", "hugetlb.*.rsvd.limit_in_bytes", as_hugepages, .optional = true),
	  .v2 = KNOB("hugetlb", "hugetlb.*.rsvd.max", as_hugepages, .optional = true) },
	{ .path = "network.priorities", .part = offsetof(struct oci_resources, network),
	  .member = at_(oci_network, priorities, struct oci_interface_priority **),
	  .v1 = KNOB("net_prio", "net_prio.ifpriomap", as_priority),
	  .v2 = KNOB(NULL, NULL, not_on_v2_item) },
	{ .path = "rdma", .part = PART_NONE, .member = at_(oci_resources, rdma, struct oci_rdma **),
	  .v1 = KNOB("rdma", "rdma.max", as_rdma), .v2 = KNOB("rdma", "rdma.max", as_rdma),
	  .name = rdma_device, .map = true },
	{ .path = NULL },
};

const void *const *
prop_items(const struct prop *p, const struct oci_resources *r)
{
	static const void *const none[] = { NULL };
	const void *const *const *list = prop_member(p, r);

	return list && *list ? *list : none;
}

char *
prop_item_path(const struct prop *p, const void *const *items, size_t i)
{
	if (p->map)
		return xasprintf("%s[\"%s\"]", p->path, p->name(items[i]));
	return xasprintf("%s[%zu]", p->path, i);
}
