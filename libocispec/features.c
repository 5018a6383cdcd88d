#include "libocispec/features.h"

#include "libocispec/choices.h"

static TYPE(oci_features_cgroup, "cgroup features",
	F_BOOL(oci_features_cgroup, v1, "v1", .help = "cgroup v1 works"),
	F_BOOL(oci_features_cgroup, v2, "v2", .help = "cgroup v2 works"),
	F_BOOL(oci_features_cgroup, systemd, "systemd", .help = "systemd may keep the cgroups"),
	F_BOOL(oci_features_cgroup, systemd_user, "systemdUser",
	       .help = "a user's systemd may keep the cgroups"),
	F_BOOL(oci_features_cgroup, rdma, "rdma", .help = "the rdma controller works"),
);

static TYPE(oci_features_seccomp, "seccomp features",
	F_BOOL(oci_features_seccomp, enabled, "enabled", .help = "filters of system calls work"),
	F_STRINGS(oci_features_seccomp, actions, "actions", .choices = oci_seccomp_actions,
		  .help = "actions of a rule that are known"),
	F_STRINGS(oci_features_seccomp, operators, "operators", .choices = oci_seccomp_operators,
		  .help = "comparisons of an argument that are known"),
	F_STRINGS(oci_features_seccomp, archs, "archs", .choices = oci_seccomp_archs,
		  .help = "architectures that are known"),
	F_STRINGS(oci_features_seccomp, known_flags, "knownFlags", .choices = oci_seccomp_flags,
		  .help = "flags of a filter that are known"),
	F_STRINGS(oci_features_seccomp, supported_flags, "supportedFlags",
		  .choices = oci_seccomp_flags,
		  .help = "flags that this kernel and build can apply"),
);

static TYPE(oci_features_switch, "feature",
	F_BOOL(oci_features_switch, enabled, "enabled", .help = "the runtime was built with it"),
);

static TYPE(oci_features_memory_policy, "memory policy features",
	F_STRINGS(oci_features_memory_policy, modes, "modes", .choices = oci_memory_policy_modes,
		  .help = "modes that are known"),
	F_STRINGS(oci_features_memory_policy, flags, "flags", .choices = oci_memory_policy_flags,
		  .help = "flags of a mode that are known"),
);

static TYPE(oci_features_intel_rdt, "Intel RDT features",
	F_BOOL(oci_features_intel_rdt, enabled, "enabled", .help = "Intel RDT works"),
	F_BOOL(oci_features_intel_rdt, schemata, "schemata",
	       .help = "linux.intelRdt.schemata works"),
	F_BOOL(oci_features_intel_rdt, monitoring, "monitoring",
	       .help = "linux.intelRdt.enableMonitoring works"),
);

static TYPE(oci_features_mount_extensions, "mount features",
	F_OBJECT(oci_features_mount_extensions, idmap, "idmap", oci_features_switch,
		 .help = "mounts with id maps"),
);

static TYPE(oci_features_linux, "Linux features",
	F_STRINGS(oci_features_linux, namespaces, "namespaces", .choices = oci_namespace_types,
		  .help = "namespaces that are known"),
	F_STRINGS(oci_features_linux, capabilities, "capabilities",
		  .help = "capabilities that are known"),
	F_OBJECT(oci_features_linux, cgroup, "cgroup", oci_features_cgroup, .help = "cgroups"),
	F_OBJECT(oci_features_linux, seccomp, "seccomp", oci_features_seccomp,
		 .help = "filters of system calls"),
	F_OBJECT(oci_features_linux, apparmor, "apparmor", oci_features_switch,
		 .help = "AppArmor profiles"),
	F_OBJECT(oci_features_linux, selinux, "selinux", oci_features_switch,
		 .help = "SELinux labels"),
	F_OBJECT(oci_features_linux, memory_policy, "memoryPolicy", oci_features_memory_policy,
		 .help = "placement of memory on NUMA nodes"),
	F_OBJECT(oci_features_linux, intel_rdt, "intelRdt", oci_features_intel_rdt,
		 .help = "shares of cache and memory bandwidth"),
	F_OBJECT(oci_features_linux, mount_extensions, "mountExtensions",
		 oci_features_mount_extensions, .help = "what mounts can do beyond mount(8)"),
	F_OBJECT(oci_features_linux, net_devices, "netDevices", oci_features_switch,
		 .help = "network devices moved into the container"),
);

TYPE(oci_features, "features",
	F_STRING(oci_features, oci_version_min, "ociVersionMin", .must = true,
		 .help = "oldest version of config.json that is read"),
	F_STRING(oci_features, oci_version_max, "ociVersionMax", .must = true,
		 .help = "newest version of config.json that is read"),
	F_STRINGS(oci_features, hooks, "hooks", .help = "kinds of hooks that are known"),
	F_STRINGS(oci_features, mount_options, "mountOptions",
		  .help = "mount options that are not left to the file system"),
	F_OBJECT(oci_features, linux_, "linux", oci_features_linux, .help = "what is Linux's own"),
	F_MAP(oci_features, annotations, "annotations", oci_pair,
	      .help = "further facts about the runtime"),
	F_STRINGS(oci_features, potentially_unsafe_config_annotations,
		  "potentiallyUnsafeConfigAnnotations",
		  .help = "annotations of config.json that change what the runtime does;"
			  " a dot at the end means all that begin so"),
);
