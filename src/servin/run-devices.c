/* Devices of the host: to be seen, to be used, to be slowed down. */
#include "servin/run-values.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/ptrs.h"
#include "base/str.h"
#include "base/strv.h"

static bool
is_access(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= 3 && strspn(text, "rwm") == n;
}

/* HOST, HOST:INSIDE, HOST:rwm, HOST:INSIDE:rwm. */
int
value_device(const char *text, void *devices)
{
	autostrv parts = strv_split(text, ':');
	size_t n = strv_len(parts);
	struct container_device *d;
	const char *access = "rwm", *inside;

	if (n < 1 || n > 3)
		return fail(0, "\"%s\" must be HOST[:INSIDE[:rwm]]", text);
	inside = parts[0];
	if (n == 3 || (n == 2 && is_access(parts[1])))
		access = parts[n - 1];
	if (n == 3 || (n == 2 && !is_access(parts[1])))
		inside = parts[1];
	if (!is_access(access))
		return fail(0, "\"%s\": the access is none or more of r, w and m", text);
	if (*parts[0] != '/' || *inside != '/')
		return fail(0, "\"%s\": both paths must be absolute", text);
	d = xcalloc(1, sizeof(*d));
	d->path_on_host = xstrdup(parts[0]);
	d->path_in_container = xstrdup(inside);
	d->cgroup_permissions = xstrdup(access);
	ptrs_push(devices, d);
	return 0;
}

static const char *
skip_number(const char *s)
{
	return *s == '*' ? s + 1 : s + strspn(s, "0123456789");
}

int
value_device_rule(const char *text, void *strings)
{
	const char *minor, *end;

	if (!*text || !strchr("abc", *text) || text[1] != ' ')
		return fail(0, "\"%s\" must be such as \"c 13:* rwm\"", text);
	end = skip_number(text + 2);
	minor = *end == ':' && end > text + 2 ? end + 1 : "";
	end = skip_number(minor);
	if (end == minor || *end != ' ' || !is_access(end + 1))
		return fail(0, "\"%s\" must be such as \"c 13:* rwm\"", text);
	return value_words(text, strings);
}

/* DEVICE:VALUE; the path is what is in front of the last colon. */
static int
read_device(const char *text, int (*read)(const char *, void *), char **path, struct oci_uint *n)
{
	const char *colon = strrchr(text, ':');
	int r;

	if (!colon || *text != '/')
		return fail(0, "\"%s\" must be DEVICE:VALUE, such as /dev/sda:1m", text);
	r = wrap(read(colon + 1, n), "\"%s\"", text);
	if (r == 0)
		*path = xstrndup(text, (size_t)(colon - text));
	return r;
}

static int
read_weight(const char *text, void *oci_uint)
{
	struct oci_uint *n = oci_uint;

	n->set = true;
	if (parse_uint(text, 1000, &n->v) < 0 || n->v < 10)
		return fail(0, "a weight is a number from 10 to 1000");
	return 0;
}

int
value_weight_device(const char *text, void *list)
{
	struct weight_device d = { 0 };
	int r = read_device(text, read_weight, &d.path, &d.weight);

	if (r == 0)
		ptrs_push(list, xmemdup(&d, sizeof(d)));
	return r;
}

static int
read_throttle(const char *text, void *list, int (*read)(const char *, void *))
{
	struct throttle_device d = { 0 };
	int r = read_device(text, read, &d.path, &d.rate);

	if (r == 0)
		ptrs_push(list, xmemdup(&d, sizeof(d)));
	return r;
}

int
value_bps_device(const char *text, void *list)
{
	return read_throttle(text, list, value_size_uint);
}

int
value_iops_device(const char *text, void *list)
{
	return read_throttle(text, list, value_uint);
}
