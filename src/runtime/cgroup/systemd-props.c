/*
 * Limits as properties of a unit: a row for each file that systemd writes too.
 *
 * It does so when it reloads, when a neighbour comes or goes, and whenever
 * else it likes; with the same value there nothing changes.  What a file gets
 * is known (props.c, .unified), so the text of that is what is converted.
 */
#include "runtime/cgroup/kind.h"
#include "runtime/cgroup/systemd.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"

#include <inttypes.h>

/* More processors than Linux can have. */
#define CPUS_MAX 8192

struct row {
	const char *file;
	const char *name;
	void (*add)(char ***list, const char *name, const char *text);
};

/* -- how values are told -- */

/* .unified may have what the kernel reads: "512M", blanks around, lines for devices behind. */
static uint64_t
number(const char *text)
{
	autofree char *word = xstrndup(text, strcspn(text, " \t\n"));
	uint64_t n;

	/* It knows the units, but not the "b" that we let a user write behind them. */
	return !strpbrk(word, "bB") && parse_size(word, &n) == 0 ? n : UINT64_MAX;
}

/* "max", and -1 on v1, is the largest number. */
static void
tell_limit(char ***list, const char *name, const char *text)
{
	property_uint(list, name, number(text));
}

/* systemd has no limit of 0; that of the file holds. */
static void
tell_tasks(char ***list, const char *name, const char *text)
{
	property_uint(list, name, number(text) ? number(text) : 1);
}

static void
tell_idle(char ***list, const char *name, const char *text)
{
	if (streq(text, "1"))
		property_uint(list, name, 0);
}

/* systemd 253 and later; one before that has 0 there after its next reload. */
static void
tell_oom_policy(char ***list, const char *name, const char *text)
{
	property_string(list, name, streq(text, "1") ? "kill" : "continue");
}

/* systemd gives bfq 100 to 1000 for its own 100 to 10000. */
static void
tell_bfq_weight(char ***list, const char *name, const char *text)
{
	uint64_t n = number(text);

	if (n > 100 && n <= 1000)
		n = 100 + (n - 100) * 11;
	property_uint(list, name, n);
}

static uint64_t
per_second(uint64_t quota, uint64_t period)
{
	uint64_t n;

	if (quota == UINT64_MAX || __builtin_mul_overflow(quota, 1000000, &n))
		return UINT64_MAX;
	n /= period;
	/* It is kept in whole percents, cut off: rather a little more than less. */
	return n > UINT64_MAX - 10000 ? n : (n + 9999) / 10000 * 10000;
}

/* "QUOTA PERIOD", or QUOTA alone for the usual period. */
static void
tell_quota(char ***list, const char *name, const char *text)
{
	autofree char *quota = xstrndup(text, strcspn(text, " "));
	const char *blank = strchr(text, ' ');
	uint64_t period = blank ? number(blank + 1) : 100000;

	property_uint(list, name, per_second(number(quota), period ? period : 1));
	if (blank)
		property_uint(list, "?CPUQuotaPeriodUSec", period);
}

static void
set_bits(uint8_t *bytes, uint64_t from, uint64_t to, size_t *n)
{
	for (uint64_t i = from; i <= to && i < CPUS_MAX; i++) {
		bytes[i / 8] = (uint8_t)(bytes[i / 8] | 1u << i % 8);
		*n = i / 8 + 1 > *n ? i / 8 + 1 : *n;
	}
}

/* "0-3,7".  What is no such list the kernel refuses, in the file. */
static void
tell_bits(char ***list, const char *name, const char *text)
{
	autostrv ranges = strv_split(text, ',');
	uint8_t bytes[CPUS_MAX / 8] = { 0 };
	size_t n = 0;

	for (char **range = ranges; range && *range; range++) {
		char *dash = strchr(*range, '-');
		uint64_t from, to;

		if (dash)
			*dash = 0;
		if (parse_uint(*range, CPUS_MAX, &from) == 0 &&
		    parse_uint(dash ? dash + 1 : *range, CPUS_MAX, &to) == 0)
			set_bits(bytes, from, to, &n);
	}
	property_bits(list, name, bytes, n);
}

static const struct row rows_v2[] = {
	{ "memory.max", "MemoryMax", tell_limit },
	{ "memory.swap.max", "MemorySwapMax", tell_limit },
	{ "memory.low", "MemoryLow", tell_limit },
	{ "memory.min", "?MemoryMin", tell_limit },
	{ "memory.high", "MemoryHigh", tell_limit },
	{ "memory.oom.group", "?OOMPolicy", tell_oom_policy },
	{ "memory.zswap.max", "?MemoryZSwapMax", tell_limit },
	{ "cpu.weight", "CPUWeight", tell_limit },
	{ "cpu.idle", "?CPUWeight", tell_idle },
	{ "cpu.max", "CPUQuotaPerSecUSec", tell_quota },
	{ "cpuset.cpus", "?AllowedCPUs", tell_bits },
	{ "cpuset.mems", "?AllowedMemoryNodes", tell_bits },
	{ "io.weight", "IOWeight", tell_limit },
	{ "io.bfq.weight", "IOWeight", tell_bfq_weight },
	{ "pids.max", "TasksMax", tell_tasks },
	{ .file = NULL },
};

static const struct row rows_v1[] = {
	{ "memory.limit_in_bytes", "MemoryLimit", tell_limit },
	{ "cpu.shares", "CPUShares", tell_limit },
	{ "blkio.weight", "BlockIOWeight", tell_limit },
	{ "blkio.bfq.weight", "BlockIOWeight", tell_limit },
	{ "pids.max", "TasksMax", tell_tasks },
	{ .file = NULL },
};

/* "io.weight" may have lines for devices, of which the one without is "default". */
static void
add_file(char ***list, const struct row *rows, const char *file, const char *text)
{
	text += strspn(text, " \t\n");
	const char *plain = str_after(text, "default ");

	for (const struct row *row = rows; row->file; row++)
		if (streq(row->file, file))
			row->add(list, row->name, plain ? plain : text);
}

static void
add_props(char ***list, enum cgroup_kind kind, const struct oci_resources *r)
{
	const struct row *rows = kind == CGROUP_V2 ? rows_v2 : rows_v1;
	autostr text = { 0 };

	for (const struct prop *p = cgroup_props; p->path; p++) {
		const struct knob *k = ops_of(kind)->knob(p);

		/* A mistake was told when the configuration was checked. */
		if (k->file && prop_value(k, r, prop_member(p, r), &text) == 0 && text.len)
			add_file(list, rows, k->file, text.s);
	}
}

/* -- v1 alone -- */

static void
add_quota_v1(char ***list, const struct oci_cpu *cpu)
{
	bool has_quota = cpu && cpu->quota.set && cpu->quota.v;
	autostr text = { 0 };

	if (!has_quota && !(cpu && cpu->period.v))
		return;
	if (has_quota && cpu->quota.v > 0)
		str_addf(&text, "%" PRId64, cpu->quota.v);
	else
		str_add(&text, "max");
	if (cpu->period.v)
		str_addf(&text, " %" PRIu64, cpu->period.v);
	tell_quota(list, "CPUQuotaPerSecUSec", text.s);
}

/* As in systemd.resource-control(5); any major with one minor cannot be said. */
static char *
device_words(const struct device_rule *d)
{
	const char *type = d->type == 'b' ? "block" : "char";

	if (d->major == DEVICE_ANY)
		return d->minor == DEVICE_ANY ? xasprintf("%s-*", type) : NULL;
	if (d->minor == DEVICE_ANY)
		return xasprintf("%s-%" PRId64, type, d->major);
	return xasprintf("/dev/%s/%" PRId64 ":%" PRId64, type, d->major, d->minor);
}

static void
add_device(char ***list, const struct device_rule *d, size_t *n)
{
	char *words = device_words(d), access[4] = "";
	size_t len = 0;

	if (!words)
		return;
	if (d->access & DEVICE_READ)
		access[len++] = 'r';
	if (d->access & DEVICE_WRITE)
		access[len++] = 'w';
	if (d->access & DEVICE_MKNOD)
		access[len++] = 'm';
	strv_push(list, words);
	strv_add(list, access);
	++*n;
}

void
scope_devices(enum cgroup_kind kind, const struct oci_resources *r, char ***list)
{
	static const char *const none[] = { "DeviceAllow", "a(ss)", "0" };
	auto_(device_list_done) struct device_list devices = { 0 };
	autofree struct device_rule *rules = NULL;
	autostrv allowed = NULL;
	size_t n, n_allowed = 0;

	if (kind != CGROUP_V1 || devices_rules(r, &rules, &n) < 0 ||
	    device_list_make(&devices, rules, n) < 0)
		return;
	property_string(list, "DevicePolicy", devices.allow ? "auto" : "strict");
	for (size_t i = 0; !devices.allow && i < devices.n; i++)
		add_device(&allowed, devices.exception + i, &n_allowed);
	/* A list is added to the one that is there; the empty one takes its place. */
	for (size_t i = 0; i < countof(none); i++)
		strv_add(list, none[i]);
	strv_add(list, "DeviceAllow");
	strv_add(list, "a(ss)");
	strv_push(list, xasprintf("%zu", n_allowed));
	for (char **word = allowed; word && *word; word++)
		strv_add(list, *word);
}

void
scope_limits(enum cgroup_kind kind, const struct oci_resources *r, char ***properties)
{
	if (!r)
		return;
	add_props(properties, kind, r);
	if (kind == CGROUP_V1)
		add_quota_v1(properties, r->cpu);
	for (struct oci_pair **p = r->unified; kind == CGROUP_V2 && p && *p; p++)
		add_file(properties, rows_v2, (*p)->key, (*p)->value ? (*p)->value : "");
}
