/* What is pure of src/runtime/cgroup: paths, records, the v1 device list. */
#include "unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "runtime/cgroup/kind.h"

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

/* -- ownership -- */

#define NS(t, p) &(struct oci_namespace){ .type = (char *)(t), .path = (char *)(p) }
#define MAP(c, h, n) \
	&(struct oci_id_mapping){ { .v = (c) }, { .v = (h) }, { .v = (n) } }

/* The owner's uid, -1 for none. */
static int64_t
owner(struct oci_namespace **namespaces, struct oci_mount *mount, uint64_t uid)
{
	struct oci_id_mapping *maps[] = { MAP(0, 5000, 10), MAP(1000, 7000, 1), NULL };
	struct oci_user user = { .uid = { .v = uid, .set = true } };
	struct oci_process process = { .user = &user };
	struct oci_linux linux_ = { .namespaces = namespaces, .uid_mappings = maps };
	struct oci_spec spec = {
		.process = &process, .linux_ = &linux_,
		.mounts = (struct oci_mount *[]){ mount, NULL },
	};
	uid_t uid_of_host;

	return cgroup_owner(&spec, &uid_of_host) ? (int64_t)uid_of_host : -1;
}

TEST(owner)
{
	struct oci_namespace *host[] = { NS("cgroup", NULL), NULL };
	struct oci_namespace *user[] = { NS("user", NULL), NS("cgroup", ""), NULL };
	struct oci_namespace *others_user[] = { NS("user", "/x"), NS("cgroup", NULL), NULL };
	struct oci_namespace *others_cgroup[] = { NS("user", NULL), NS("cgroup", "/x"), NULL };
	struct oci_namespace *no_cgroup[] = { NS("user", NULL), NULL };
	char *rw[] = { (char *)"nosuid", (char *)"rw", NULL };
	char *ro[] = { (char *)"nosuid", (char *)"ro", NULL };
	struct oci_mount mount = {
		.destination = (char *)"/sys/fs/cgroup/", .source = (char *)"cgroup", .options = rw,
	};
	struct oci_mount read_only = mount, elsewhere = mount, other = mount, bare = mount;

	read_only.options = ro;
	elsewhere.destination = (char *)"/sys/fs/cgroup/x";
	other.source = (char *)"tmpfs";
	bare.options = NULL;
	same(owner(host, &mount, 1000), 1000);
	same(owner(user, &mount, 0), 5000);
	same(owner(user, &mount, 9), 5009);
	same(owner(user, &bare, 1000), 7000);
	same(owner(user, &mount, 10), -1);
	same(owner(others_user, &mount, 0), -1);
	same(owner(others_cgroup, &mount, 0), -1);
	same(owner(no_cgroup, &mount, 0), -1);
	same(owner(NULL, &mount, 0), -1);
	same(owner(user, &read_only, 0), -1);
	same(owner(user, &elsewhere, 0), -1);
	same(owner(user, &other, 0), -1);
	same(owner(user, NULL, 0), -1);
}

/* -- device rules -- */

#define INT(n) { .v = (n), .set = true }

static struct str written;

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

TESTS(T(paths), T(record), T(none), T(owner), T(check_devices), T(check_hole),
      T(random_device_lists), T(default_devices), T(allow_all))
