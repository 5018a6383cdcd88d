#include "servin/commands.h"
#include "servin/human.h"
#include "servin/output.h"

#include "engine/container.h"
#include "engine/host.h"
#include "engine/image.h"

#include "kernel/cgroupfs.h"
#include "kernel/lsm.h"
#include "kernel/seccomp.h"

#include "base/err.h"
#include "base/strv.h"
#include "libocispec/document.h"

#include <inttypes.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

struct info_opts { const char *format; };

/* docker's names. */
struct info {
	struct oci_int containers, running, paused, stopped, images;
	char *driver, *logging_driver, *cgroup_driver, *cgroup_version;
	struct oci_bool memory_limit, swap_limit, cpu_quota, cpu_shares, cpu_set, pids_limit;
	char *kernel_version, *operating_system, *os_type, *architecture;
	struct oci_int cpus;
	struct oci_uint memory;
	char *root_dir, *state_dir, *name, *version, *runtime, *runtime_version;
	char **security;
	struct oci_bool rootless;
};

static TYPE(info, "information",
	F_INT(info, containers, "Containers"),
	F_INT(info, running, "ContainersRunning"),
	F_INT(info, paused, "ContainersPaused"),
	F_INT(info, stopped, "ContainersStopped"),
	F_INT(info, images, "Images"),
	F_STRING(info, driver, "Driver"),
	F_STRING(info, logging_driver, "LoggingDriver"),
	F_STRING(info, cgroup_driver, "CgroupDriver"),
	F_STRING(info, cgroup_version, "CgroupVersion"),
	F_BOOL(info, memory_limit, "MemoryLimit"),
	F_BOOL(info, swap_limit, "SwapLimit"),
	F_BOOL(info, cpu_quota, "CpuCfsQuota"),
	F_BOOL(info, cpu_shares, "CPUShares"),
	F_BOOL(info, cpu_set, "CPUSet"),
	F_BOOL(info, pids_limit, "PidsLimit"),
	F_STRING(info, kernel_version, "KernelVersion"),
	F_STRING(info, operating_system, "OperatingSystem"),
	F_STRING(info, os_type, "OSType"),
	F_STRING(info, architecture, "Architecture"),
	F_INT(info, cpus, "NCPU"),
	F_UINT(info, memory, "MemTotal"),
	F_STRING(info, root_dir, "DockerRootDir"),
	F_STRING(info, state_dir, "StateDir"),
	F_STRING(info, name, "Name"),
	F_STRING(info, version, "ServerVersion"),
	F_STRING(info, runtime, "DefaultRuntime"),
	F_STRING(info, runtime_version, "RuntimeVersion"),
	F_STRINGS(info, security, "SecurityOptions"),
	F_BOOL(info, rootless, "Rootless"),
);

static struct oci_int
number(size_t n)
{
	return (struct oci_int){ (int64_t)n, true };
}

static int
count_containers(const struct engine *e, struct info *info)
{
	struct containers all = { 0 };
	size_t running = 0, paused = 0;
	int r = containers_list(e, &all);

	for (size_t i = 0; i < all.n; i++) {
		struct status *s = NULL;

		/* One that goes at this moment is none any more. */
		if (container_status(e, all.at[i], &s) < 0)
			continue;
		running += streq(s->status, "running");
		paused += streq(s->status, "paused");
		oci_free(&status_type, s);
	}
	info->containers = number(all.n);
	info->running = number(running);
	info->paused = number(paused);
	info->stopped = number(all.n - running - paused);
	containers_done(&all);
	return r;
}

static int
count_images(const struct engine *e, struct info *info)
{
	struct images all = { 0 };
	int r = images_list(e, &all);

	info->images = number(all.n);
	images_done(&all);
	return r;
}

static void
fill_cgroups(const struct engine *e, struct info *info)
{
	const struct {
		struct oci_bool *at;
		const char *controller;
	} rows[] = {
		{ &info->memory_limit, "memory" }, { &info->cpu_quota, "cpu" },
		{ &info->cpu_shares, "cpu" }, { &info->cpu_set, "cpuset" },
		{ &info->pids_limit, "pids" },
	};
	autoclose int root = cgroupfs_open_root();
	struct cgroupfs fs = { 0 };
	bool v2;

	if (root < 0 || cgroupfs_find(&fs) < 0)
		fs.version = CGROUPFS_NONE;
	v2 = fs.version == CGROUPFS_V2;
	info->cgroup_driver = xstrdup(fs.version == CGROUPFS_NONE ? "none" : "cgroupfs");
	info->cgroup_version = xstrdup(v2 ? "2" : fs.version == CGROUPFS_V1 ? "1" : "");
	for (size_t i = 0; i < countof(rows); i++)
		*rows[i].at = (struct oci_bool){ host_has_controller(e, rows[i].controller), true };
	info->swap_limit = (struct oci_bool){
		info->memory_limit.v && (v2 || faccessat(root, "memory/memory.memsw.limit_in_bytes",
							 F_OK, 0) == 0), true,
	};
}

static void
fill_host(struct info *info)
{
	struct utsname u = { 0 };
	struct sysinfo s = { 0 };
	cpu_set_t cpus;

	uname(&u);
	sysinfo(&s);
	info->kernel_version = xstrdup(u.release);
	info->operating_system = host_system();
	info->os_type = xstrdup("linux");
	info->architecture = xstrdup(u.machine);
	info->name = xstrdup(u.nodename);
	info->memory = (struct oci_uint){ (uint64_t)s.totalram * s.mem_unit, true };
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		info->cpus = number((size_t)CPU_COUNT(&cpus));
}

static void
fill_security(const struct engine *e, struct info *info)
{
	info->security = xcalloc(1, sizeof(*info->security));
	if (seccomp_has_action(SECCOMP_RET_ERRNO))
		strv_add(&info->security, "name=seccomp,profile=builtin");
	if (apparmor_enabled())
		strv_add(&info->security, "name=apparmor");
	if (selinux_enabled())
		strv_add(&info->security, "name=selinux");
	if (e->rootless)
		strv_add(&info->security, "name=rootless");
}

static void
fill_engine(const struct engine *e, struct info *info)
{
	autowords words = err_keep();

	info->driver = xstrdup(host_has_filesystem("overlay") ? "overlay" : "copy");
	info->logging_driver = xstrdup("json-file");
	info->root_dir = xstrdup(e->root);
	info->state_dir = xstrdup(e->state);
	info->version = xstrdup(servin.version);
	info->runtime = xstrdup(e->runtime ? e->runtime : "ocirun");
	info->rootless = (struct oci_bool){ e->rootless, true };
	if (host_runtime_version(e, &info->runtime_version) < 0)
		info->runtime_version = xstrdup("");
}

static const char *
yes_no(struct oci_bool b)
{
	return b.v ? "yes" : "no";
}

static void
add_host_text(const struct info *i, struct str *out)
{
	str_addf(out, "Kernel Version: %s\nOperating System: %s\nOSType: %s\nArchitecture: %s\n",
		 i->kernel_version, i->operating_system, i->os_type, i->architecture);
	str_addf(out, "CPUs: %" PRId64 "\nTotal Memory: %s\nName: %s\n", i->cpus.v,
		 human_memory(i->memory.v).s, i->name);
	str_addf(out, "Root Dir: %s\nState Dir: %s\nRootless: %s\n", i->root_dir, i->state_dir,
		 yes_no(i->rootless));
}

static int
print_text(const struct info *i)
{
	autostr out = { 0 };

	str_addf(&out, "Containers: %" PRId64 "\n Running: %" PRId64 "\n Paused: %" PRId64
		 "\n Stopped: %" PRId64 "\nImages: %" PRId64 "\n", i->containers.v, i->running.v,
		 i->paused.v, i->stopped.v, i->images.v);
	str_addf(&out, "Version: %s\nStorage Driver: %s\nLogging Driver: %s\n", i->version,
		 i->driver, i->logging_driver);
	str_addf(&out, "Cgroup Driver: %s\nCgroup Version: %s\n", i->cgroup_driver,
		 i->cgroup_version);
	str_addf(&out, "Limits: memory %s, swap %s, cpu %s, cpuset %s, pids %s\n",
		 yes_no(i->memory_limit), yes_no(i->swap_limit), yes_no(i->cpu_quota),
		 yes_no(i->cpu_set), yes_no(i->pids_limit));
	str_addf(&out, "Default Runtime: %s\n", i->runtime);
	str_addf(&out, "Runtime Version: %s\n", *i->runtime_version ? i->runtime_version :
								      "(was not found)");
	str_add(&out, "Security Options:");
	for (char **o = i->security; *o; o++)
		str_addf(&out, " %s", *o);
	str_add(&out, "\n");
	add_host_text(i, &out);
	return print(out.s);
}

static int
info_run(const void *engine, const void *opts, char **args)
{
	const struct info_opts *o = opts;
	struct info info = { 0 };
	int r = count_containers(engine, &info);

	(void)args;
	if (r == 0)
		r = count_images(engine, &info);
	if (r == 0) {
		fill_engine(engine, &info);
		fill_host(&info);
		fill_cgroups(engine, &info);
		fill_security(engine, &info);
		r = o->format ? object_print(&info_type, o->format, &info) : print_text(&info);
	}
	oci_done(&info_type, &info);
	return r;
}

const struct command cmd_info = {
	.name = "info", .max = 0, .mixed = true,
	.aliases = (const char *const[]){ "system info", NULL },
	.summary = "tell about the store, the runtime and this host",
	.size = sizeof(struct info_opts),
	.opts = (const struct opt[]){
		OPT_STRING(info_opts, 'f', format, "format", "FORMAT", "json, or a template"),
		{ 0 } },
	.run = info_run,
};
