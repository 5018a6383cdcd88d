/* What a runtime can do (features.md and features-linux.md). */
#ifndef OCI_FEATURES_H
#define OCI_FEATURES_H

#include "libocispec/spec.h"

struct oci_features_cgroup {
	struct oci_bool v1, v2, systemd, systemd_user, rdma;
};

struct oci_features_seccomp {
	struct oci_bool enabled;
	char **actions, **operators, **archs, **known_flags, **supported_flags;
};

struct oci_features_switch {
	struct oci_bool enabled;
};

struct oci_features_memory_policy {
	char **modes, **flags;
};

struct oci_features_intel_rdt {
	struct oci_bool enabled, schemata, monitoring;
};

struct oci_features_mount_extensions {
	struct oci_features_switch *idmap;
};

struct oci_features_linux {
	char **namespaces;
	char **capabilities;
	struct oci_features_cgroup *cgroup;
	struct oci_features_seccomp *seccomp;
	struct oci_features_switch *apparmor, *selinux;
	struct oci_features_memory_policy *memory_policy;
	struct oci_features_intel_rdt *intel_rdt;
	struct oci_features_mount_extensions *mount_extensions;
	struct oci_features_switch *net_devices;
};

struct oci_features {
	char *oci_version_min, *oci_version_max;
	char **hooks;
	char **mount_options;
	struct oci_features_linux *linux_;
	struct oci_pair **annotations;
	char **potentially_unsafe_config_annotations;
};

extern const struct type oci_features_type;

#endif
