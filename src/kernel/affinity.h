/* Which CPUs we may run on (sched_setaffinity(2)); children inherit it. */
#ifndef KERNEL_AFFINITY_H
#define KERNEL_AFFINITY_H

#include "base/bits.h"

/* These and no others.  An error if one of them cannot be had, though the kernel would go on. */
int affinity_set(const struct bits *cpus);

/* All that the cpuset of our cgroup has. */
int affinity_reset(void);

#endif
