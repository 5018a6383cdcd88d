/*
 * What is kept of a container, in docker's words: inspect prints the same.
 *
 * container.json is struct container: what was asked for, complete with what the image says.
 * It changes by rename and update only.  status.json is struct status: how it
 * fares; the monitor writes it.  See container.h for the rules.
 */
#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include "libocispec/image.h"

struct restart_policy {
	char *name;			/* no, always, on-failure, unless-stopped */
	struct oci_int maximum_retry_count;	/* of on-failure; 0 is no bound */
};

struct log_config {
	char *type;			/* json-file, none */
	struct oci_pair **config;	/* max-size, max-file */
};

struct container_device {
	char *path_on_host, *path_in_container, *cgroup_permissions;
};

struct container_ulimit {
	char *name;			/* nofile */
	struct oci_int hard, soft;	/* -1: unlimited */
};

struct weight_device {
	char *path;
	struct oci_uint weight;
};

struct throttle_device {
	char *path;
	struct oci_uint rate;
};

struct bind_options {
	char *propagation;
	struct oci_bool non_recursive, create_mountpoint;
	struct oci_bool read_only_non_recursive;	/* what is mounted below stays writable */
};

struct volume_options {
	struct oci_bool no_copy;
	struct oci_pair **labels;	/* of one that is made */
};

struct tmpfs_options {
	struct oci_uint size_bytes;
	struct oci_uint mode;		/* the number that the octal digits mean */
	char **options;			/* further ones of the mount, such as exec */
};

/* What --mount, -v and --tmpfs ask for, and an image's VOLUME. */
struct mount_request {
	char *type;			/* bind, volume, tmpfs */
	char *source;			/* absolute path, name of a volume; absent: anonymous */
	char *target;			/* absolute path in the container */
	struct oci_bool read_only;
	struct bind_options *bind_options;
	struct volume_options *volume_options;
	struct tmpfs_options *tmpfs_options;
};

/* What runs. */
struct container_config {
	char *hostname, *domainname, *user;
	struct oci_bool attach_stdin, attach_stdout, attach_stderr, tty, open_stdin, stdin_once;
	struct oci_member **exposed_ports;
	char **env, **cmd;
	struct oci_healthcheck *healthcheck;
	char *image;			/* as it was given */
	struct oci_member **volumes;
	char *working_dir;
	char **entrypoint;
	struct oci_pair **labels;
	char *stop_signal;
	struct oci_int stop_timeout;	/* seconds */
};

/* How it lives on this host. */
struct host_config {
	struct mount_request **mounts;
	struct log_config *log_config;
	char *network_mode;		/* none, host, container:ID, ns:PATH */
	struct restart_policy *restart_policy;
	struct oci_bool auto_remove;
	char **cap_add, **cap_drop;
	char *cgroupns_mode, *ipc_mode, *pid_mode, *uts_mode, *userns_mode;
	char **dns, **dns_options, **dns_search, **extra_hosts, **group_add;
	struct oci_int oom_score_adj;
	struct oci_bool privileged, readonly_rootfs, init, oom_kill_disable;
	char **security_opt;
	struct oci_pair **sysctls, **annotations;
	struct oci_uint shm_size;	/* bytes */
	char *runtime;
	char *cgroup_parent;
	struct oci_uint cpu_shares, nano_cpus, cpu_period;
	struct oci_int cpu_quota, cpu_realtime_period, cpu_realtime_runtime;
	char *cpuset_cpus, *cpuset_mems;
	struct oci_int memory, memory_reservation, memory_swap, memory_swappiness;
	struct oci_int pids_limit;
	struct oci_uint blkio_weight;
	struct weight_device **blkio_weight_device;
	struct throttle_device **blkio_device_read_bps, **blkio_device_write_bps;
	struct throttle_device **blkio_device_read_iops, **blkio_device_write_iops;
	struct container_device **devices;
	char **device_cgroup_rules;
	struct container_ulimit **ulimits;
	char **masked_paths, **readonly_paths;	/* absent: the defaults */
};

/* A mount that the container has got; of a volume Source is its _data. */
struct mount_point {
	char *type, *name, *source, *destination, *driver, *mode;
	struct oci_bool rw;
	char *propagation;
	struct oci_bool anonymous;	/* goes with rm -v and --rm */
};

struct container {
	char *id;			/* 64 hex digits */
	char *name;
	char *created;			/* RFC 3339 */
	char *image;			/* digest of the configuration; absent with rootfs */
	char *manifest;			/* digest of the manifest */
	char *rootfs;			/* --rootfs: that directory, instead of an image */
	char **layers;			/* diff ids, the lowest first */
	char *path;			/* args[0] */
	char **args;			/* the rest */
	struct container_config *config;
	struct host_config *host;
	struct mount_point **mounts;
	struct oci_pair **annotations;	/* of its configuration: conversion.md of image-spec */
	struct oci_bool user_stopped;	/* unless-stopped means him */
};

enum { STATUS_EXIT_UNKNOWN = 255 };

/* How a container fares; all but the words of Status are docker's State. */
struct status {
	char *status;			/* created running paused restarting exited dead */
	char *boot;			/* of the boot in which this was written */
	struct oci_int pid;		/* of its first process, as the monitor sees it */
	struct oci_uint pid_start;	/* see kernel/pidfd.h */
	struct oci_int monitor;		/* pid of the monitor */
	struct oci_int exit_code;
	struct oci_bool oom_killed;
	char *error;			/* why it could not start, or could not go on */
	char *started_at, *finished_at;	/* RFC 3339 */
	struct oci_uint restart_count;
};

extern const struct type container_type, container_config_type, host_config_type, status_type;
extern const struct type mount_request_type, mount_point_type;

#endif
