/* The tables of .linux.resources: what is written to which file, and what is refused. */
#include "unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/strv.h"
#include "runtime/cgroup/kind.h"

#include <math.h>

/* -- values -- */

static const struct cgroup_ops *
ops(enum cgroup_kind kind)
{
	return kind == CGROUP_V1 ? &cgroup_v1 : &cgroup_v2;
}

static struct str written;

static void
show_value(const struct knob *k, const struct str *value)
{
	if (value->len)
		str_addf(&written, "%s%s=%s", written.len ? " " : "", k->file ? k->file : "-",
			 value->s);
}

/* What would be written: "file=value file=value", or the first error. */
static const char *
show(enum cgroup_kind kind, const struct oci_resources *r)
{
	autostr value = { 0 };

	str_done(&written);
	written = (struct str){ 0 };
	for (const struct prop *p = cgroup_props; p->path; p++) {
		const struct knob *k = ops(kind)->knob(p);

		if (prop_value(k, r, prop_member(p, r), &value) < 0)
			return err_words();
		show_value(k, &value);
	}
	for (const struct prop *p = cgroup_lists; p->path; p++)
		for (const void *const *i = prop_items(p, r); *i; i++) {
			const struct knob *k = ops(kind)->knob(p);

			if (prop_value(k, r, *i, &value) < 0)
				return err_words();
			show_value(k, &value);
		}
	return written.s ? written.s : "";
}

#define INT(n) { .v = (n), .set = true }
#define MEMORY(...) &(struct oci_resources){ .memory = &(struct oci_memory){ __VA_ARGS__ } }
#define CPU(...) &(struct oci_resources){ .cpu = &(struct oci_cpu){ __VA_ARGS__ } }
#define PIDS(...) &(struct oci_resources){ .pids = &(struct oci_pids){ __VA_ARGS__ } }

TEST(memory)
{
	same_words(show(CGROUP_V1,
			MEMORY(.limit = INT(100), .swap = INT(150), .reservation = INT(50))),
		   "memory.limit_in_bytes=100 memory.memsw.limit_in_bytes=150 "
		   "memory.soft_limit_in_bytes=50");
	same_words(show(CGROUP_V2,
			MEMORY(.limit = INT(100), .swap = INT(150), .reservation = INT(50))),
		   "memory.max=100 memory.swap.max=50 memory.low=50");
	same_words(show(CGROUP_V2, MEMORY(.limit = INT(100), .swap = INT(100))),
		   "memory.max=100 memory.swap.max=0");
	same_words(show(CGROUP_V2, MEMORY(.limit = INT(100), .swap = INT(-1))),
		   "memory.max=100 memory.swap.max=max");
	same_words(show(CGROUP_V2, MEMORY(.limit = INT(0), .swap = INT(0))), "");
	same_words(show(CGROUP_V1, MEMORY(.swappiness = INT(0), .disable_oom_killer = INT(true))),
		   "memory.swappiness=0 memory.oom_control=1");
	/* It is inherited from the cgroup above. */
	same_words(show(CGROUP_V1,
			MEMORY(.swappiness = INT(100), .disable_oom_killer = INT(false))),
		   "memory.swappiness=100 memory.oom_control=0");
	same_words(show(CGROUP_V2, MEMORY(.disable_oom_killer = INT(false))), "");
}

/* No limit on memory leaves none on the sum. */
TEST(memory_without_limit)
{
	same_words(show(CGROUP_V1, MEMORY(.limit = INT(-1))),
		   "memory.limit_in_bytes=-1 memory.memsw.limit_in_bytes=-1");
	same_words(show(CGROUP_V2, MEMORY(.limit = INT(-1))), "memory.max=max memory.swap.max=max");
}

TEST(memory_mistakes)
{
	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_V2; k++) {
		same_words(show(k, MEMORY(.limit = INT(100), .swap = INT(50))),
			   "is less than memory.limit: it counts memory and swap together");
		same_words(show(k, MEMORY(.swap = INT(50))),
			   "needs memory.limit beside it: it counts memory and swap together");
	}
	same_words(show(CGROUP_V1, MEMORY(.swappiness = INT(101))), "must be from 0 to 100");
	same_words(show(CGROUP_V2, MEMORY(.swappiness = INT(1))), "cgroup v2 has no such setting");
	same_words(show(CGROUP_V2, MEMORY(.disable_oom_killer = INT(true))),
		   "cgroup v2 has no such setting");
}

TEST(cpu)
{
	same_words(
		show(CGROUP_V1, CPU(.shares = INT(512), .quota = INT(5000), .period = INT(10000),
				    .burst = INT(1))),
		"cpu.shares=512 cpu.cfs_period_us=10000 cpu.cfs_quota_us=5000 cpu.cfs_burst_us=1");
	same_words(show(CGROUP_V2, CPU(.shares = INT(1024), .quota = INT(5000),
				       .period = INT(10000), .burst = INT(1))),
		   "cpu.weight=100 cpu.max=5000 10000 cpu.max.burst=1");
	same_words(show(CGROUP_V2, CPU(.quota = INT(5000))), "cpu.max=5000");
	same_words(show(CGROUP_V2, CPU(.quota = INT(-1))), "cpu.max=max");
	same_words(show(CGROUP_V2, CPU(.period = INT(10000))), "cpu.max=max 10000");
	same_words(show(CGROUP_V1, CPU(.quota = INT(0), .period = INT(0), .shares = INT(0))), "");
	same_words(show(CGROUP_V1, CPU(.cpus = "0-1", .mems = "")), "cpuset.cpus=0-1");
	same_words(show(CGROUP_V1, CPU(.idle = INT(1), .shares = INT(2))), "cpu.idle=1");
	same_words(show(CGROUP_V1, CPU(.shares = INT(1))), "must be from 2 to 262144");
	same_words(show(CGROUP_V1, CPU(.idle = INT(2))), "must be 0 or 1");
}

TEST(bandwidth_mistakes)
{
	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_V2; k++) {
		same_words(show(k, CPU(.period = INT(999))),
			   "must be from 1000 to 1000000 microseconds");
		same_words(show(k, CPU(.period = INT(1000001), .quota = INT(5000))),
			   "must be from 1000 to 1000000 microseconds");
		same_words(show(k, CPU(.quota = INT(999))), "must be at least 1000 microseconds");
		same_words(show(k, CPU(.quota = INT(5000), .burst = INT(5001))),
			   "is above cpu.quota");
		same_words(show(k, CPU(.quota = INT(-1), .burst = INT(5001))),
			   k == CGROUP_V1 ? "cpu.cfs_quota_us=-1 cpu.cfs_burst_us=5001" :
					    "cpu.max=max cpu.max.burst=5001");
	}
}

TEST(realtime)
{
	same_words(show(CGROUP_V1, CPU(.realtime_period = INT(10), .realtime_runtime = INT(5))),
		   "cpu.rt_period_us=10 cpu.rt_runtime_us=5");
	same_words(show(CGROUP_V1, CPU(.realtime_runtime = INT(-1))), "cpu.rt_runtime_us=-1");
	same_words(show(CGROUP_V1, CPU(.realtime_period = INT(0), .realtime_runtime = INT(0))), "");
	same_words(show(CGROUP_V1, CPU(.realtime_period = INT(10), .realtime_runtime = INT(11))),
		   "is above cpu.realtimePeriod");
	same_words(show(CGROUP_V2, CPU(.realtime_period = INT(5))),
		   "cgroup v2 has no such setting");
	same_words(show(CGROUP_V2, CPU(.realtime_runtime = INT(5))),
		   "cgroup v2 has no such setting");
	same_words(show(CGROUP_V2, CPU(.realtime_runtime = INT(0))), "");
}

TEST(pids)
{
	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_V2; k++) {
		same_words(show(k, PIDS(.limit = INT(0))),
			   k == CGROUP_V1 ? "pids.max=0" : "pids.max=1");
		same_words(show(k, PIDS(.limit = INT(-1))), "pids.max=max");
		same_words(show(k, PIDS(.limit = INT(7))), "pids.max=7");
		same_words(show(k, PIDS(.limit = { .set = false })), "");
	}
}

/* Each number of shares against the formula in floating point. */
TEST(weights)
{
	for (unsigned shares = 2; shares <= 262144; shares++) {
		double l = log2(shares);
		double weight = ceil(pow(10, (l * l + 125 * l) / 612.0 - 7.0 / 34.0));

		assert_int_equal(weight_of_shares(shares), (unsigned)weight);
	}
	same(weight_of_shares(0), 1);
	same(weight_of_shares(UINT64_MAX), 10000);
}

/* -- block devices -- */

#define BLOCK(...) &(struct oci_resources){ .block_io = &(struct oci_block_io){ __VA_ARGS__ } }
#define LIST(type, ...) (struct type *[]){ &(struct type){ __VA_ARGS__ }, NULL }
#define DEVICE(ma, mi, ...) LIST(oci_weight_device, .major = INT(ma), .minor = INT(mi), __VA_ARGS__)
#define RATE(ma, mi, n) \
	LIST(oci_throttle_device, .major = INT(ma), .minor = INT(mi), .rate = INT(n))

static const char *
written_instead(const struct prop *p, const struct oci_resources *r, const void *member)
{
	autostr value = { 0 };

	str_done(&written);
	written = (struct str){ 0 };
	prop_value(p->v2.instead, r, member, &value);
	show_value(p->v2.instead, &value);
	return written.s ? written.s : "";
}

static const struct prop *
row(const struct prop *table, const char *path)
{
	while (strcmp(table->path, path) != 0)
		table++;
	return table;
}

TEST(block_weights)
{
	const struct prop *weight = row(cgroup_props, "blockIO.weight");
	static const struct { unsigned v1; const char *v2; } pairs[] = {
		{ 10, "io.weight=1" }, { 11, "io.weight=11" }, { 100, "io.weight=910" },
		{ 500, "io.weight=4950" }, { 1000, "io.weight=10000" }, { 0, "" },
	};

	for (size_t i = 0; i < countof(pairs); i++) {
		struct oci_uint n = INT(pairs[i].v1);

		same_words(written_instead(weight, NULL, &n), pairs[i].v2);
	}
	same_words(show(CGROUP_V1, BLOCK(.weight = INT(10))), "blkio.bfq.weight=10");
	same_words(show(CGROUP_V2, BLOCK(.weight = INT(1000))), "io.bfq.weight=1000");
	same_words(show(CGROUP_V1, BLOCK(.leaf_weight = INT(300))), "blkio.leaf_weight=300");
	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_V2; k++) {
		same_words(show(k, BLOCK(.weight = INT(0), .leaf_weight = INT(0))), "");
		same_words(show(k, BLOCK(.weight = INT(9))), "must be from 10 to 1000");
		same_words(show(k, BLOCK(.weight = INT(1001))), "must be from 10 to 1000");
	}
	same_words(show(CGROUP_V1, BLOCK(.leaf_weight = INT(9))), "must be from 10 to 1000");
	same_words(show(CGROUP_V2, BLOCK(.leaf_weight = INT(10))), "cgroup v2 has no such setting");
}

TEST(block_device_weights)
{
	struct oci_resources *both = BLOCK(
		.weight_device = DEVICE(8, 16, .weight = INT(500), .leaf_weight = INT(300)));
	struct oci_resources *weight = BLOCK(.weight_device = DEVICE(8, 0, .weight = INT(100)));
	const struct prop *p = row(cgroup_lists, "blockIO.weightDevice");

	same_words(show(CGROUP_V1, both),
		   "blkio.bfq.weight_device=8:16 500 blkio.leaf_weight_device=8:16 300");
	same_words(show(CGROUP_V2, both), "leafWeight: cgroup v2 has no such setting");
	same_words(show(CGROUP_V2, weight), "io.bfq.weight=8:0 100");
	same_words(written_instead(p, weight, *prop_items(p, weight)), "io.weight=8:0 910");
	same_words(show(CGROUP_V1, BLOCK(.weight_device = DEVICE(8, 0, .weight = INT(9)))),
		   "weight: must be from 10 to 1000");
	same_words(show(CGROUP_V1, BLOCK(.weight_device = DEVICE(8, 0, .leaf_weight = INT(1001)))),
		   "leafWeight: must be from 10 to 1000");
	same_words(show(CGROUP_V1, BLOCK(.weight_device = DEVICE(8, 0, .weight = { .v = 0 }))),
		   "needs weight or leafWeight");
	same_words(show(CGROUP_V2, BLOCK(.weight_device = DEVICE(-1, 0, .weight = INT(10)))),
		   "major -1 is no device number");
	same_words(show(CGROUP_V2, BLOCK(.weight_device = DEVICE(0, 1 << 20, .weight = INT(10)))),
		   "minor 1048576 is no device number");
}

TEST(block_rates)
{
	struct oci_resources *r = BLOCK(.throttle_read_bps_device = RATE(8, 0, 1000),
					.throttle_write_bps_device = RATE(8, 1, 2000),
					.throttle_read_iops_device = RATE(8, 2, 3000),
					.throttle_write_iops_device = RATE(8, 3, 0));

	same_words(show(CGROUP_V1, r), "blkio.throttle.read_bps_device=8:0 1000 "
				       "blkio.throttle.write_bps_device=8:1 2000 "
				       "blkio.throttle.read_iops_device=8:2 3000 "
				       "blkio.throttle.write_iops_device=8:3 0");
	same_words(show(CGROUP_V2, r), "io.max=8:0 rbps=1000 io.max=8:1 wbps=2000 "
				       "io.max=8:2 riops=3000 io.max=8:3 wiops=max");
	same_words(show(CGROUP_V2, BLOCK(.throttle_read_bps_device = RATE(4096, 0, 1))),
		   "major 4096 is no device number");
	same_words(show(CGROUP_V1, BLOCK(.throttle_read_bps_device = LIST(oci_throttle_device,
									   .major = INT(1)))),
		   "needs rate");
}

/* -- huge pages, network, RDMA -- */

TEST(huge_pages)
{
	autostrv sizes = hugepage_sizes();
	struct oci_hugepage_limit none = { .page_size = (char *)"3KB", .limit = INT(1) };
	struct oci_hugepage_limit some = { .page_size = sizes ? *sizes : NULL, .limit = INT(0) };
	struct oci_hugepage_limit again = some;
	struct oci_hugepage_limit *list[] = { &none, NULL, NULL };
	struct oci_resources r = { .hugepage_limits = list };

	assert_non_null(strstr(show(CGROUP_V1, &r), "this kernel has no huge pages of 3KB, but "));
	if (!sizes)
		skip();
	list[0] = &some;
	same_words(show(CGROUP_V1, &r),
		   "hugetlb.*.limit_in_bytes=0 hugetlb.*.rsvd.limit_in_bytes=0");
	same_words(show(CGROUP_V2, &r), "hugetlb.*.max=0 hugetlb.*.rsvd.max=0");
	list[1] = &again;
	assert_non_null(strstr(show(CGROUP_V2, &r), " stands twice in the list"));
}

#define NETWORK(...) &(struct oci_resources){ .network = &(struct oci_network){ __VA_ARGS__ } }
#define PRIORITY(n) \
	.priorities = LIST(oci_interface_priority, .name = (char *)(n), .priority = INT(5))

TEST(network)
{
	same_words(show(CGROUP_V1, NETWORK(.class_id = INT(1048577))), "net_cls.classid=1048577");
	same_words(show(CGROUP_V2, NETWORK(.class_id = INT(1048577))),
		   "cgroup v2 has no such setting");
	same_words(show(CGROUP_V2, NETWORK(.class_id = INT(0))), "");
	same_words(show(CGROUP_V1, NETWORK(PRIORITY("lo"))), "net_prio.ifpriomap=lo 5");
	same_words(show(CGROUP_V2, NETWORK(PRIORITY("lo"))), "cgroup v2 has no such setting");
	same_words(show(CGROUP_V1, NETWORK(PRIORITY("nosuch0"))), "there is no interface nosuch0");
	same_words(show(CGROUP_V1, NETWORK(PRIORITY("lo 1"))),
		   "\"lo 1\" is no name of an interface");
	same_words(show(CGROUP_V1, NETWORK(PRIORITY(""))), "\"\" is no name of an interface");
}

#define RDMA(k, ...) &(struct oci_resources){ \
	.rdma = LIST(oci_rdma, .key = (char *)(k), __VA_ARGS__) }

TEST(rdma)
{
	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_V2; k++) {
		same_words(show(k, RDMA("mlx5", .hca_handles = INT(3), .hca_objects = INT(10000))),
			   "rdma.max=mlx5 hca_handle=3 hca_object=10000");
		same_words(show(k, RDMA("mlx5", .hca_objects = INT(0))),
			   "rdma.max=mlx5 hca_object=0");
		same_words(show(k, RDMA("mlx5", .hca_handles = INT(UINT32_MAX))),
			   "rdma.max=mlx5 hca_handle=max");
		same_words(show(k, RDMA("mlx5", .hca_objects = { .set = false })),
			   "needs hcaHandles or hcaObjects");
		same_words(show(k, RDMA("a b", .hca_objects = INT(1))), "is no name of a device");
	}
}

/* -- checking -- */

static void
add_remark(void *arg, const char *path, const char *reason)
{
	str_addf(arg, "%s: %s\n", path, reason);
}

static const char *
remarks(enum cgroup_kind kind, const struct oci_resources *r)
{
	str_done(&written);
	written = (struct str){ 0 };
	cgroup_check_resources(kind, r, add_remark, &written);
	return written.s ? written.s : "";
}

TEST(check_empty)
{
	struct oci_resources r = {
		.block_io =
			&(struct oci_block_io){ .weight_device =
							(struct oci_weight_device *[]){ NULL } },
		.hugepage_limits = (struct oci_hugepage_limit *[]){ NULL },
		.network = &(struct oci_network){ .class_id = { .set = false } },
		.rdma = (struct oci_rdma *[]){ NULL },
		.unified = (struct oci_pair *[]){ NULL },
		.memory = &(struct oci_memory){ .limit = { .set = false } },
	};

	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_NONE; k++)
		same_words(remarks(k, &r), "");
	same_words(remarks(CGROUP_V2, NULL), "");
}

/* The path of each mistake. */
TEST(check_paths)
{
	struct oci_weight_device good = { .weight = INT(10) }, bad = { .weight = INT(1) };
	struct oci_throttle_device rate = { .major = INT(-1), .rate = INT(1) };
	struct oci_rdma rdma = { .key = (char *)"mlx5" };
	struct oci_resources r = {
		.block_io = &(struct oci_block_io){
			.weight = INT(5),
			.weight_device = (struct oci_weight_device *[]){ &good, &bad, NULL },
			.throttle_read_iops_device =
				(struct oci_throttle_device *[]){ &rate, NULL },
		},
		.rdma = (struct oci_rdma *[]){ &rdma, NULL },
	};

	same_words(remarks(CGROUP_V1, &r),
		   ".linux.resources.blockIO.weight: must be from 10 to 1000\n"
		   ".linux.resources.blockIO.weightDevice[1]: weight: must be from 10 to 1000\n"
		   ".linux.resources.blockIO.throttleReadIOPSDevice[0]: "
		   "major -1 is no device number\n"
		   ".linux.resources.rdma[\"mlx5\"]: needs hcaHandles or hcaObjects\n");
}

TEST(check_unified)
{
	struct oci_pair good = { "memory.high", "1" }, bound = { "cgroup.max.depth", "1" };
	struct oci_pair procs = { "cgroup.procs", "1" }, up = { "../memory.max", "1" },
			none = { "memory", "1" }, empty = { "memory.max", "" };
	struct oci_resources r = { .unified = (struct oci_pair *[]){ &good, &bound, &procs, &up,
								     &none, &empty, NULL } };

	same_words(remarks(CGROUP_V2, &r),
		   ".linux.resources.unified[\"cgroup.procs\"]: is not for a container's "
		   "configuration to write\n"
		   ".linux.resources.unified[\"../memory.max\"]: is no name of a file of a cgroup\n"
		   ".linux.resources.unified[\"memory\"]: is no name of a file of a cgroup\n"
		   ".linux.resources.unified[\"memory.max\"]: has no value: the kernel would take "
		   "none for a 0, or for nothing\n");
	same_words(remarks(CGROUP_V1, &r),
		   ".linux.resources.unified: is for cgroup v2, and this host has v1\n");
}

TEST(check_none)
{
	struct oci_device_rule deny = { .allow = INT(false) };
	struct oci_throttle_device rate = { .rate = INT(1) };
	struct oci_resources r = {
		.block_io = &(struct oci_block_io){
			.throttle_read_bps_device = (struct oci_throttle_device *[]){ &rate, NULL },
		},
		.pids = &(struct oci_pids){ .limit = INT(1) },
		.devices = (struct oci_device_rule *[]){ &deny, NULL },
	};

	same_words(remarks(CGROUP_NONE, &r),
		   ".linux.resources.pids.limit: needs a cgroup, and the container has none\n"
		   ".linux.resources.blockIO.throttleReadBpsDevice[0]: needs a cgroup, and the "
		   "container has none\n"
		   ".linux.resources.devices: the container has no cgroup\n");
}

TESTS(T(memory), T(memory_without_limit), T(memory_mistakes), T(cpu), T(bandwidth_mistakes),
      T(realtime), T(pids), T(weights), T(block_weights), T(block_device_weights), T(block_rates),
      T(huge_pages), T(network), T(rdma), T(check_empty), T(check_paths), T(check_unified),
      T(check_none))
