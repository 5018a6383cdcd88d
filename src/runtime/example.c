/* The configuration that `spec` writes, to begin with. */
#include "runtime/runtime.h"

#include "libocispec/document.h"

#include <unistd.h>

#define STRINGS(...) (char *[]){ __VA_ARGS__, NULL }
#define MOUNT(to, kind, from, ...) \
	&(struct oci_mount){ .destination = to, .type = kind, .source = from, __VA_ARGS__ }
#define OPTIONS(...) .options = STRINGS(__VA_ARGS__)
#define NAMESPACE(kind) &(struct oci_namespace){ .type = kind }

static struct oci_mount *mounts[] = {
	MOUNT("/proc", "proc", "proc"),
	MOUNT("/dev", "tmpfs", "tmpfs",
	      OPTIONS("nosuid", "strictatime", "mode=755", "size=65536k")),
	MOUNT("/dev/pts", "devpts", "devpts",
	      OPTIONS("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
	MOUNT("/dev/shm", "tmpfs", "shm",
	      OPTIONS("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")),
	MOUNT("/dev/mqueue", "mqueue", "mqueue", OPTIONS("nosuid", "noexec", "nodev")),
	MOUNT("/sys", "sysfs", "sysfs", OPTIONS("nosuid", "noexec", "nodev", "ro")),
	MOUNT("/sys/fs/cgroup", "cgroup", "cgroup",
	      OPTIONS("nosuid", "noexec", "nodev", "relatime", "ro")),
	NULL,
};

/* Without options that name other groups than the user's; a sysfs takes a network of one's own. */
static struct oci_mount *rootless_mounts[] = {
	MOUNT("/proc", "proc", "proc"),
	MOUNT("/dev", "tmpfs", "tmpfs",
	      OPTIONS("nosuid", "strictatime", "mode=755", "size=65536k")),
	MOUNT("/dev/pts", "devpts", "devpts",
	      OPTIONS("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620")),
	MOUNT("/dev/shm", "tmpfs", "shm",
	      OPTIONS("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")),
	MOUNT("/dev/mqueue", "mqueue", "mqueue", OPTIONS("nosuid", "noexec", "nodev")),
	MOUNT("/sys", "none", "/sys", OPTIONS("rbind", "nosuid", "noexec", "nodev", "rro")),
	MOUNT("/sys/fs/cgroup", "cgroup", "cgroup",
	      OPTIONS("nosuid", "noexec", "nodev", "relatime", "ro")),
	NULL,
};

static char *caps[] = { "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE", NULL };

static struct oci_rlimit *rlimits[] = {
	&(struct oci_rlimit){ "RLIMIT_NOFILE", { 1024, true }, { 1024, true } },
	NULL,
};

static struct oci_process process = {
	.terminal = { true, true },
	.user = &(struct oci_user){ .uid = { 0, true }, .gid = { 0, true } },
	.args = STRINGS("sh"),
	.env = STRINGS("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		       "TERM=xterm"),
	.cwd = "/",
	.capabilities = &(struct oci_capabilities){
		.bounding = caps, .permitted = caps, .effective = caps,
	},
	.rlimits = rlimits,
	.no_new_privileges = { true, true },
};

static struct oci_namespace *namespaces[] = {
	NAMESPACE("pid"), NAMESPACE("network"), NAMESPACE("ipc"),
	NAMESPACE("uts"), NAMESPACE("mount"), NAMESPACE("cgroup"),
	NULL,
};

/* A user namespace, in the place of the network's, which a plain user could not connect. */
static struct oci_namespace *rootless_namespaces[] = {
	NAMESPACE("pid"), NAMESPACE("ipc"), NAMESPACE("uts"),
	NAMESPACE("mount"), NAMESPACE("cgroup"), NAMESPACE("user"),
	NULL,
};

static struct oci_resources resources = {
	.devices = (struct oci_device_rule *[]){
		&(struct oci_device_rule){ .allow = { false, true }, .access = "rwm" },
		NULL,
	},
};

/* The masks are those of the engines: what tells of the host, or reaches into it. */
static char *masked[] = {
	"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
	"/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list",
	"/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
	NULL,
};

static char *readonly[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
	NULL,
};

char *
runtime_example(bool rootless)
{
	struct oci_id_mapping root = { { 0, true }, { geteuid(), true }, { 1, true } };
	struct oci_id_mapping root_group = { { 0, true }, { getegid(), true }, { 1, true } };
	struct oci_linux linux_part = {
		.namespaces = rootless ? rootless_namespaces : namespaces,
		.resources = rootless ? NULL : &resources,
		.uid_mappings = rootless ? (struct oci_id_mapping *[]){ &root, NULL } : NULL,
		.gid_mappings = rootless ? (struct oci_id_mapping *[]){ &root_group, NULL } : NULL,
		.masked_paths = masked,
		.readonly_paths = readonly,
	};
	const struct oci_spec spec = {
		.oci_version = OCIRUN_SPEC_VERSION,
		.root = &(struct oci_root){ .path = "rootfs", .readonly = { true, true } },
		.mounts = rootless ? rootless_mounts : mounts,
		.process = &process,
		.hostname = "ocirun",
		.linux_ = &linux_part,
	};

	return oci_encode(&oci_spec_type, &spec, OCI_INDENTED);
}
