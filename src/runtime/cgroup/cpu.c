/* Values of .linux.resources.cpu. */
#include "runtime/cgroup/props.h"

#include "base/err.h"

#include <inttypes.h>

/* What the kernel takes, in microseconds. */
#define PERIOD_MIN 1000
#define PERIOD_MAX 1000000
#define QUOTA_MIN  1000

/* -- shares -- */

/* The kernel takes no shares for an idle cgroup, which has none. */
static bool
has_shares(const struct oci_resources *r, const struct oci_uint *shares)
{
	return shares->set && shares->v != 0 && !(r->cpu->idle.set && r->cpu->idle.v == 1);
}

/* The kernel would take the nearest number without a word. */
int
as_shares(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *shares = member;

	if (!has_shares(r, shares))
		return 0;
	if (shares->v < 2 || shares->v > 262144)
		return fail(0, "must be from 2 to 262144");
	return as_uint(out, r, member);
}

int
as_weight(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *shares = member;

	if (has_shares(r, shares))
		str_addf(out, "%u", weight_of_shares(shares->v));
	return 0;
}

int
as_idle(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *idle = member;

	if (idle->set && idle->v != 0 && idle->v != 1)
		return fail(0, "must be 0 or 1");
	return as_int(out, r, member);
}

/* -- the bandwidth -- */

static int
check_period(const struct oci_uint *period)
{
	if (period->v && (period->v < PERIOD_MIN || period->v > PERIOD_MAX))
		return fail(0, "must be from %d to %d microseconds", PERIOD_MIN, PERIOD_MAX);
	return 0;
}

/* Again a 0 that means "not set". */
int
as_period(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *period = member;
	int e = check_period(period);

	return e < 0 || !period->v ? e : as_uint(out, r, member);
}

/* It stands in cpu.max, which the row of the quota writes. */
int
as_part_of_cpu_max(struct str *out, const struct oci_resources *r, const void *member)
{
	(void)out, (void)r;
	return check_period(member);
}

static int
check_quota(const struct oci_int *quota)
{
	if (quota->v > 0 && quota->v < QUOTA_MIN)
		return fail(0, "must be at least %d microseconds", QUOTA_MIN);
	return 0;
}

int
as_quota(struct str *out, const struct oci_resources *r, const void *member)
{
	int e = check_quota(member);

	return e < 0 ? e : as_limit(out, r, member);
}

/* "QUOTA PERIOD"; a QUOTA alone leaves the period as it is. */
int
as_cpu_max(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *quota = member;
	const struct oci_uint *period = &r->cpu->period;
	bool has_period = period->set && period->v;
	int e = check_quota(quota);

	if (e < 0)
		return e;
	if (quota->set && quota->v != 0)
		as_limit_or_max(out, r, quota);
	else if (has_period)
		str_add(out, "max");
	if (has_period)
		str_addf(out, " %" PRIu64, period->v);
	return 0;
}

int
as_burst(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *burst = member;
	const struct oci_int *quota = &r->cpu->quota;

	if (quota->v > 0 && burst->v > (uint64_t)quota->v)
		return fail(0, "is above cpu.quota");
	return as_uint(out, r, member);
}

/* -- realtime -- */

/* Without a 0, with which nothing realtime could be run: again it means "not set". */
int
as_rt_period(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *period = member;

	return period->v ? as_uint(out, r, member) : 0;
}

int
as_rt_runtime(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_int *runtime = member;
	const struct oci_uint *period = &r->cpu->realtime_period;

	if (runtime->v > 0 && period->v && (uint64_t)runtime->v > period->v)
		return fail(0, "is above cpu.realtimePeriod");
	return as_limit(out, r, member);
}
