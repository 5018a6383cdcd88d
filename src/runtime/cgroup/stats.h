/*
 * What a cgroup has used: the document that engines read, which is runc's
 * (types/events.go), from the files of v1 or v2.
 *
 * A member that the tables of stats-type.c call a must is there, and 0 where
 * this host does not tell; others are left out when they are 0.
 */
#ifndef RUNTIME_CGROUP_STATS_H
#define RUNTIME_CGROUP_STATS_H

#include "runtime/cgroup/cgroup.h"

/* How long processes waited for a resource: shares of time in percent, and microseconds. */
struct stats_pressure {
	char *avg10, *avg60, *avg300;
	struct oci_uint total;
};

struct stats_psi {
	struct stats_pressure *some, *full;
};

struct stats_cpu_usage {		/* nanoseconds */
	struct oci_uint total, kernel, user;
	struct oci_uints percpu, percpu_kernel, percpu_user;
};

struct stats_throttling {
	struct oci_uint periods, throttled_periods, throttled_time;
};

struct stats_cpu {
	struct stats_cpu_usage *usage;
	struct stats_throttling *throttling;
	struct stats_psi *psi;
};

struct stats_cpuset {
	struct oci_uints cpus, mems;
	struct oci_uint cpu_exclusive, mem_hardwall, mem_exclusive, memory_migrate;
	struct oci_uint memory_spread_page, memory_spread_slab, memory_pressure, sched_load_balance;
	struct oci_int sched_relax_domain_level;
};

struct stats_memory_entry {		/* bytes */
	struct oci_uint limit, usage, max, failcnt;
};

struct stats_memory {
	struct oci_uint cache;
	struct stats_memory_entry *usage, *swap, *kernel, *kernel_tcp;
	struct oci_pair **raw;		/* memory.stat; the values are numbers */
	struct stats_psi *psi;
};

struct stats_pids {
	struct oci_uint current, limit;
};

struct stats_io {
	struct oci_uint major, minor;
	char *op;			/* Read, Write, ... */
	struct oci_uint value;
};

struct stats_blkio {
	struct stats_io **service_bytes, **serviced, **queued, **service_time, **wait_time;
	struct stats_io **merged, **time, **sectors;
	struct stats_psi *psi;
};

struct stats_hugetlb {
	char *size;			/* of a page: "2MB"; the key */
	struct oci_uint usage, max, failcnt;
};

/* What Linux has of these is not read: they are there because they are in runc's document. */
struct stats_intel_rdt {
	char *l3_cache_schema;
};

struct stats_interface {
	char *name;
};

struct stats {
	struct stats_cpu *cpu;
	struct stats_cpuset *cpuset;
	struct stats_memory *memory;
	struct stats_pids *pids;
	struct stats_blkio *blkio;
	struct stats_hugetlb **hugetlb;
	struct stats_intel_rdt *intel_rdt;
	struct stats_interface **network_interfaces;
};

extern const struct type stats_type;

/* Fills s, which is all zeros; oci_done() empties it in every case. */
int cgroup_stats(const struct cgroup *cg, struct stats *s);

#endif
