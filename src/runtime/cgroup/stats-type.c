/* The tables of the document in stats.h. */
#include "runtime/cgroup/stats.h"

static TYPE(stats_pressure, "pressure",
	F_NUMBER(stats_pressure, avg10, "avg10"),
	F_NUMBER(stats_pressure, avg60, "avg60"),
	F_NUMBER(stats_pressure, avg300, "avg300"),
	F_UINT(stats_pressure, total, "total", .must = true),
);

static TYPE(stats_psi, "pressure of a resource",
	F_OBJECT(stats_psi, some, "some", stats_pressure),
	F_OBJECT(stats_psi, full, "full", stats_pressure),
);

static TYPE(stats_cpu_usage, "processor time",
	F_UINT(stats_cpu_usage, total, "total"),
	F_UINTS(stats_cpu_usage, percpu, "percpu"),
	F_UINTS(stats_cpu_usage, percpu_kernel, "percpu_kernel"),
	F_UINTS(stats_cpu_usage, percpu_user, "percpu_user"),
	F_UINT(stats_cpu_usage, kernel, "kernel", .must = true),
	F_UINT(stats_cpu_usage, user, "user", .must = true),
);

static TYPE(stats_throttling, "throttling",
	F_UINT(stats_throttling, periods, "periods"),
	F_UINT(stats_throttling, throttled_periods, "throttledPeriods"),
	F_UINT(stats_throttling, throttled_time, "throttledTime"),
);

static TYPE(stats_cpu, "processors",
	F_OBJECT(stats_cpu, usage, "usage", stats_cpu_usage, .must = true),
	F_OBJECT(stats_cpu, throttling, "throttling", stats_throttling, .must = true),
	F_OBJECT(stats_cpu, psi, "psi", stats_psi),
);

static TYPE(stats_cpuset, "cpuset",
	F_UINTS(stats_cpuset, cpus, "cpus"),
	F_UINT(stats_cpuset, cpu_exclusive, "cpu_exclusive", .must = true),
	F_UINTS(stats_cpuset, mems, "mems"),
	F_UINT(stats_cpuset, mem_hardwall, "mem_hardwall", .must = true),
	F_UINT(stats_cpuset, mem_exclusive, "mem_exclusive", .must = true),
	F_UINT(stats_cpuset, memory_migrate, "memory_migrate", .must = true),
	F_UINT(stats_cpuset, memory_spread_page, "memory_spread_page", .must = true),
	F_UINT(stats_cpuset, memory_spread_slab, "memory_spread_slab", .must = true),
	F_UINT(stats_cpuset, memory_pressure, "memory_pressure", .must = true),
	F_UINT(stats_cpuset, sched_load_balance, "sched_load_balance", .must = true),
	F_INT(stats_cpuset, sched_relax_domain_level, "sched_relax_domain_level", .must = true),
);

static TYPE(stats_memory_entry, "memory of one kind",
	F_UINT(stats_memory_entry, limit, "limit", .must = true),
	F_UINT(stats_memory_entry, usage, "usage"),
	F_UINT(stats_memory_entry, max, "max"),
	F_UINT(stats_memory_entry, failcnt, "failcnt", .must = true),
);

static const struct type numbers_type = {
	.name = "numbers", .size = sizeof(struct oci_pair), .numbers = true,
	.key = offsetof(struct oci_pair, key), .value = offsetof(struct oci_pair, value),
};

static TYPE(stats_memory, "memory",
	F_UINT(stats_memory, cache, "cache"),
	F_OBJECT(stats_memory, usage, "usage", stats_memory_entry, .must = true),
	F_OBJECT(stats_memory, swap, "swap", stats_memory_entry, .must = true),
	F_OBJECT(stats_memory, kernel, "kernel", stats_memory_entry, .must = true),
	F_OBJECT(stats_memory, kernel_tcp, "kernelTCP", stats_memory_entry, .must = true),
	row_(KIND_MAP, "raw", at_(stats_memory, raw, struct oci_pair **), .of = &numbers_type),
	F_OBJECT(stats_memory, psi, "psi", stats_psi),
);

static TYPE(stats_pids, "tasks",
	F_UINT(stats_pids, current, "current"),
	F_UINT(stats_pids, limit, "limit"),
);

static TYPE(stats_io, "disk traffic of a device",
	F_UINT(stats_io, major, "major"),
	F_UINT(stats_io, minor, "minor"),
	F_STRING(stats_io, op, "op"),
	F_UINT(stats_io, value, "value"),
);

static TYPE(stats_blkio, "disk traffic",
	F_LIST(stats_blkio, service_bytes, "ioServiceBytesRecursive", stats_io),
	F_LIST(stats_blkio, serviced, "ioServicedRecursive", stats_io),
	F_LIST(stats_blkio, queued, "ioQueueRecursive", stats_io),
	F_LIST(stats_blkio, service_time, "ioServiceTimeRecursive", stats_io),
	F_LIST(stats_blkio, wait_time, "ioWaitTimeRecursive", stats_io),
	F_LIST(stats_blkio, merged, "ioMergedRecursive", stats_io),
	F_LIST(stats_blkio, time, "ioTimeRecursive", stats_io),
	F_LIST(stats_blkio, sectors, "sectorsRecursive", stats_io),
	F_OBJECT(stats_blkio, psi, "psi", stats_psi),
);

static TYPE(stats_hugetlb, "huge pages of a size",
	F_UINT(stats_hugetlb, usage, "usage"),
	F_UINT(stats_hugetlb, max, "max"),
	F_UINT(stats_hugetlb, failcnt, "failcnt", .must = true),
);

static TYPE(stats_intel_rdt, "Intel RDT",
	F_STRING(stats_intel_rdt, l3_cache_schema, "l3_cache_schema"),
);

static TYPE(stats_interface, "network interface",
	F_STRING(stats_interface, name, "Name"),
);

TYPE(stats, "statistics",
	F_OBJECT(stats, cpu, "cpu", stats_cpu, .must = true),
	F_OBJECT(stats, cpuset, "cpuset", stats_cpuset, .must = true),
	F_OBJECT(stats, memory, "memory", stats_memory, .must = true),
	F_OBJECT(stats, pids, "pids", stats_pids, .must = true),
	F_OBJECT(stats, blkio, "blkio", stats_blkio, .must = true),
	F_MAP(stats, hugetlb, "hugetlb", stats_hugetlb, .must = true),
	F_OBJECT(stats, intel_rdt, "intel_rdt", stats_intel_rdt, .must = true),
	F_LIST(stats, network_interfaces, "network_interfaces", stats_interface, .must = true),
);
