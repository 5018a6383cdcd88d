/* Limits: docker's words and rules, and what they are in the configuration. */
#include "engine/bundle/parts.h"

#include "base/bits.h"
#include "base/err.h"
#include "base/file.h"
#include "kernel/caps.h"
#include "kernel/rlimit.h"

#include <inttypes.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define MEMORY_MIN (6 << 20)	/* with less nothing starts */
#define NANOS	   1000000000u
#define PERIOD	   100000u	/* microseconds */

/* -- to the configuration -- */

static void
set_memory(const struct host_config *h, struct oci_resources *res)
{
	struct oci_memory m = { 0 };

	m.limit = is_given(h->memory) ? h->memory : m.limit;
	m.reservation = is_given(h->memory_reservation) ? h->memory_reservation : m.reservation;
	m.swap = is_given(h->memory_swap) ? h->memory_swap : m.swap;
	if (h->memory_swappiness.set && h->memory_swappiness.v >= 0)
		m.swappiness = (struct oci_uint){ (uint64_t)h->memory_swappiness.v, true };
	if (is_on(h->oom_kill_disable))
		m.disable_oom_killer = (struct oci_bool){ true, true };
	if (m.limit.set || m.reservation.set || m.swap.set || m.swappiness.set ||
	    m.disable_oom_killer.set)
		res->memory = xmemdup(&m, sizeof(m));
}

static void
set_cpu(const struct host_config *h, struct oci_resources *res)
{
	struct oci_cpu c = { 0 };

	c.shares = is_given(h->cpu_shares) ? h->cpu_shares : c.shares;
	c.period = is_given(h->cpu_period) ? h->cpu_period : c.period;
	c.quota = is_given(h->cpu_quota) ? h->cpu_quota : c.quota;
	if (is_given(h->nano_cpus)) {
		c.period = (struct oci_uint){ PERIOD, true };
		c.quota = (struct oci_int){ (int64_t)(h->nano_cpus.v * PERIOD / NANOS), true };
	}
	if (is_given(h->cpu_realtime_period))
		c.realtime_period = (struct oci_uint){ (uint64_t)h->cpu_realtime_period.v, true };
	c.realtime_runtime = is_given(h->cpu_realtime_runtime) ? h->cpu_realtime_runtime
							       : c.realtime_runtime;
	if (has_text(h->cpuset_cpus))
		c.cpus = xstrdup(h->cpuset_cpus);
	if (has_text(h->cpuset_mems))
		c.mems = xstrdup(h->cpuset_mems);
	if (c.shares.set || c.period.set || c.quota.set || c.realtime_period.set ||
	    c.realtime_runtime.set || c.cpus || c.mems)
		res->cpu = xmemdup(&c, sizeof(c));
}

static int
block_device(const char *path, struct oci_int *major, struct oci_int *minor)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return fail(errno, "%s", path);
	if (!S_ISBLK(st.st_mode))
		return fail(0, "%s is no block device", path);
	*major = (struct oci_int){ major(st.st_rdev), true };
	*minor = (struct oci_int){ minor(st.st_rdev), true };
	return 0;
}

static int
add_weights(struct weight_device *const *from, struct oci_weight_device ***to)
{
	for (; from && *from; from++) {
		struct oci_weight_device d = { .weight = (*from)->weight };
		int r = block_device((*from)->path, &d.major, &d.minor);

		if (r < 0)
			return wrap(r, "--blkio-weight-device");
		ptrs_push(to, xmemdup(&d, sizeof(d)));
	}
	return 0;
}

static int
add_rates(struct throttle_device *const *from, struct oci_throttle_device ***to, const char *option)
{
	for (; from && *from; from++) {
		struct oci_throttle_device d = { .rate = (*from)->rate };
		int r = block_device((*from)->path, &d.major, &d.minor);

		if (r < 0)
			return wrap(r, "--%s", option);
		ptrs_push(to, xmemdup(&d, sizeof(d)));
	}
	return 0;
}

static int
set_block_io(const struct host_config *h, struct oci_resources *res)
{
	struct oci_block_io *io = res->block_io = xcalloc(1, sizeof(*io));
	int r = add_weights(h->blkio_weight_device, &io->weight_device);

	io->weight = is_given(h->blkio_weight) ? h->blkio_weight : io->weight;
	if (r == 0)
		r = add_rates(h->blkio_device_read_bps, &io->throttle_read_bps_device,
			      "device-read-bps");
	if (r == 0)
		r = add_rates(h->blkio_device_write_bps, &io->throttle_write_bps_device,
			      "device-write-bps");
	if (r == 0)
		r = add_rates(h->blkio_device_read_iops, &io->throttle_read_iops_device,
			      "device-read-iops");
	if (r == 0)
		r = add_rates(h->blkio_device_write_iops, &io->throttle_write_iops_device,
			      "device-write-iops");
	return r;
}

static bool
has_block_io(const struct host_config *h)
{
	return is_given(h->blkio_weight) || h->blkio_weight_device || h->blkio_device_read_bps ||
	       h->blkio_device_write_bps || h->blkio_device_read_iops ||
	       h->blkio_device_write_iops;
}

static int
fill(const struct host_config *host, struct oci_resources *res)
{
	set_memory(host, res);
	set_cpu(host, res);
	if (is_given(host->pids_limit))
		res->pids = NEW(struct oci_pids, .limit = host->pids_limit);
	return has_block_io(host) ? set_block_io(host, res) : 0;
}

int
bundle_resources(const struct host_config *host, struct oci_resources **resources)
{
	*resources = xcalloc(1, sizeof(**resources));
	int r = fill(host, *resources);

	if (r < 0)
		oci_free(&oci_resources_type, take(*resources));
	return r;
}

int
build_resources(struct building *b)
{
	return fill(b->c->host, b->spec->linux_->resources);
}

/* -- checks -- */

/* A v1 kernel counts swap only if it was told to at boot. */
static bool
counts_swap(void)
{
	return access("/sys/fs/cgroup/memory", F_OK) < 0 ||
	       access("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes", F_OK) == 0;
}

/* Without a word about swap there may be as much of it as of memory, where that is counted. */
static void
complete_swap(struct host_config *h)
{
	int64_t memory = h->memory.v;

	if (memory > 0 && !is_given(h->memory_swap) && counts_swap())
		h->memory_swap = (struct oci_int){ memory > INT64_MAX / 2 ? -1 : memory * 2, true };
}

static int
check_memory(struct host_config *h)
{
	int64_t memory = h->memory.v, swap = h->memory_swap.v, soft = h->memory_reservation.v;

	if (is_given(h->memory) && memory != -1 && memory < MEMORY_MIN)
		return fail(0, "--memory: 6m is the least that a container starts with");
	if (is_given(h->memory_reservation) && soft < MEMORY_MIN)
		return fail(0, "--memory-reservation: 6m is the least");
	if (memory > 0 && soft > memory)
		return fail(0, "--memory-reservation must not be above --memory");
	if (swap > 0 && !is_given(h->memory))
		return fail(0, "--memory-swap is a limit of memory and swap together, and needs "
			       "--memory, too");
	if (swap > 0 && memory > 0 && swap < memory)
		return fail(0, "--memory-swap is memory and swap together, so it must not be below "
			       "--memory");
	if (swap < -1 || memory < -1)
		return fail(0, "--memory%s: -1 is no limit, other numbers are above it",
			    swap < -1 ? "-swap" : "");
	if (h->memory_swappiness.set &&
	    (h->memory_swappiness.v < -1 || h->memory_swappiness.v > 100))
		return fail(0, "--memory-swappiness must be from 0 to 100");
	complete_swap(h);
	return 0;
}

static int
check_list(const char *list, const char *option, const char *file)
{
	autobits want = { 0 }, have = { 0 };
	autofree char *text = NULL;
	int missing;

	if (!has_text(list))
		return 0;
	if (bits_parse(&want, list) < 0)
		return wrap(-EINVAL, "--%s", option);
	/* Where the kernel does not tell, the runtime will. */
	if (file_read_at(AT_FDCWD, file, 4096, &text, NULL) < 0 ||
	    (text[strcspn(text, "\n")] = 0, bits_parse(&have, text) < 0))
		return 0;
	missing = bits_missing(&want, &have);
	return missing < 0 ? 0 : fail(0, "--%s: there is no %d here, only %s", option, missing,
				      text);
}

static int
check_cpu(const struct host_config *h)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int r;

	if (is_given(h->nano_cpus) && (is_given(h->cpu_period) || is_given(h->cpu_quota)))
		return fail(0, "--cpus stands for --cpu-period and --cpu-quota, and excludes them");
	if (is_given(h->nano_cpus) && cpus > 0 && h->nano_cpus.v > (uint64_t)cpus * NANOS)
		return fail(0, "--cpus: there are only %ld here", cpus);
	if (is_given(h->nano_cpus) && h->nano_cpus.v < NANOS / 100)
		return fail(0, "--cpus: 0.01 is the least");
	if (is_given(h->cpu_period) && (h->cpu_period.v < 1000 || h->cpu_period.v > 1000000))
		return fail(0, "--cpu-period must be from 1000 to 1000000 microseconds");
	if (is_given(h->cpu_quota) && h->cpu_quota.v < 1000 && h->cpu_quota.v != -1)
		return fail(0, "--cpu-quota must be 1000 microseconds or more");
	if (is_given(h->cpu_shares) && (h->cpu_shares.v < 2 || h->cpu_shares.v > 262144))
		return fail(0, "--cpu-shares must be from 2 to 262144");
	if (h->cpu_realtime_period.v < 0 || h->cpu_realtime_runtime.v < 0)
		return fail(0, "--cpu-rt-period and --cpu-rt-runtime cannot be negative");
	if (is_given(h->cpu_realtime_period) &&
	    h->cpu_realtime_runtime.v > h->cpu_realtime_period.v)
		return fail(0, "--cpu-rt-runtime must not be above --cpu-rt-period");
	r = check_list(h->cpuset_cpus, "cpuset-cpus", "/sys/devices/system/cpu/online");
	return r < 0 ? r : check_list(h->cpuset_mems, "cpuset-mems",
				      "/sys/devices/system/node/online");
}

static int
check_others(const struct host_config *h)
{
	if (is_given(h->blkio_weight) && (h->blkio_weight.v < 10 || h->blkio_weight.v > 1000))
		return fail(0, "--blkio-weight must be from 10 to 1000");
	if (h->pids_limit.set && h->pids_limit.v < -1)
		return fail(0, "--pids-limit: -1 is no limit, other numbers are above it");
	if (h->oom_score_adj.set && (h->oom_score_adj.v < -1000 || h->oom_score_adj.v > 1000))
		return fail(0, "--oom-score-adj must be from -1000 to 1000");
	if (is_on(h->oom_kill_disable) && !is_given(h->memory))
		return fail(0, "--oom-kill-disable without --memory would stop the whole host");
	return 0;
}

/* Who may not raise a hard limit cannot give one away that is above his own. */
static int
check_ulimits(const struct host_config *h)
{
	const bool may_raise = caps_permitted(1ull << CAP_SYS_RESOURCE);
	struct rlimit ours;
	uint64_t resource;

	for (struct container_ulimit **u = h->ulimits; u && *u; u++) {
		autofree char *type = rlimit_name((*u)->name);

		if (!word_number(rlimit_words, type, &resource))
			return fail(0, "--ulimit: \"%s\" is no limit", (*u)->name);
		if (may_raise || getrlimit((int)resource, &ours) < 0)
			continue;
		if ((uint64_t)(*u)->hard.v > ours.rlim_max)
			return fail(EPERM, "--ulimit: %s: our own is %" PRIu64 ", and to raise it "
					   "takes CAP_SYS_RESOURCE", (*u)->name,
				    (uint64_t)ours.rlim_max);
	}
	return 0;
}

int
bundle_check_limits(struct host_config *host)
{
	int r = check_memory(host);

	if (r == 0)
		r = check_cpu(host);
	return r < 0 ? r : check_others(host);
}

int
check_resources(struct host_config *host)
{
	struct oci_resources *made = NULL;
	int r = bundle_check_limits(host);

	if (r == 0)
		r = check_ulimits(host);
	if (r == 0)
		r = bundle_resources(host, &made);	/* for its disks */
	oci_free(&oci_resources_type, made);
	return r;
}
