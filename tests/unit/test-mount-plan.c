#include "unit.h"

#include "base/log.h"
#include "base/str.h"
#include "base/strv.h"
#include "libocispec/document.h"
#include "runtime/mount/options.h"
#include "runtime/mount/plan.h"

#include <fcntl.h>

/* A plan of JSON mounts; what was told about them, a line each. */
struct planned {
	struct oci_spec spec;
	struct mount_plan plan;
	struct str told;
	int mistakes;
};

static void
tell(void *arg, size_t index, int option, const char *reason)
{
	str_addf(arg, "%zu %d %s\n", index, option, reason);
}

static void
plan_mounts(struct planned *p, const char *mounts)
{
	autofree char *json = xasprintf("{\"ociVersion\":\"1.3.0\",\"mounts\":[%s]}", mounts);
	struct oci_source source = { "config.json", json, strlen(json) };

	*p = (struct planned){ 0 };
	same(oci_decode(&oci_spec_type, &source, &p->spec), 0);
	p->mistakes = mount_plan_make(&p->plan, &p->spec, tell, &p->told);
}

static void
planned_done(struct planned *p)
{
	mount_plan_done(&p->plan);
	oci_done(&oci_spec_type, &p->spec);
	str_done(&p->told);
}

/* The mounts have no mistake and their plan prints like this. */
static void
becomes(const char *mounts, const char *printed)
{
	auto_(planned_done) struct planned p;

	plan_mounts(&p, mounts);
	same_words(p.told.s ? p.told.s : "", "");
	same(p.mistakes, 0);
	autofree char *text = mount_plan_print(&p.plan);
	same_words(text, printed);
}

static void
is_wrong(const char *mounts, const char *told)
{
	auto_(planned_done) struct planned p;

	plan_mounts(&p, mounts);
	same_words(p.told.s ? p.told.s : "", told);
	assert_true(p.mistakes > 0);
}

#define MOUNT(destination, type, source, options) \
	"{\"destination\":\"" destination "\",\"type\":\"" type "\"," \
	"\"source\":\"" source "\",\"options\":[" options "]}"

TEST(table)
{
	/* Or a search by halves would miss some. */
	for (size_t i = 1; i < n_mount_options; i++)
		assert_true(strcmp(mount_options[i - 1].name, mount_options[i].name) < 0);
	for (size_t i = 0; i < n_mount_options; i++)
		assert_ptr_equal(mount_option_find(mount_options[i].name), &mount_options[i]);
	assert_null(mount_option_find(""));
	assert_null(mount_option_find("size=1"));
	assert_null(mount_option_find("roo"));
}

TEST(names)
{
	const char **names = mount_option_names();
	size_t n = 0;

	while (names[n])
		n++;
	same(n, n_mount_options);
	free(names);
}

/* What each word alone does to a tmpfs, as the plan prints it; every word of the table is here. */
static const struct { const char *word, *effect; } effects[] = {
	{ "async", " data=async" },
	{ "atime", " clear=atime" },
	{ "bind", "bind" },
	{ "defaults", "" },
	{ "dev", " clear=nodev" },
	{ "diratime", " clear=nodiratime" },
	{ "dirsync", " data=dirsync" },
	{ "exec", " clear=noexec" },
	{ "idmap", NULL },
	{ "iversion", "" },
	{ "lazytime", " data=lazytime" },
	{ "loud", "" },
	{ "mand", " data=mand" },
	{ "noatime", " set=noatime clear=atime" },
	{ "nodev", " set=nodev" },
	{ "nodiratime", " set=nodiratime" },
	{ "noexec", " set=noexec" },
	{ "noiversion", "" },
	{ "nolazytime", " data=nolazytime" },
	{ "nomand", " data=nomand" },
	{ "norelatime", " clear=atime" },
	{ "nostrictatime", " clear=atime" },
	{ "nosuid", " set=nosuid" },
	{ "nosymfollow", " set=nosymfollow" },
	{ "private", " private" },
	{ "ratime", " all-clear=atime" },
	{ "rbind", "bind recursive" },
	{ "rdev", " all-clear=nodev" },
	{ "rdiratime", " all-clear=nodiratime" },
	{ "relatime", " clear=atime" },
	{ "remount", "reconfigure" },
	{ "rexec", " all-clear=noexec" },
	{ "ridmap", NULL },
	{ "rnoatime", " all-set=noatime all-clear=atime" },
	{ "rnodev", " all-set=nodev" },
	{ "rnodiratime", " all-set=nodiratime" },
	{ "rnoexec", " all-set=noexec" },
	{ "rnorelatime", " all-clear=atime" },
	{ "rnostrictatime", " all-clear=atime" },
	{ "rnosuid", " all-set=nosuid" },
	{ "rnosymfollow", " all-set=nosymfollow" },
	{ "ro", " set=ro" },
	{ "rprivate", " rprivate" },
	{ "rrelatime", " all-clear=atime" },
	{ "rro", " all-set=ro" },
	{ "rrw", " all-clear=ro" },
	{ "rshared", " rshared" },
	{ "rslave", " rslave" },
	{ "rstrictatime", " all-set=strictatime all-clear=atime" },
	{ "rsuid", " all-clear=nosuid" },
	{ "rsymfollow", " all-clear=nosymfollow" },
	{ "runbindable", " runbindable" },
	{ "rw", " clear=ro" },
	{ "shared", " shared" },
	{ "silent", "" },
	{ "slave", " slave" },
	{ "strictatime", " set=strictatime clear=atime" },
	{ "suid", " clear=nosuid" },
	{ "symfollow", " clear=nosymfollow" },
	{ "sync", " data=sync" },
	{ "tmpcopyup", " tmpcopyup" },
	{ "unbindable", " unbindable" },
};

TEST(every_option)
{
	same(countof(effects), n_mount_options);
	for (size_t i = 0; i < countof(effects); i++) {
		const char *effect = effects[i].effect;
		autofree char *mount = xasprintf(MOUNT("/m", "tmpfs", "s", "\"%s\""),
						 effects[i].word);
		autofree char *printed = NULL;

		same_words(effects[i].word, mount_options[i].name);
		if (!effect) {
			is_wrong(mount, "0 -1 only a bind mount can be idmapped\n");
			continue;
		}
		if (*effect && *effect != ' ')	/* another operation altogether */
			printed = xasprintf("%.*s /m type=tmpfs source=s%s\n",
					    (int)strcspn(effect, " "), effect,
					    effect + strcspn(effect, " "));
		else
			printed = xasprintf("fs /m type=tmpfs source=s%s\n", effect);
		becomes(mount, printed);
	}
}

TEST(default_config)
{
	becomes(MOUNT("/proc", "proc", "proc", "") ","
		MOUNT("/dev", "tmpfs", "tmpfs",
		      "\"nosuid\",\"strictatime\",\"mode=755\",\"size=65536k\"") ","
		MOUNT("/dev/pts", "devpts", "devpts",
		      "\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"gid=5\"") ","
		MOUNT("/dev/shm", "tmpfs", "shm",
		      "\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size=65536k\"") ","
		MOUNT("/dev/mqueue", "mqueue", "mqueue", "\"nosuid\",\"noexec\",\"nodev\"") ","
		MOUNT("/sys", "sysfs", "sysfs", "\"nosuid\",\"noexec\",\"nodev\",\"ro\"") ","
		MOUNT("/sys/fs/cgroup", "cgroup", "cgroup",
		      "\"nosuid\",\"noexec\",\"nodev\",\"relatime\",\"ro\""),
		"fs /proc type=proc source=proc\n"
		"fs /dev type=tmpfs source=tmpfs set=nosuid,strictatime clear=atime "
		"data=mode=755,size=65536k\n"
		"fs /dev/pts type=devpts source=devpts set=noexec,nosuid "
		"data=newinstance,ptmxmode=0666,gid=5\n"
		"fs /dev/shm type=tmpfs source=shm set=nodev,noexec,nosuid "
		"data=mode=1777,size=65536k\n"
		"fs /dev/mqueue type=mqueue source=mqueue set=nodev,noexec,nosuid\n"
		"fs /sys type=sysfs source=sysfs set=nodev,noexec,nosuid,ro\n"
		"cgroup /sys/fs/cgroup type=cgroup source=cgroup set=nodev,noexec,nosuid,ro "
		"clear=atime\n");
}

TEST(acts)
{
	becomes("", "");
	becomes(MOUNT("/d", "bind", "/s", ""), "bind /d type=bind source=/s\n");
	becomes(MOUNT("/d", "none", "s", "\"rbind\",\"ro\",\"rprivate\""),
		"bind /d type=none source=s recursive set=ro rprivate\n");
	becomes("{\"destination\":\"/d\",\"source\":\"/s\",\"options\":[\"bind\"]}",
		"bind /d source=/s\n");
	becomes(MOUNT("/d", "none", "", "\"bind\",\"remount\",\"ro\""),
		"remount /d type=none source= set=ro\n");
	becomes(MOUNT("/d", "tmpfs", "x", "\"remount\",\"size=1m\""),
		"reconfigure /d type=tmpfs source=x data=size=1m\n");
	becomes("{\"destination\":\"/\",\"options\":[\"rslave\",\"shared\"]}",
		"propagation / rslave shared\n");
	becomes(MOUNT("/d", "cgroup2", "x", ""), "fs /d type=cgroup2 source=x\n");
	/* Flags of a file system were never an error here. */
	becomes(MOUNT("/d", "bind", "/s", "\"bind\",\"sync\""),
		"bind /d type=bind source=/s data=sync\n");
}

/* The options of a tmpfs on /d, and what the plan prints behind its name. */
static void
tmpfs_becomes(const char *options, const char *effect)
{
	autofree char *mount = xasprintf(MOUNT("/d", "tmpfs", "x", "%s"), options);
	autofree char *printed = xasprintf("fs /d type=tmpfs source=x %s\n", effect);

	becomes(mount, printed);
}

TEST(last_word_holds)
{
	tmpfs_becomes("\"ro\",\"rw\"", "clear=ro");
	tmpfs_becomes("\"rw\",\"ro\"", "set=ro");
	tmpfs_becomes("\"noatime\",\"strictatime\"", "set=strictatime clear=atime");
	tmpfs_becomes("\"strictatime\",\"relatime\"", "clear=atime");
	tmpfs_becomes("\"rro\",\"rrw\"", "all-clear=ro");
}

TEST(mistakes)
{
	is_wrong(MOUNT("/d", "bind", "/s", "\"ro\",\"size=1\",\"x\""),
		 "0 1 size=1: a bind mount takes no option of a file system\n");
	is_wrong(MOUNT("/d", "tmpfs", "x", "") "," MOUNT("/d", "bind", "", "\"bind\""),
		 "1 -1 a bind mount needs a source\n");
	is_wrong(MOUNT("/d", "none", "x", "\"ro\""),
		 "0 -1 neither a type nor bind, remount or a kind of propagation\n");
	is_wrong("{\"destination\":\"/d\"}",
		 "0 -1 neither a type nor bind, remount or a kind of propagation\n");
	is_wrong(MOUNT("", "tmpfs", "x", ""), "0 -1 no destination\n");
	is_wrong(MOUNT("/d", "tmpfs", "x", "\"\",\"=1\""),
		 "0 0 an option without a name\n0 1 an option without a name\n");
	is_wrong(MOUNT("/d", "proc", "x", "\"tmpcopyup\""),
		 "0 -1 tmpcopyup is for a tmpfs only\n");
	is_wrong("{\"destination\":\"/d\",\"source\":\"/s\",\"options\":[\"bind\"],"
		 "\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]}",
		 "0 -1 needs both uidMappings and gidMappings\n");
	is_wrong(MOUNT("/d", "bind", "/s", "\"idmap\""),
		 "0 -1 idmap needs uidMappings and gidMappings, or a user namespace\n");
	is_wrong(MOUNT("/d", "bind", "/s", "\"idmap=uids=0-1-0;gids=0-0-1\""),
		 "0 0 0-1-0: must have a size of 1 or more\n"
		 "0 -1 idmap needs uidMappings and gidMappings, or a user namespace\n");
}

TEST(idmap)
{
	auto_(planned_done) struct planned p;

	plan_mounts(&p, MOUNT("/d", "bind", "/s", "\"ridmap=uids=0-7-2#5-90-1;gids=1-2-3\""));
	same_words(p.told.s ? p.told.s : "", "");
	same(p.plan.ops[0].idmap, IDMAP_TREE);
	same_words(p.plan.ops[0].uid_map, "0 7 2\n5 90 1\n");
	same_words(p.plan.ops[0].gid_map, "1 2 3\n");
}

TEST(over_proc)
{
	static const char *const files[] = {
		"cpuinfo", "diskstats", "loadavg", "meminfo", "net/dev", "slabinfo", "stat",
		"swaps", "sys/kernel/ns_last_pid", "uptime",
	};

	becomes(MOUNT("/proc", "bind", "/proc", "\"rbind\""),
		"bind /proc type=bind source=/proc recursive\n");
	becomes(MOUNT("/proc/sys", "none", "x", "\"bind\",\"remount\",\"ro\""),
		"remount /proc/sys type=none source=x set=ro\n");
	becomes(MOUNT("/process", "tmpfs", "x", ""), "fs /process type=tmpfs source=x\n");
	for (size_t i = 0; i < countof(files); i++) {
		autofree char *mount = xasprintf(MOUNT("/proc/%s", "bind", "/f", ""), files[i]);
		autofree char *printed = xasprintf("bind /proc/%s type=bind source=/f\n", files[i]);

		becomes(mount, printed);
	}
	is_wrong(MOUNT("/proc", "tmpfs", "x", ""), "0 -1 /proc can only be a procfs\n");
	is_wrong(MOUNT("/proc/", "bind", "/fake", ""), "0 -1 /proc can only be a procfs\n");
	is_wrong(MOUNT("/proc", "bind", "proc", ""), "0 -1 /proc can only be a procfs\n");
}

TEST(below_proc)
{
	is_wrong(MOUNT("/proc/cpuinfo", "tmpfs", "x", ""),
		 "0 -1 /proc/cpuinfo: nothing may be mounted below /proc\n");
	is_wrong(MOUNT("/proc/self/attr", "bind", "/f", ""),
		 "0 -1 /proc/self/attr: nothing may be mounted below /proc\n");
	is_wrong(MOUNT("//proc/./sys/kernel", "proc", "x", ""),
		 "0 -1 //proc/./sys/kernel: nothing may be mounted below /proc\n");
	is_wrong(MOUNT("/dev/../../proc/1", "bind", "/f", ""),
		 "0 -1 /dev/../../proc/1: nothing may be mounted below /proc\n");
	is_wrong(MOUNT("/sys/fs/cgroup/..", "tmpfs", "x", ""),
		 "0 -1 /sys/fs/cgroup/..: no \"..\" below /proc and /sys\n");
	is_wrong(MOUNT("/proc/../tmp", "tmpfs", "x", ""),
		 "0 -1 /proc/../tmp: no \"..\" below /proc and /sys\n");
}

TEST(no_links_to_proc_and_sys)
{
	auto_(planned_done) struct planned p;

	plan_mounts(&p, MOUNT("/proc", "proc", "x", "") ","
			MOUNT("/./sys/", "sysfs", "x", "") ","
			MOUNT("/d", "proc", "x", ""));
	same(p.mistakes, 0);
	assert_true(p.plan.ops[0].no_links);
	assert_true(p.plan.ops[1].no_links);
	assert_false(p.plan.ops[2].no_links);
}

TEST(relative_destination)
{
	int pipe_fds[2];
	char said[256] = "";

	same(pipe2(pipe_fds, O_CLOEXEC), 0);
	log_open(&(struct log_sink){ .program = "t", .fd = pipe_fds[1], .level = LOG_WARNING });
	becomes(MOUNT("d", "tmpfs", "x", ""), "fs d type=tmpfs source=x\n");
	assert_true(read(pipe_fds[0], said, sizeof(said) - 1) > 0);
	assert_non_null(strstr(said, "mount d: the destination is not absolute, taken as /d"));
	is_wrong(MOUNT("proc/1", "tmpfs", "x", ""),
		 "0 -1 proc/1: nothing may be mounted below /proc\n");
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

TEST(propagation_flags)
{
	uint64_t flags;

	assert_true(mount_propagation_flags("rslave", &flags));
	assert_true(flags);
	assert_false(mount_propagation_flags("ro", &flags));
	assert_false(mount_propagation_flags("", &flags));
}

TESTS(T(table), T(names), T(every_option), T(default_config), T(acts), T(last_word_holds),
      T(mistakes), T(idmap), T(over_proc), T(below_proc), T(no_links_to_proc_and_sys),
      T(relative_destination), T(propagation_flags))
