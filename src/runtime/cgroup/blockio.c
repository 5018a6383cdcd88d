/*
 * Values of .linux.resources.blockIO: weights, of all devices or of one, and
 * rates, which are of one device each.
 *
 * v1 and bfq know weights from 1 to 1000, io.cost from 1 to 10000.
 */
#include "runtime/cgroup/props.h"

#include "base/err.h"

#include <inttypes.h>

/* As the specification and the kernel's documentation of v1 have it. */
#define WEIGHT_MIN 10
#define WEIGHT_MAX 1000

/* Of a device number in the kernel. */
#define MAJOR_MAX ((1 << 12) - 1)
#define MINOR_MAX ((1 << 20) - 1)

static int
check_weight(uint64_t weight)
{
	if (weight < WEIGHT_MIN || weight > WEIGHT_MAX)
		return fail(0, "must be from %d to %d", WEIGHT_MIN, WEIGHT_MAX);
	return 0;
}

/* Straight from one range to the other, as runc and crun do. */
static uint64_t
io_weight(uint64_t weight)
{
	return 1 + (weight - WEIGHT_MIN) * 9999 / (WEIGHT_MAX - WEIGHT_MIN);
}

/* -- of all devices -- */

/* Docker sends a 0 that means "not set". */
int
as_block_weight(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *weight = member;
	int e = weight->v ? check_weight(weight->v) : 0;

	return e < 0 || !weight->v ? e : as_uint(out, r, member);
}

int
as_io_weight(struct str *out, const struct oci_resources *r, const void *member)
{
	const struct oci_uint *weight = member;
	int e = weight->v ? check_weight(weight->v) : 0;

	(void)r;
	if (e == 0 && weight->v)
		str_addf(out, "%" PRIu64, io_weight(weight->v));
	return e;
}

/* -- of one device -- */

static int
check_device(const struct oci_int *major, const struct oci_int *minor)
{
	if (major->v < 0 || major->v > MAJOR_MAX)
		return fail(0, "major %" PRId64 " is no device number", major->v);
	if (minor->v < 0 || minor->v > MINOR_MAX)
		return fail(0, "minor %" PRId64 " is no device number", minor->v);
	return 0;
}

static void
add_weight(struct str *out, const struct oci_weight_device *d, uint64_t weight)
{
	str_addf(out, "%" PRId64 ":%" PRId64 " %" PRIu64, d->major.v, d->minor.v, weight);
}

static int
check_device_weight(const struct oci_weight_device *d)
{
	int e = check_device(&d->major, &d->minor);

	if (e == 0 && !d->weight.set && !d->leaf_weight.set)
		e = fail(0, "needs weight or leafWeight");
	return e < 0 || !d->weight.set ? e : wrap(check_weight(d->weight.v), "weight");
}

int
as_device_weight(struct str *out, const struct oci_resources *r, const void *item)
{
	const struct oci_weight_device *d = item;
	int e = check_device_weight(d);

	(void)r;
	if (e == 0 && d->weight.set)
		add_weight(out, d, d->weight.v);
	return e;
}

int
as_device_io_weight(struct str *out, const struct oci_resources *r, const void *item)
{
	const struct oci_weight_device *d = item;
	int e = check_device_weight(d);

	(void)r;
	if (e == 0 && d->weight.set)
		add_weight(out, d, io_weight(d->weight.v));
	return e;
}

/* The rest of the item is checked where the weight is. */
int
as_device_leaf_weight(struct str *out, const struct oci_resources *r, const void *item)
{
	const struct oci_weight_device *d = item;
	int e = d->leaf_weight.set ? wrap(check_weight(d->leaf_weight.v), "leafWeight") : 0;

	(void)r;
	if (e == 0 && d->leaf_weight.set)
		add_weight(out, d, d->leaf_weight.v);
	return e;
}

int
no_device_leaf_weight(struct str *out, const struct oci_resources *r, const void *item)
{
	(void)out, (void)r;
	return wrap(not_on_v2(((const struct oci_weight_device *)item)->leaf_weight.v),
		    "leafWeight");
}

/* A rate of 0 takes a limit away: v2 has a word for that.  A rate of v1 has no name. */
static int
add_rate(struct str *out, const struct oci_throttle_device *d, const char *name)
{
	int e = d->rate.set ? check_device(&d->major, &d->minor) : fail(0, "needs rate");

	if (e < 0)
		return e;
	str_addf(out, "%" PRId64 ":%" PRId64 " %s", d->major.v, d->minor.v, name);
	if (*name && d->rate.v == 0)
		str_add(out, "max");
	else
		str_addf(out, "%" PRIu64, d->rate.v);
	return 0;
}

int
as_rate(struct str *out, const struct oci_resources *r, const void *item)
{
	(void)r;
	return add_rate(out, item, "");
}

int
as_rbps(struct str *out, const struct oci_resources *r, const void *item)
{
	(void)r;
	return add_rate(out, item, "rbps=");
}

int
as_wbps(struct str *out, const struct oci_resources *r, const void *item)
{
	(void)r;
	return add_rate(out, item, "wbps=");
}

int
as_riops(struct str *out, const struct oci_resources *r, const void *item)
{
	(void)r;
	return add_rate(out, item, "riops=");
}

int
as_wiops(struct str *out, const struct oci_resources *r, const void *item)
{
	(void)r;
	return add_rate(out, item, "wiops=");
}
