/* What is pure of src/runtime/cgroup: paths, the table of resources, the v1 device list. */
#include "unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "runtime/cgroup/kind.h"

#include <math.h>
#include <stdlib.h>

/* -- paths -- */

static int
clean(const char *path, struct cgroup *cg)
{
	cgroup_done(cg);
	return cgroup_from_record(cg, "v1", path);
}

TEST(paths)
{
	auto_(cgroup_done) struct cgroup cg = { 0 };

	same(clean("/a/b", &cg), 0);
	same_words(cg.path, "/a/b");
	same(clean("a//./b/", &cg), 0);
	same_words(cg.path, "/a/b");
	same(clean("slice:prefix:name", &cg), 0);
	same_words(cg.path, "/slice:prefix:name");
	same(clean("/..a", &cg), 0);
	fails(clean("/a/../b", &cg), "cgroup path \"/a/../b\" has \"..\" in it");
	fails(clean("..", &cg), "cgroup path \"..\" has \"..\" in it");
	fails(clean("/", &cg), "cgroup path \"/\" is the root of the hierarchy");
	fails(clean("", &cg), "cgroup path \"\" is the root of the hierarchy");
	fails(clean("./.", &cg), "cgroup path \"./.\" is the root of the hierarchy");
}

TEST(record)
{
	auto_(cgroup_done) struct cgroup cg = { 0 };

	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_NONE; k++) {
		same(cgroup_from_record(&cg, cgroup_kind_word(k), "/x"), 0);
		same(cg.kind, k);
		cgroup_done(&cg);
	}
	fails(cgroup_from_record(&cg, "v3", "/x"), "\"v3\" is no kind of cgroup");
}

/* A container that has none can be asked everything. */
TEST(none)
{
	auto_(cgroup_done) struct cgroup cg = { 0 };
	pid_t *pids;
	size_t n;

	same(cgroup_from_record(&cg, "none", NULL), 0);
	same(cgroup_make(&cg), 0);
	same(cgroup_limit(&cg, &(struct oci_resources){ 0 }), 0);
	same(cgroup_limit_devices(&cg, NULL), 0);
	same(cgroup_join(&cg, 0, false), 0);
	same(cgroup_open_unified(&cg), -ENOENT);
	same(cgroup_frozen(&cg), 0);
	fails(cgroup_freeze(&cg, true), "freeze: the container has no cgroup");
	same(cgroup_pids(&cg, &pids, &n), 0);
	same(n, 0);
	same(cgroup_signal(&cg, 9), 0);
	same(cgroup_remove(&cg, 0), 0);
	assert_false(cgroup_exists(&cg));
}

/* -- values -- */

static const struct cgroup_ops *
ops(enum cgroup_kind kind)
{
	return kind == CGROUP_V1 ? &cgroup_v1 : &cgroup_v2;
}

/* What would be written: "file=value file=value", or the first error. */
static struct str written;

static const char *
show(enum cgroup_kind kind, const struct oci_resources *r)
{
	autostr value = { 0 };

	str_done(&written);
	written = (struct str){ 0 };
	for (const struct prop *p = cgroup_props; p->path; p++) {
		const struct knob *k = ops(kind)->knob(p);

		if (prop_value(p, k, r, &value) < 0)
			return err_words();
		if (value.len)
			str_addf(&written, "%s%s=%s", written.len ? " " : "",
				 k->file ? k->file : "-", value.s);
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
	same_words(show(CGROUP_V1, CPU(.realtime_runtime = INT(5))), "is not supported yet");
	same_words(show(CGROUP_V2, CPU(.realtime_period = INT(5))), "is not supported yet");
	same_words(show(CGROUP_V2, CPU(.realtime_runtime = INT(0))), "");
}

TEST(pids)
{
	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_V2; k++) {
		same_words(show(k, PIDS(.limit = INT(0))), "pids.max=0");
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

TEST(check_later)
{
	struct oci_hugepage_limit huge = { .page_size = NULL };
	struct oci_rdma rdma = { .key = NULL };
	struct oci_resources r = {
		.block_io = &(struct oci_block_io){ .weight = INT(10) },
		.hugepage_limits = (struct oci_hugepage_limit *[]){ &huge, NULL },
		.network = &(struct oci_network){ .class_id = INT(1) },
		.rdma = (struct oci_rdma *[]){ &rdma, NULL },
	};

	same_words(remarks(CGROUP_V1, &r), ".linux.resources.blockIO: is not supported yet\n"
		   ".linux.resources.hugepageLimits: is not supported yet\n"
		   ".linux.resources.network: is not supported yet\n"
		   ".linux.resources.rdma: is not supported yet\n");
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

TEST(check_unified)
{
	struct oci_pair good = { "memory.high", "1" }, bound = { "cgroup.max.depth", "1" };
	struct oci_pair procs = { "cgroup.procs", "1" }, up = { "../memory.max", "1" },
			none = { "memory", "1" };
	struct oci_resources r = { .unified = (struct oci_pair *[]){ &good, &bound, &procs, &up,
								     &none, NULL } };

	same_words(remarks(CGROUP_V2, &r),
		   ".linux.resources.unified[\"cgroup.procs\"]: is not for a container's "
		   "configuration to write\n"
		   ".linux.resources.unified[\"../memory.max\"]: is no name of a file of a cgroup\n"
		   ".linux.resources.unified[\"memory\"]: is no name of a file of a cgroup\n");
	same_words(remarks(CGROUP_V1, &r),
		   ".linux.resources.unified: is for cgroup v2, and this host has v1\n");
}

TEST(check_none)
{
	struct oci_device_rule deny = { .allow = INT(false) };
	struct oci_resources r = {
		.pids = &(struct oci_pids){ .limit = INT(1) },
		.devices = (struct oci_device_rule *[]){ &deny, NULL },
	};

	same_words(remarks(CGROUP_NONE, &r),
		   ".linux.resources.pids.limit: needs a cgroup, and the container has none\n"
		   ".linux.resources.devices: the container has no cgroup\n");
}

/* -- device rules -- */

TEST(check_devices)
{
	struct oci_device_rule type = { .type = "p" }, access = { .access = "rx" },
			       number = { .major = INT(-2) };
	struct oci_resources r = { .devices = (struct oci_device_rule *[]){ &type, &access, &number,
									    NULL } };

	same_words(remarks(CGROUP_V2, &r),
		   ".linux.resources.devices[0]: type \"p\" is none of a, b and c\n"
		   ".linux.resources.devices[1]: access must be letters of \"rwm\"\n"
		   ".linux.resources.devices[2]: major -2 is no device number\n");
}

/* v1 would keep the range open. */
TEST(check_hole)
{
	struct oci_device_rule all = { .allow = INT(true), .type = "c" };
	struct oci_device_rule hole = { .type = "c", .major = INT(10), .minor = INT(200) };
	struct oci_resources r = { .devices = (struct oci_device_rule *[]){ &all, &hole, NULL } };

	same_words(remarks(CGROUP_V1, &r),
		   ".linux.resources.devices: cgroup v1 cannot deny c 10:200 "
		   "after it was told otherwise for a range of devices\n");
	same_words(remarks(CGROUP_V2, &r), "");
}

/* What the kernel's v1 does with a list. */
static bool
v1_allows(const struct device_list *l, char type, unsigned access, int64_t major, int64_t minor)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct device_rule *e = l->exception + i;

		if (e->type != type || (e->major != DEVICE_ANY && e->major != major) ||
		    (e->minor != DEVICE_ANY && e->minor != minor))
			continue;
		if (l->allow ? (e->access & access) != 0 : (access & ~e->access) == 0)
			return !l->allow;
	}
	return l->allow;
}

static bool
rules_allow(const struct device_rule *rules, size_t n, char type, unsigned access, int64_t major,
	    int64_t minor)
{
	unsigned granted = 0;

	for (const struct device_rule *r = rules; r < rules + n; r++) {
		if ((r->type != 'a' && r->type != type) ||
		    (r->major != DEVICE_ANY && r->major != major) ||
		    (r->minor != DEVICE_ANY && r->minor != minor))
			continue;
		granted = r->allow ? granted | r->access : granted & ~r->access;
	}
	return (access & ~granted) == 0;
}

/* One access decides as the rules do; more at once are never allowed unless the rules do. */
static void
compare_lists(const struct device_list *l, const struct device_rule *rules, size_t n)
{
	for (unsigned i = 0; i < 2 * 8 * 4 * 4; i++) {
		char type = i & 1 ? 'b' : 'c';
		unsigned access = i >> 1 & 7, major = i >> 4 & 3, minor = i >> 6 & 3;
		bool v1 = v1_allows(l, type, access, major, minor);
		bool wanted = rules_allow(rules, n, type, access, major, minor);

		if (access == 0)
			continue;
		assert_true(wanted || !v1);
		if ((access & (access - 1)) == 0)
			assert_int_equal(v1, wanted);
	}
}

TEST(random_device_lists)
{
	int made = 0;

	srandom(3);
	for (int round = 0; round < 20000; round++) {
		auto_(device_list_done) struct device_list list = { 0 };
		struct device_rule rules[6];

		for (size_t i = 0; i < countof(rules); i++)
			rules[i] = (struct device_rule){
				.allow = random() & 1,
				.type = "abc"[random() % 3],
				.access = random() & 1 ? DEVICE_RWM
						       : 1 + (unsigned)random() % DEVICE_RWM,
				.major = random() % 4 - 1,
				.minor = random() % 4 - 1,
			};
		if (device_list_make(&list, rules, countof(rules)) < 0)
			continue;
		made++;
		compare_lists(&list, rules, countof(rules));
	}
	assert_true(made > 5000);
}

TEST(default_devices)
{
	autofree struct device_rule *rules = NULL;
	size_t n;

	same(devices_rules(NULL, &rules, &n), 0);
	assert_true(rules_allow(rules, n, 'c', DEVICE_RWM, 1, 3));
	assert_true(rules_allow(rules, n, 'c', DEVICE_RWM, 136, 7));
	assert_true(rules_allow(rules, n, 'b', DEVICE_MKNOD, 8, 0));
	assert_false(rules_allow(rules, n, 'b', DEVICE_READ, 8, 0));
	assert_false(rules_allow(rules, n, 'c', DEVICE_READ, 1, 11));
	assert_false(devices_allow_all(rules, n));
}

TEST(allow_all)
{
	struct oci_device_rule deny = { .allow = INT(false) }, all = { .allow = INT(true) };
	struct oci_device_rule one = {
		.allow = INT(false), .type = "c", .major = INT(9), .minor = INT(9)
	};
	struct oci_resources some = { .devices = (struct oci_device_rule *[]){ &deny, &all, &one,
									       NULL } };
	struct oci_resources every = { .devices = (struct oci_device_rule *[]){ &deny, &one, &all,
										NULL } };
	autofree struct device_rule *a = NULL, *b = NULL;
	size_t n, m;

	same(devices_rules(&some, &a, &n), 0);
	assert_false(devices_allow_all(a, n));
	same(devices_rules(&every, &b, &m), 0);
	assert_true(devices_allow_all(b, m));
}

TESTS(T(paths), T(record), T(none), T(memory), T(memory_without_limit), T(memory_mistakes), T(cpu),
      T(pids), T(weights), T(check_later), T(check_empty), T(check_unified), T(check_none),
      T(check_devices), T(check_hole), T(random_device_lists), T(default_devices), T(allow_all))
