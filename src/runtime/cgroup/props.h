/*
 * Resources as tables: a row for each property of .linux.resources, with its
 * file on either kind of host and how its value is written there.
 *
 * What a value is, or what is wrong with it, is known before anything is
 * written: the same functions check and write.
 */
#ifndef RUNTIME_CGROUP_PROPS_H
#define RUNTIME_CGROUP_PROPS_H

#include "base/str.h"
#include "libocispec/spec.h"

#include <stdint.h>

/* One file.  A "*" in its name stands for what the item of a list is named after. */
struct knob {
	const char *controller, *file;
	/* Adds the text of the value to out, or nothing if it is not set. */
	int (*as)(struct str *out, const struct oci_resources *r, const void *member);
	const struct knob *instead;	/* to try where the file is absent, or not for the device */
	const char *feature;		/* what a kernel lacks that does not have the file */
	const char *moot;		/* the values, as words, that hold as well without it */
	bool optional;			/* without the file another row does */
	bool bounded;			/* by the same file of the cgroup above */
};

#define KNOB(c, f, a, ...) { .controller = c, .file = f, .as = a, ##__VA_ARGS__ }

struct prop {
	const char *path;		/* below .linux.resources */
	size_t part, member;		/* resources->part->member, or resources->member */
	struct knob v1, v2;
	const char *(*name)(const void *item);	/* of an item of a list, for the file */
	bool map;			/* the items are found by that name in the document */
	bool obsolete;			/* the kernel may have lost it; that is no error */
};
#define PART_NONE SIZE_MAX

/*
 * The properties that have one value, and those that are lists and have one
 * for each item.  Both tables end with a row without a path.
 */
extern const struct prop cgroup_props[], cgroup_lists[];

/* Where the value is, or NULL if the document has no such part. */
const void *prop_member(const struct prop *p, const struct oci_resources *r);

/* The items of a list, NULL at their end; an absent list has none. */
const void *const *prop_items(const struct prop *p, const struct oci_resources *r);

/* The text that is written for a value or an item; empty if it is not set. */
int prop_value(const struct knob *k, const struct oci_resources *r, const void *member,
	       struct str *value);

/* What names an item in words: "hugepageLimits[0]", "rdma[\"mlx5\"]"; free() takes it. */
char *prop_item_path(const struct prop *p, const void *const *items, size_t i);

/* What kernels may lack, for knob.feature. */
#define IO_WEIGHTS   "I/O weights (by bfq or io.cost)"
#define LEAF_WEIGHTS "leaf weights, which the CFQ scheduler had until Linux 5.0"
#define SWAP_ACCOUNTING "accounting of swap (CONFIG_SWAP, swapaccount=1)"
#define RT_GROUPS    "realtime scheduling of groups (CONFIG_RT_GROUP_SCHED)"

/* -- values: functions for knob.as -- */

/* A 0 that means "not set" in engines written in Go, where nothing could be run with it. */
int as_limit(struct str *out, const struct oci_resources *r, const void *member);
int as_limit_or_max(struct str *out, const struct oci_resources *r, const void *member);
int as_int(struct str *out, const struct oci_resources *r, const void *member);
int as_uint(struct str *out, const struct oci_resources *r, const void *member);
int as_text(struct str *out, const struct oci_resources *r, const void *member);

/* cpu.c */
int as_shares(struct str *out, const struct oci_resources *r, const void *member);
int as_weight(struct str *out, const struct oci_resources *r, const void *member);
int as_period(struct str *out, const struct oci_resources *r, const void *member);
int as_part_of_cpu_max(struct str *out, const struct oci_resources *r, const void *member);
int as_quota(struct str *out, const struct oci_resources *r, const void *member);
int as_cpu_max(struct str *out, const struct oci_resources *r, const void *member);
int as_burst(struct str *out, const struct oci_resources *r, const void *member);
int as_idle(struct str *out, const struct oci_resources *r, const void *member);
int as_rt_period(struct str *out, const struct oci_resources *r, const void *member);
int as_rt_runtime(struct str *out, const struct oci_resources *r, const void *member);

/* .cpu.shares as a cpu.weight: ceil(10^((l*l + 125*l) / 612 - 7/34)) with l = log2(shares). */
unsigned weight_of_shares(uint64_t shares);

/* blockio.c: a weight as v1 and bfq have it, and from 1 to 10000 as io.cost does. */
int as_block_weight(struct str *out, const struct oci_resources *r, const void *member);
int as_io_weight(struct str *out, const struct oci_resources *r, const void *member);
int as_device_weight(struct str *out, const struct oci_resources *r, const void *item);
int as_device_io_weight(struct str *out, const struct oci_resources *r, const void *item);
int as_device_leaf_weight(struct str *out, const struct oci_resources *r, const void *item);
int no_device_leaf_weight(struct str *out, const struct oci_resources *r, const void *item);
/* "8:0 1000", and for io.max "8:0 rbps=1000". */
int as_rate(struct str *out, const struct oci_resources *r, const void *item);
int as_rbps(struct str *out, const struct oci_resources *r, const void *item);
int as_wbps(struct str *out, const struct oci_resources *r, const void *item);
int as_riops(struct str *out, const struct oci_resources *r, const void *item);
int as_wiops(struct str *out, const struct oci_resources *r, const void *item);

/* hugepages.c: the sizes of pages that this kernel has, "64KB", "2MB", "1GB". */
char **hugepage_sizes(void);
int as_hugepages(struct str *out, const struct oci_resources *r, const void *item);

/* "cgroup v2 has no such setting", if it is asked for. */
int not_on_v2(bool asked);

#endif
