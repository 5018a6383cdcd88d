# What `spec` writes as podman 4 has it for `podman run --user 1000 IMAGE /true`: its mounts, masked
# paths, capabilities, limits and filter.  $dir has the files that it binds, $seccomp is the filter,
# $caps the bounding capabilities.  Left out are the image, and the network that podman makes.

def bind($name; $destination): {
	$destination, type: "bind", source: ($dir + "/" + $name), options: ["bind", "rprivate"]
};

.process += {
	user: { uid: 1000, gid: 1000, umask: 18, additionalGids: [1000] },
	capabilities: { bounding: $caps },
	rlimits: [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 1024 }],
	noNewPrivileges: false,
	env: [.process.env[], "container=podman", "HOME=/", "HOSTNAME=box"]
}
| .hostname = "box"
| .root.readonly = false
| .mounts = [
	{ destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
	{ destination: "/dev", type: "tmpfs", source: "tmpfs",
	  options: ["nosuid", "strictatime", "mode=755", "size=65536k"] },
	{ destination: "/sys", type: "sysfs", source: "sysfs",
	  options: ["nosuid", "noexec", "nodev", "ro"] },
	{ destination: "/dev/pts", type: "devpts", source: "devpts",
	  options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
	{ destination: "/dev/mqueue", type: "mqueue", source: "mqueue",
	  options: ["nosuid", "noexec", "nodev"] },
	bind("resolv.conf"; "/etc/resolv.conf"),
	bind("hosts"; "/etc/hosts"),
	(bind("shm"; "/dev/shm") | .options += ["noexec", "nosuid", "nodev"]),
	bind("containerenv"; "/run/.containerenv"),
	bind("hostname"; "/etc/hostname"),
	{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
	  options: ["nosuid", "noexec", "nodev", "relatime", "ro"] }
]
| .linux.sysctl = { "net.ipv4.ping_group_range": "0 0" }
| .linux.resources += { pids: { limit: 2048 } }
| .linux.maskedPaths = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
	"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
	"/sys/fs/selinux", "/sys/dev/block"]
| .linux.readonlyPaths = ["/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
	"/proc/sysrq-trigger"]
| .linux.seccomp = $seccomp
