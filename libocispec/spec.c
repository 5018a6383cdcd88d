#include "libocispec/spec.h"

#include "libocispec/choices.h"

#include <string.h>

#define INT32  .min = INT32_MIN, .max = INT32_MAX
#define UINT16 .umax = UINT16_MAX
#define UINT32 .umax = UINT32_MAX

static bool
is_page_size(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	return digits && *s != '0' && s[digits] && strchr("KMG", s[digits]) &&
	       strcmp(s + digits + 1, "B") == 0;
}

static bool
is_bandwidth(const char *s)
{
	return strncmp(s, "MB:", 3) == 0 && !strchr(s, '\n');
}

static bool
is_cpu_list(const char *s)
{
	return s[strspn(s, "0123456789, -")] == 0;
}

const struct type oci_pair_type = {
	.name = "string", .size = sizeof(struct oci_pair),
	.key = offsetof(struct oci_pair, key), .value = offsetof(struct oci_pair, value),
};

/* The root file system, mounts and hooks. */

static TYPE(oci_root, "root",
	F_STRING(oci_root, path, "path", .must = true,
		 .help = "directory of the root file system, from the bundle if relative"),
	F_BOOL(oci_root, readonly, "readonly", .help = "the root file system is read-only"),
);

static TYPE(oci_id_mapping, "id mapping",
	F_UINT(oci_id_mapping, container_id, "containerID", UINT32, .must = true,
	       .help = "first id in the container"),
	F_UINT(oci_id_mapping, host_id, "hostID", UINT32, .must = true,
	       .help = "first id on the host"),
	F_UINT(oci_id_mapping, size, "size", UINT32, .must = true, .help = "how many ids"),
);

TYPE(oci_mount, "mount",
	F_STRING(oci_mount, destination, "destination", .must = true,
		 .help = "absolute path in the container"),
	F_STRING(oci_mount, type, "type", .help = "file system, as in /proc/filesystems"),
	F_STRING(oci_mount, source, "source",
		 .help = "device, name, or for a bind mount a path, from the bundle if relative"),
	F_STRINGS(oci_mount, options, "options", .help = "as in fstab(5)"),
	F_LIST(oci_mount, uid_mappings, "uidMappings", oci_id_mapping,
	       .help = "user ids on the file system to those that are seen"),
	F_LIST(oci_mount, gid_mappings, "gidMappings", oci_id_mapping,
	       .help = "group ids on the file system to those that are seen"),
);

static TYPE(oci_hook, "hook",
	F_STRING(oci_hook, path, "path", .must = true, .help = "absolute path of the program"),
	F_STRINGS(oci_hook, args, "args", .help = "its arguments, the program's name first"),
	F_STRINGS(oci_hook, env, "env", .help = "its environment, NAME=value"),
	F_INT(oci_hook, timeout, "timeout", .min = 1, .max = INT64_MAX,
	      .help = "seconds until it is killed"),
);

TYPE(oci_hooks, "hooks",
	F_LIST(oci_hooks, prestart, "prestart", oci_hook,
	       .help = "old name of createRuntime; run before those"),
	F_LIST(oci_hooks, create_runtime, "createRuntime", oci_hook,
	       .help = "at create, before the root is changed, in the runtime's namespaces"),
	F_LIST(oci_hooks, create_container, "createContainer", oci_hook,
	       .help = "at create, before the root is changed, in the container's namespaces"),
	F_LIST(oci_hooks, start_container, "startContainer", oci_hook,
	       .help = "at start, before the program, in the container's namespaces"),
	F_LIST(oci_hooks, poststart, "poststart", oci_hook,
	       .help = "at start, behind the program, in the runtime's namespaces"),
	F_LIST(oci_hooks, poststop, "poststop", oci_hook,
	       .help = "at delete, in the runtime's namespaces"),
);

/* The process. */

static TYPE(oci_console_size, "console size",
	F_UINT(oci_console_size, height, "height", .must = true, .help = "rows"),
	F_UINT(oci_console_size, width, "width", .must = true, .help = "columns"),
);

static TYPE(oci_user, "user",
	F_UINT(oci_user, uid, "uid", UINT32, .help = "user id in the container"),
	F_UINT(oci_user, gid, "gid", UINT32, .help = "group id in the container"),
	F_UINT(oci_user, umask, "umask", UINT32, .help = "permissions that new files lack"),
	F_UINTS(oci_user, additional_gids, "additionalGids", UINT32,
		.help = "further group ids in the container"),
	F_STRING(oci_user, username, "username", .help = "not used on Linux"),
);

static TYPE(oci_capabilities, "capabilities",
	F_STRINGS(oci_capabilities, bounding, "bounding", .help = "most that a program may gain"),
	F_STRINGS(oci_capabilities, permitted, "permitted", .help = "those it may make effective"),
	F_STRINGS(oci_capabilities, effective, "effective", .help = "those that are looked at"),
	F_STRINGS(oci_capabilities, inheritable, "inheritable",
		  .help = "those that pass to a program whose file allows it"),
	F_STRINGS(oci_capabilities, ambient, "ambient", .help = "those that pass to any program"),
);

static TYPE(oci_rlimit, "resource limit",
	F_STRING(oci_rlimit, type, "type", .must = true,
		 .help = "as in getrlimit(2): RLIMIT_NOFILE"),
	F_UINT(oci_rlimit, soft, "soft", .must = true, .help = "the limit that holds"),
	F_UINT(oci_rlimit, hard, "hard", .must = true, .help = "how far the process may raise it"),
);

static TYPE(oci_io_priority, "I/O priority",
	F_STRING(oci_io_priority, class_, "class", .must = true,
		 .choices = oci_io_priority_classes, .help = "scheduling class"),
	F_INT(oci_io_priority, priority, "priority", INT32, .help = "within the class, 0 is first"),
);

static TYPE(oci_scheduler, "scheduler",
	F_STRING(oci_scheduler, policy, "policy", .must = true, .choices = oci_scheduler_policies,
		 .help = "as in sched(7)"),
	F_INT(oci_scheduler, nice, "nice", INT32, .help = "from -20, served first, to 19"),
	F_INT(oci_scheduler, priority, "priority", INT32,
	      .help = "static priority of a real-time policy"),
	F_STRINGS(oci_scheduler, flags, "flags", .choices = oci_scheduler_flags,
		  .help = "as in sched_setattr(2)"),
	F_UINT(oci_scheduler, runtime, "runtime", .help = "nanoseconds of work in a period"),
	F_UINT(oci_scheduler, deadline, "deadline", .help = "nanoseconds until the work is done"),
	F_UINT(oci_scheduler, period, "period", .help = "nanoseconds"),
);

static TYPE(oci_cpu_affinity, "CPU affinity",
	F_STRING(oci_cpu_affinity, initial, "initial", .fits = is_cpu_list,
		 .wants = "a list such as 0-3,7", .help = "processors before the cgroup is joined"),
	F_STRING(oci_cpu_affinity, final, "final", .fits = is_cpu_list,
		 .wants = "a list such as 0-3,7", .help = "processors from then on"),
);

TYPE(oci_process, "process",
	F_BOOL(oci_process, terminal, "terminal", .help = "it has a terminal"),
	F_OBJECT(oci_process, console_size, "consoleSize", oci_console_size,
		 .help = "size of the terminal"),
	F_OBJECT(oci_process, user, "user", oci_user, .help = "who it runs as"),
	F_STRINGS(oci_process, args, "args", .help = "the program and its arguments"),
	F_STRING(oci_process, command_line, "commandLine", .help = "not used on Linux"),
	F_STRINGS(oci_process, env, "env", .help = "environment, NAME=value"),
	F_STRING(oci_process, cwd, "cwd", .must = true, .help = "absolute path it starts in"),
	F_OBJECT(oci_process, capabilities, "capabilities", oci_capabilities,
		 .help = "sets of capabilities, as in capabilities(7)"),
	F_LIST(oci_process, rlimits, "rlimits", oci_rlimit, .help = "resource limits"),
	F_BOOL(oci_process, no_new_privileges, "noNewPrivileges",
	       .help = "no program may give it more privileges"),
	F_STRING(oci_process, apparmor_profile, "apparmorProfile", .help = "AppArmor profile"),
	F_INT(oci_process, oom_score_adj, "oomScoreAdj",
	      .help = "from -1000 to 1000; the highest is killed first when memory runs out"),
	F_STRING(oci_process, selinux_label, "selinuxLabel", .help = "SELinux label"),
	F_OBJECT(oci_process, io_priority, "ioPriority", oci_io_priority, .help = "I/O priority"),
	F_OBJECT(oci_process, scheduler, "scheduler", oci_scheduler, .help = "CPU scheduling"),
	F_OBJECT(oci_process, exec_cpu_affinity, "execCPUAffinity", oci_cpu_affinity,
		 .help = "processors of one that exec starts"),
);

/* Namespaces and devices. */

static TYPE(oci_namespace, "namespace",
	F_STRING(oci_namespace, type, "type", .must = true, .choices = oci_namespace_types,
		 .help = "kind of namespace"),
	F_STRING(oci_namespace, path, "path", .help = "file of the one to join; else a new one"),
);

static TYPE(oci_device, "device",
	F_STRING(oci_device, type, "type", .must = true, .choices = oci_device_types,
		 .help = "character (c, u) or block (b) device, or fifo (p)"),
	F_STRING(oci_device, path, "path", .must = true, .help = "absolute path in the container"),
	F_INT(oci_device, major, "major", .help = "major number"),
	F_INT(oci_device, minor, "minor", .help = "minor number"),
	/*
	 * The schema ends at 0777, but Docker sends the file type along: 8630
	 * is 020666.  The runtime takes the permissions of it.
	 */
	F_UINT(oci_device, file_mode, "fileMode", UINT32, .help = "permissions"),
	F_UINT(oci_device, uid, "uid", UINT32, .help = "owner, as the container numbers it"),
	F_UINT(oci_device, gid, "gid", UINT32, .help = "group, as the container numbers it"),
);

static TYPE(oci_net_device, "network device",
	F_STRING(oci_net_device, name, "name", .help = "its name in the container; else the same"),
);

/* Resources. */

TYPE(oci_device_rule, "device rule",
	F_BOOL(oci_device_rule, allow, "allow", .must = true, .help = "allow or deny"),
	F_STRING(oci_device_rule, type, "type", .help = "a (all), c or b"),
	F_INT(oci_device_rule, major, "major", .help = "major number; all if absent"),
	F_INT(oci_device_rule, minor, "minor", .help = "minor number; all if absent"),
	F_STRING(oci_device_rule, access, "access", .help = "of r (read), w (write), m (mknod)"),
);

static TYPE(oci_memory, "memory",
	F_INT(oci_memory, limit, "limit", .help = "bytes; -1 is no limit"),
	F_INT(oci_memory, reservation, "reservation", .help = "soft limit in bytes"),
	F_INT(oci_memory, swap, "swap", .help = "memory and swap together, in bytes"),
	F_INT(oci_memory, kernel, "kernel", .help = "kernel memory in bytes; no longer applied"),
	F_INT(oci_memory, kernel_tcp, "kernelTCP", .help = "TCP buffers in bytes"),
	F_UINT(oci_memory, swappiness, "swappiness", .help = "0 to 100; how readily it swaps"),
	F_BOOL(oci_memory, disable_oom_killer, "disableOOMKiller",
	       .help = "wait, and do not kill, when memory runs out"),
	F_BOOL(oci_memory, use_hierarchy, "useHierarchy", .help = "count the cgroups below"),
	F_BOOL(oci_memory, check_before_update, "checkBeforeUpdate",
	       .help = "refuse a limit below what is in use"),
);

static TYPE(oci_cpu, "CPU",
	F_UINT(oci_cpu, shares, "shares", .help = "relative weight, 2 to 262144"),
	F_INT(oci_cpu, quota, "quota", .help = "microseconds in a period; -1 is no limit"),
	F_UINT(oci_cpu, burst, "burst", .help = "microseconds that may be saved up"),
	F_UINT(oci_cpu, period, "period", .help = "microseconds"),
	F_INT(oci_cpu, realtime_runtime, "realtimeRuntime",
	      .help = "microseconds of real-time work in a period"),
	F_UINT(oci_cpu, realtime_period, "realtimePeriod", .help = "microseconds"),
	F_STRING(oci_cpu, cpus, "cpus", .help = "processors, such as 0-3,7"),
	F_STRING(oci_cpu, mems, "mems", .help = "memory nodes, such as 0-1"),
	F_INT(oci_cpu, idle, "idle", .help = "1 runs only when nothing else does"),
);

static TYPE(oci_pids, "pids",
	F_INT(oci_pids, limit, "limit", .must = true, .help = "most tasks; -1 is no limit"),
);

static TYPE(oci_weight_device, "weight of a device",
	F_INT(oci_weight_device, major, "major", .must = true, .help = "major number"),
	F_INT(oci_weight_device, minor, "minor", .must = true, .help = "minor number"),
	F_UINT(oci_weight_device, weight, "weight", UINT16, .help = "10 to 1000"),
	F_UINT(oci_weight_device, leaf_weight, "leafWeight", UINT16,
	       .help = "10 to 1000, against the cgroups below"),
);

static TYPE(oci_throttle_device, "rate of a device",
	F_INT(oci_throttle_device, major, "major", .must = true, .help = "major number"),
	F_INT(oci_throttle_device, minor, "minor", .must = true, .help = "minor number"),
	F_UINT(oci_throttle_device, rate, "rate", .help = "bytes or operations a second"),
);

static TYPE(oci_block_io, "block I/O",
	F_UINT(oci_block_io, weight, "weight", UINT16, .help = "10 to 1000"),
	F_UINT(oci_block_io, leaf_weight, "leafWeight", UINT16,
	       .help = "10 to 1000, against the cgroups below"),
	F_LIST(oci_block_io, weight_device, "weightDevice", oci_weight_device,
	       .keys = 2, .help = "weights of single devices"),
	F_LIST(oci_block_io, throttle_read_bps_device, "throttleReadBpsDevice",
	       oci_throttle_device, .keys = 2, .help = "most bytes read a second"),
	F_LIST(oci_block_io, throttle_write_bps_device, "throttleWriteBpsDevice",
	       oci_throttle_device, .keys = 2, .help = "most bytes written a second"),
	F_LIST(oci_block_io, throttle_read_iops_device, "throttleReadIOPSDevice",
	       oci_throttle_device, .keys = 2, .help = "most reads a second"),
	F_LIST(oci_block_io, throttle_write_iops_device, "throttleWriteIOPSDevice",
	       oci_throttle_device, .keys = 2, .help = "most writes a second"),
);

static TYPE(oci_hugepage_limit, "huge page limit",
	F_STRING(oci_hugepage_limit, page_size, "pageSize", .must = true, .fits = is_page_size,
		 .wants = "a size such as 2MB", .help = "size of the pages: 64KB, 2MB, 1GB"),
	F_UINT(oci_hugepage_limit, limit, "limit", .must = true, .help = "bytes"),
);

static TYPE(oci_interface_priority, "network priority",
	F_STRING(oci_interface_priority, name, "name", .must = true, .help = "network interface"),
	F_UINT(oci_interface_priority, priority, "priority", UINT32, .must = true,
	       .help = "priority of what goes out there"),
);

static TYPE(oci_network, "network",
	F_UINT(oci_network, class_id, "classID", UINT32, .help = "class of the packets, for tc(8)"),
	F_LIST(oci_network, priorities, "priorities", oci_interface_priority,
	       .keys = 1, .help = "priorities by interface"),
);

static TYPE(oci_rdma, "RDMA limit",
	F_UINT(oci_rdma, hca_handles, "hcaHandles", UINT32, .help = "most handles"),
	F_UINT(oci_rdma, hca_objects, "hcaObjects", UINT32, .help = "most objects"),
);

TYPE(oci_resources, "resources",
	F_LIST(oci_resources, devices, "devices", oci_device_rule,
	       .help = "devices that may be used; the last rule that fits holds"),
	F_OBJECT(oci_resources, memory, "memory", oci_memory, .help = "memory"),
	F_OBJECT(oci_resources, cpu, "cpu", oci_cpu, .help = "processor time"),
	F_OBJECT(oci_resources, pids, "pids", oci_pids, .help = "tasks"),
	F_OBJECT(oci_resources, block_io, "blockIO", oci_block_io, .help = "disk traffic"),
	F_LIST(oci_resources, hugepage_limits, "hugepageLimits", oci_hugepage_limit,
	       .keys = 1, .help = "huge pages, by size"),
	F_OBJECT(oci_resources, network, "network", oci_network,
		 .help = "marks on network traffic"),
	F_MAP(oci_resources, rdma, "rdma", oci_rdma, .help = "RDMA, by device"),
	F_MAP(oci_resources, unified, "unified", oci_pair,
	      .help = "files of the v2 cgroup and what to write there"),
);

/* Security, and what else is Linux's own. */

TYPE(oci_syscall_arg, "argument of a system call",
	F_UINT(oci_syscall_arg, index, "index", UINT32, .must = true, .help = "which one, from 0"),
	F_UINT(oci_syscall_arg, value, "value", .must = true, .help = "what it is compared with"),
	F_UINT(oci_syscall_arg, value_two, "valueTwo",
	       .help = "what is left of it behind the mask in value"),
	F_STRING(oci_syscall_arg, op, "op", .must = true, .choices = oci_seccomp_operators,
		 .help = "comparison"),
);

static TYPE(oci_syscall, "system call",
	F_STRINGS(oci_syscall, names, "names", .must = true, .min = 1, .help = "system calls"),
	F_STRING(oci_syscall, action, "action", .must = true, .choices = oci_seccomp_actions,
		 .help = "what becomes of the call"),
	F_UINT(oci_syscall, errno_ret, "errnoRet", UINT32, .help = "errno it gives; else EPERM"),
	F_LIST(oci_syscall, args, "args", oci_syscall_arg,
	       .help = "arguments that must fit, all of them"),
);

TYPE(oci_seccomp, "seccomp",
	F_STRING(oci_seccomp, default_action, "defaultAction", .must = true,
		 .choices = oci_seccomp_actions, .help = "what becomes of calls without a rule"),
	F_UINT(oci_seccomp, default_errno_ret, "defaultErrnoRet", UINT32,
	       .help = "errno they give; else EPERM"),
	F_STRINGS(oci_seccomp, architectures, "architectures", .choices = oci_seccomp_archs,
		  .help = "further architectures whose calls are allowed"),
	F_STRINGS(oci_seccomp, flags, "flags", .choices = oci_seccomp_flags,
		  .help = "as in seccomp(2)"),
	F_STRING(oci_seccomp, listener_path, "listenerPath",
		 .help = "socket of the program that decides on SCMP_ACT_NOTIFY"),
	F_STRING(oci_seccomp, listener_metadata, "listenerMetadata",
		 .help = "text for that program"),
	F_LIST(oci_seccomp, syscalls, "syscalls", oci_syscall, .help = "rules"),
);

static TYPE(oci_intel_rdt, "Intel RDT",
	F_STRING(oci_intel_rdt, clos_id, "closID", .help = "class of service; else one of its own"),
	F_STRINGS(oci_intel_rdt, schemata, "schemata",
		  .help = "lines for the class's schemata file"),
	F_STRING(oci_intel_rdt, l3_cache_schema, "l3CacheSchema", .help = "line for the L3 cache"),
	F_STRING(oci_intel_rdt, mem_bw_schema, "memBwSchema", .fits = is_bandwidth,
		 .wants = "a line that begins with MB:", .help = "line for the memory bandwidth"),
	F_BOOL(oci_intel_rdt, enable_monitoring, "enableMonitoring",
	       .help = "a monitoring group of its own"),
);

static TYPE(oci_memory_policy, "memory policy",
	F_STRING(oci_memory_policy, mode, "mode", .choices = oci_memory_policy_modes,
		 .help = "as in set_mempolicy(2)"),
	F_STRING(oci_memory_policy, nodes, "nodes", .help = "memory nodes, such as 0-1"),
	F_STRINGS(oci_memory_policy, flags, "flags", .choices = oci_memory_policy_flags,
		  .help = "as in set_mempolicy(2)"),
);

static TYPE(oci_personality, "personality",
	F_STRING(oci_personality, domain, "domain", .choices = oci_personality_domains,
		 .help = "which Linux uname(2) speaks of"),
	F_STRINGS(oci_personality, flags, "flags", .help = "none are defined yet"),
);

static TYPE(oci_time_offset, "clock offset",
	F_INT(oci_time_offset, secs, "secs", .help = "seconds"),
	F_UINT(oci_time_offset, nanosecs, "nanosecs", UINT32, .help = "nanoseconds"),
);

static TYPE(oci_time_offsets, "clock offsets",
	F_OBJECT(oci_time_offsets, boottime, "boottime", oci_time_offset,
		 .help = "of the time since boot"),
	F_OBJECT(oci_time_offsets, monotonic, "monotonic", oci_time_offset,
		 .help = "of the monotonic clock"),
);

static TYPE(oci_linux, "linux",
	F_LIST(oci_linux, namespaces, "namespaces", oci_namespace,
	       .help = "namespaces of its own or joined; those not named are the runtime's"),
	F_LIST(oci_linux, uid_mappings, "uidMappings", oci_id_mapping,
	       .help = "user ids of a new user namespace"),
	F_LIST(oci_linux, gid_mappings, "gidMappings", oci_id_mapping,
	       .help = "group ids of a new user namespace"),
	F_OBJECT(oci_linux, time_offsets, "timeOffsets", oci_time_offsets,
		 .help = "clocks of a new time namespace"),
	F_LIST(oci_linux, devices, "devices", oci_device, .help = "device files to make"),
	F_MAP(oci_linux, net_devices, "netDevices", oci_net_device,
	      .help = "network devices to move in, by name"),
	F_STRING(oci_linux, cgroups_path, "cgroupsPath",
		 .help = "cgroup, or SLICE:PREFIX:NAME with systemd"),
	F_OBJECT(oci_linux, resources, "resources", oci_resources, .help = "limits of the cgroup"),
	F_OBJECT(oci_linux, intel_rdt, "intelRdt", oci_intel_rdt,
		 .help = "share of cache and memory bandwidth"),
	F_OBJECT(oci_linux, memory_policy, "memoryPolicy", oci_memory_policy,
		 .help = "placement of memory on NUMA nodes"),
	F_MAP(oci_linux, sysctl, "sysctl", oci_pair, .help = "kernel parameters, as in sysctl(8)"),
	F_OBJECT(oci_linux, seccomp, "seccomp", oci_seccomp, .help = "filter of system calls"),
	F_STRING(oci_linux, rootfs_propagation, "rootfsPropagation", .choices = oci_propagations,
		 .help = "whether mounts pass between host and container"),
	F_STRINGS(oci_linux, masked_paths, "maskedPaths", .help = "what cannot be read"),
	F_STRINGS(oci_linux, readonly_paths, "readonlyPaths", .help = "what cannot be written"),
	F_STRING(oci_linux, mount_label, "mountLabel", .help = "SELinux label of the mounts"),
	F_OBJECT(oci_linux, personality, "personality", oci_personality,
		 .help = "execution domain, as in personality(2)"),
);

TYPE(oci_spec, "config.json",
	F_STRING(oci_spec, oci_version, "ociVersion", .must = true,
		 .help = "version of the specification that the file follows"),
	F_OBJECT(oci_spec, root, "root", oci_root, .help = "root file system"),
	F_LIST(oci_spec, mounts, "mounts", oci_mount, .help = "mounts, in their order"),
	F_OBJECT(oci_spec, process, "process", oci_process, .help = "the container's program"),
	F_STRING(oci_spec, hostname, "hostname", .help = "host name in the container"),
	F_STRING(oci_spec, domainname, "domainname", .help = "NIS domain name in the container"),
	F_OBJECT(oci_spec, hooks, "hooks", oci_hooks, .help = "programs to run on the way"),
	F_MAP(oci_spec, annotations, "annotations", oci_pair,
	      .help = "notes of whoever made the file"),
	F_OBJECT(oci_spec, linux_, "linux", oci_linux, .help = "what is Linux's own"),
);
