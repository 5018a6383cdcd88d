/*
 * linux.intelRdt on a plain directory: mkdirat() and unlinkat() are wrapped by
 * the linker, so that a new group has its files and goes with them, as in
 * resctrl.  A write is put behind the last one, so that the order can be seen.
 */
#include "unit.h"

#include "runtime/intelrdt.h"
#include "runtime/schemata.h"

#include "base/file.h"

#include <sys/stat.h>

#include <stdio.h>

int __real_mkdirat(int dir, const char *path, mode_t mode);
int __wrap_mkdirat(int dir, const char *path, mode_t mode);
int __real_unlinkat(int dir, const char *path, int flags);
int __wrap_unlinkat(int dir, const char *path, int flags);
ssize_t __real_write(int fd, const void *text, size_t len);
ssize_t __wrap_write(int fd, const void *text, size_t len);

static bool no_more_groups, quicker;

static void
put(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(__real_write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

int
__wrap_mkdirat(int dir, const char *path, mode_t mode)
{
	if (no_more_groups || (quicker && !strstr(path, "mon_groups"))) {
		errno = no_more_groups ? ENOSPC : EEXIST;
		return -1;
	}
	int r = __real_mkdirat(dir, path, mode);
	autoclose int made = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (r < 0 || made < 0)
		return r;
	put(made, "tasks", "");
	if (!strstr(path, "mon_groups")) {
		put(made, "schemata", "");
		__real_mkdirat(made, "mon_groups", 0755);
	}
	return 0;
}

int
__wrap_unlinkat(int dir, const char *path, int flags)
{
	static const char *const inside[] = { "tasks", "schemata" };
	autoclose int made = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; made >= 0 && i < countof(inside); i++)
		__real_unlinkat(made, inside[i], 0);
	if (made >= 0)
		__real_unlinkat(made, "mon_groups", AT_REMOVEDIR);
	return __real_unlinkat(dir, path, flags);
}

/* The kernel takes each write for itself; a plain file would begin anew. */
ssize_t
__wrap_write(int fd, const void *text, size_t len)
{
	lseek(fd, 0, SEEK_END);
	return __real_write(fd, text, len);
}

/* A resctrl with the class "gold", and a directory to find it by. */
struct fake {
	char path[64];
	int root;
	struct record record;
};

static struct fake
fake_new(void)
{
	struct fake f = {
		.path = "/tmp/servin-resctrl.XXXXXX", .record = { .id = xstrdup("web") },
	};

	assert_non_null(mkdtemp(f.path));
	f.root = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f.root >= 0);
	put(f.root, "tasks", "");
	put(f.root, "schemata", "    MB:0=100;1=100\n    L3:0=7ff;1=7ff\n");
	__real_mkdirat(f.root, "mon_groups", 0755);
	__real_mkdirat(f.root, "info", 0755);
	put(f.root, "info/last_cmd_status", "ok\n");
	mkdirat(f.root, "gold", 0755);
	put(f.root, "gold/schemata", "    MB:0=  20;1= 100\n    L3:0=00f;1=7ff\n");
	return f;
}

static void
fake_done(struct fake *f)
{
	no_more_groups = quicker = false;
	assert_int_equal(dir_remove_below(f->root, NULL), 0);
	close(f->root);
	assert_int_equal(rmdir(f->path), 0);
	oci_done(&record_type, &f->record);
}

static int
make(struct fake *f, const struct oci_intel_rdt *rdt)
{
	int r = intelrdt_find(f->root, rdt, &f->record);

	return r < 0 ? r : intelrdt_make(f->root, rdt, &f->record);
}

static void
holds(const struct fake *f, const char *file, const char *wanted)
{
	autofree char *text = NULL;

	same(file_read_at(f->root, file, 4096, &text, NULL), 0);
	same_words(text, wanted);
}

static bool
there(const struct fake *f, const char *path)
{
	return faccessat(f->root, path, F_OK, 0) == 0;
}

#define FAKE auto_(fake_done) struct fake f = fake_new()
#define STR(s) ((char *)(uintptr_t)(s))

TEST(order)
{
	FAKE;
	char *lines[] = { STR("L2:0=f"), STR("L3:1=1f"), NULL };
	struct oci_intel_rdt rdt = {
		.schemata = lines, .mem_bw_schema = STR("MB:0=20"),
		.l3_cache_schema = STR("L3:0=7f0"),
	};

	same(make(&f, &rdt), 0);
	holds(&f, "web/schemata", "L3:0=7f0\nMB:0=20\nL2:0=f\nL3:1=1f\n");
	same_words(f.record.rdt_clos, "web");
	same(f.record.rdt_clos_made.v, true);
}

TEST(no_schemata)
{
	FAKE;
	struct oci_intel_rdt rdt = { 0 };

	same(make(&f, &rdt), 0);
	holds(&f, "web/schemata", "");
	same(intelrdt_join(f.root, &f.record, 4711), 0);
	holds(&f, "web/tasks", "4711\n");
	intelrdt_keep(&rdt, &f.record);
	same(intelrdt_remove(f.root, &f.record), 0);
	same(there(&f, "web"), false);
	/* A delete that was killed is begun again. */
	same(intelrdt_remove(f.root, &f.record), 0);
}

TEST(class_with_a_name)
{
	FAKE;
	struct oci_intel_rdt rdt = { .clos_id = STR("new"), .mem_bw_schema = STR("MB:0=50") };

	same(make(&f, &rdt), 0);
	holds(&f, "new/schemata", "MB:0=50\n");
	same(f.record.rdt_clos_made.v, true);
	/* A create that failed takes it away; a container that was created leaves it. */
	intelrdt_keep(&rdt, &f.record);
	same(intelrdt_remove(f.root, &f.record), 0);
	same(there(&f, "new"), true);
}

TEST(undo_of_a_class_with_a_name)
{
	FAKE;
	struct oci_intel_rdt rdt = { .clos_id = STR("new"), .mem_bw_schema = STR("MB:0=50") };

	same(make(&f, &rdt), 0);
	same(intelrdt_remove(f.root, &f.record), 0);
	same(there(&f, "new"), false);
}

TEST(class_that_exists)
{
	FAKE;
	struct oci_intel_rdt alike = { .clos_id = STR("gold"), .l3_cache_schema = STR("L3:0=f") };
	struct oci_intel_rdt none = { .clos_id = STR("gold") };
	struct oci_intel_rdt other = { .clos_id = STR("gold"), .mem_bw_schema = STR("MB:0=30") };

	same(make(&f, &alike), 0);
	same(f.record.rdt_clos_made.v, false);
	same(make(&f, &none), 0);
	holds(&f, "gold/schemata", "    MB:0=  20;1= 100\n    L3:0=00f;1=7ff\n");
	same(intelrdt_remove(f.root, &f.record), 0);
	same(there(&f, "gold"), true);
	fails(make(&f, &other), "the class gold is there already, and has not MB:0=30");
}

TEST(no_such_class)
{
	FAKE;
	struct oci_intel_rdt rdt = { .clos_id = STR("silver") };

	fails(make(&f, &rdt), "closID: there is no class silver, and no schemata to make one: "
			      "no such file or directory");
	same(there(&f, "silver"), false);
}

TEST(default_class)
{
	FAKE;
	struct oci_intel_rdt rdt = { .clos_id = STR("/"), .enable_monitoring = { true, true } };

	same(make(&f, &rdt), 0);
	same(intelrdt_join(f.root, &f.record, 12), 0);
	holds(&f, "tasks", "12\n");
	holds(&f, "mon_groups/web/tasks", "12\n");
	same(intelrdt_remove(f.root, &f.record), 0);
	same(there(&f, "mon_groups/web"), false);
}

TEST(monitoring)
{
	FAKE;
	struct oci_intel_rdt rdt = { .clos_id = STR("gold"), .enable_monitoring = { true, true } };

	same(make(&f, &rdt), 0);
	same(intelrdt_join(f.root, &f.record, 12), 0);
	holds(&f, "gold/mon_groups/web/tasks", "12\n");
	fails(make(&f, &rdt), "enableMonitoring: there is a group gold/mon_groups/web already");
	same(intelrdt_remove(f.root, &f.record), 0);
	same(there(&f, "gold/mon_groups/web"), true);	/* another's */
	f.record.rdt_monitored.v = true;
	same(intelrdt_remove(f.root, &f.record), 0);
	same(there(&f, "gold/mon_groups/web"), false);
}

TEST(kernel_words)
{
	FAKE;
	struct oci_intel_rdt rdt = { 0 };

	put(f.root, "info/last_cmd_status", "Out of CLOSIDs\n");
	no_more_groups = true;
	fails(make(&f, &rdt), "make the resctrl group web: Out of CLOSIDs: "
			      "no space left on device");
	same(f.record.rdt_clos_made.v, false);
}

TEST(somebody_is_quicker)
{
	FAKE;
	struct oci_intel_rdt rdt = { .clos_id = STR("new"), .mem_bw_schema = STR("MB:0=50"),
				     .enable_monitoring = { true, true } };

	quicker = true;
	same(make(&f, &rdt), -EEXIST);
	same(f.record.rdt_clos_made.v, false);
	same(f.record.rdt_monitored.v, false);
}

TEST(update)
{
	FAKE;
	struct oci_intel_rdt rdt = { 0 };

	same(make(&f, &rdt), 0);
	same(intelrdt_update(f.root, &f.record, "L3:0=3", "MB:0=40"), 0);
	holds(&f, "web/schemata", "L3:0=3\nMB:0=40\n");
}

TEST(comparison)
{
	static const char text[] = "    MB:0= 100;1=  50\n    L3:0=0007f;1=7FF\nL3CODE:0=1\n";

	same(schemata_has(text, "MB:0=100"), true);
	same(schemata_has(text, "MB:1=50;0=100"), true);
	same(schemata_has(text, "MB:0=10"), false);
	same(schemata_has(text, "MB:2=100"), false);
	same(schemata_has(text, "L3:0=7f;1=7ff"), true);
	same(schemata_has(text, " L3: 0=7f"), true);
	same(schemata_has(text, "L3:1=7f"), false);
	same(schemata_has(text, "L2:0=1"), false);
	same(schemata_has(text, "L3"), false);
	same(schemata_has(text, "L3:0=7fz"), false);
	same(schemata_has("", "L3:0=1"), false);
	same(schemata_has("rubbish\n\n", "L3:0=1"), false);
}

TESTS(T(order), T(no_schemata), T(class_with_a_name), T(undo_of_a_class_with_a_name),
      T(class_that_exists), T(no_such_class), T(default_class), T(monitoring), T(kernel_words),
      T(somebody_is_quicker), T(update), T(comparison))
