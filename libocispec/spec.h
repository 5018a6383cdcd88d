/*
 * config.json of the OCI runtime specification 1.3: the common part and
 * Linux.  The members are named as the properties; the tables in spec.c say
 * what they mean.
 */
#ifndef OCI_SPEC_H
#define OCI_SPEC_H

#include "libocispec/field.h"

struct oci_pair {
	char *key;
	char *value;
};

struct oci_root {
	char *path;
	struct oci_bool readonly;
};

struct oci_id_mapping {
	struct oci_uint container_id, host_id, size;
};

struct oci_mount {
	char *destination;
	char *type;
	char *source;
	char **options;
	struct oci_id_mapping **uid_mappings, **gid_mappings;
};

struct oci_hook {
	char *path;
	char **args;
	char **env;
	struct oci_int timeout;		/* seconds */
};

struct oci_hooks {
	struct oci_hook **prestart, **create_runtime, **create_container;
	struct oci_hook **start_container, **poststart, **poststop;
};

struct oci_console_size {
	struct oci_uint height, width;
};

struct oci_user {
	struct oci_uint uid, gid, umask;
	struct oci_uints additional_gids;
	char *username;
};

struct oci_capabilities {
	char **bounding, **permitted, **effective, **inheritable, **ambient;
};

struct oci_rlimit {
	char *type;
	struct oci_uint soft, hard;
};

struct oci_io_priority {
	char *class_;
	struct oci_int priority;
};

struct oci_scheduler {
	char *policy;
	struct oci_int nice, priority;
	char **flags;
	struct oci_uint runtime, deadline, period;
};

struct oci_cpu_affinity {
	char *initial, *final;
};

struct oci_process {
	struct oci_bool terminal;
	struct oci_console_size *console_size;
	struct oci_user *user;
	char **args;
	char *command_line;
	char **env;
	char *cwd;
	struct oci_capabilities *capabilities;
	struct oci_rlimit **rlimits;
	struct oci_bool no_new_privileges;
	char *apparmor_profile;
	struct oci_int oom_score_adj;
	char *selinux_label;
	struct oci_io_priority *io_priority;
	struct oci_scheduler *scheduler;
	struct oci_cpu_affinity *exec_cpu_affinity;
};

struct oci_namespace {
	char *type;
	char *path;
};

struct oci_device {
	char *type;
	char *path;
	struct oci_int major, minor;
	struct oci_uint file_mode, uid, gid;
};

struct oci_net_device {
	char *key;			/* its name in the runtime's namespace */
	char *name;
};

struct oci_device_rule {
	struct oci_bool allow;
	char *type;
	struct oci_int major, minor;
	char *access;
};

struct oci_memory {
	struct oci_int limit, reservation, swap, kernel, kernel_tcp;
	struct oci_uint swappiness;
	struct oci_bool disable_oom_killer, use_hierarchy, check_before_update;
};

struct oci_cpu {
	struct oci_uint shares;
	struct oci_int quota;
	struct oci_uint burst, period;
	struct oci_int realtime_runtime;
	struct oci_uint realtime_period;
	char *cpus;
	char *mems;
	struct oci_int idle;
};

struct oci_pids {
	struct oci_int limit;
};

struct oci_weight_device {
	struct oci_int major, minor;
	struct oci_uint weight, leaf_weight;
};

struct oci_throttle_device {
	struct oci_int major, minor;
	struct oci_uint rate;
};

struct oci_block_io {
	struct oci_uint weight, leaf_weight;
	struct oci_weight_device **weight_device;
	struct oci_throttle_device **throttle_read_bps_device, **throttle_write_bps_device;
	struct oci_throttle_device **throttle_read_iops_device, **throttle_write_iops_device;
};

struct oci_hugepage_limit {
	char *page_size;
	struct oci_uint limit;
};

struct oci_interface_priority {
	char *name;
	struct oci_uint priority;
};

struct oci_network {
	struct oci_uint class_id;
	struct oci_interface_priority **priorities;
};

struct oci_rdma {
	char *key;			/* the device */
	struct oci_uint hca_handles, hca_objects;
};

struct oci_resources {
	struct oci_device_rule **devices;
	struct oci_memory *memory;
	struct oci_cpu *cpu;
	struct oci_pids *pids;
	struct oci_block_io *block_io;
	struct oci_hugepage_limit **hugepage_limits;
	struct oci_network *network;
	struct oci_rdma **rdma;
	struct oci_pair **unified;
};

struct oci_syscall_arg {
	struct oci_uint index, value, value_two;
	char *op;
};

struct oci_syscall {
	char **names;
	char *action;
	struct oci_uint errno_ret;
	struct oci_syscall_arg **args;
};

struct oci_seccomp {
	char *default_action;
	struct oci_uint default_errno_ret;
	char **architectures;
	char **flags;
	char *listener_path;
	char *listener_metadata;
	struct oci_syscall **syscalls;
};

struct oci_intel_rdt {
	char *clos_id;
	char **schemata;
	char *l3_cache_schema;
	char *mem_bw_schema;
	struct oci_bool enable_monitoring;
};

struct oci_memory_policy {
	char *mode;
	char *nodes;
	char **flags;
};

struct oci_personality {
	char *domain;
	char **flags;
};

struct oci_time_offset {
	struct oci_int secs;
	struct oci_uint nanosecs;
};

struct oci_time_offsets {
	struct oci_time_offset *boottime, *monotonic;
};

struct oci_linux {
	struct oci_namespace **namespaces;
	struct oci_id_mapping **uid_mappings, **gid_mappings;
	struct oci_time_offsets *time_offsets;
	struct oci_device **devices;
	struct oci_net_device **net_devices;
	char *cgroups_path;
	struct oci_resources *resources;
	struct oci_intel_rdt *intel_rdt;
	struct oci_memory_policy *memory_policy;
	struct oci_pair **sysctl;
	struct oci_seccomp *seccomp;
	char *rootfs_propagation;
	char **masked_paths;
	char **readonly_paths;
	char *mount_label;
	struct oci_personality *personality;
};

struct oci_spec {
	char *oci_version;
	struct oci_root *root;
	struct oci_mount **mounts;
	struct oci_process *process;
	char *hostname;
	char *domainname;
	struct oci_hooks *hooks;
	struct oci_pair **annotations;
	struct oci_linux *linux_;
};

extern const struct type oci_spec_type;
extern const struct type oci_process_type;	/* exec --process */
extern const struct type oci_mount_type;		/* mounts add */
extern const struct type oci_resources_type;	/* update --resources */
extern const struct type oci_device_rule_type;
extern const struct type oci_seccomp_type;
extern const struct type oci_syscall_arg_type;
extern const struct type oci_pair_type;		/* a map of strings */
extern const struct type oci_hooks_type;	/* a row for each kind of hook */

#endif
