/*
 * Device rules: what the configuration says, and how the devices hierarchy of
 * v1 says it.  v2 takes the rules as they are (kernel/bpfdev.h).
 */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/log.h"
#include "kernel/ns.h"

#include <fcntl.h>
#include <inttypes.h>

/*
 * The default devices of config-linux.md, and making any node, which opens
 * none.  They stand behind the configured rules, as in runc and crun: the
 * usual configuration is "deny all" and no more, and still /dev/null must
 * work.  So no rule can take /dev/null away.
 */
static const struct device_rule defaults[] = {
	{ true, 'c', DEVICE_MKNOD, DEVICE_ANY, DEVICE_ANY },
	{ true, 'b', DEVICE_MKNOD, DEVICE_ANY, DEVICE_ANY },
	{ true, 'c', DEVICE_RWM, 1, 3 },		/* null */
	{ true, 'c', DEVICE_RWM, 1, 5 },		/* zero */
	{ true, 'c', DEVICE_RWM, 1, 7 },		/* full */
	{ true, 'c', DEVICE_RWM, 1, 8 },		/* random */
	{ true, 'c', DEVICE_RWM, 1, 9 },		/* urandom */
	{ true, 'c', DEVICE_RWM, 5, 0 },		/* tty */
	{ true, 'c', DEVICE_RWM, 5, 1 },		/* console */
	{ true, 'c', DEVICE_RWM, 5, 2 },		/* ptmx */
	{ true, 'c', DEVICE_RWM, 136, DEVICE_ANY },	/* pts */
};

/* -- from the configuration -- */

static int
number_of(const struct oci_int *from, const char *name, int64_t *to)
{
	*to = from->set ? from->v : DEVICE_ANY;
	if (*to < DEVICE_ANY || *to > UINT32_MAX)
		return fail(0, "%s %" PRId64 " is no device number", name, *to);
	return 0;
}

/* An access that is absent is every access, as a number that is absent is every number. */
static int
access_of(const char *text, unsigned *access)
{
	*access = text && *text ? 0 : DEVICE_RWM;
	for (; text && *text; text++)
		switch (*text) {
		case 'r': *access |= DEVICE_READ; break;
		case 'w': *access |= DEVICE_WRITE; break;
		case 'm': *access |= DEVICE_MKNOD; break;
		default: return fail(0, "access must be letters of \"rwm\"");
		}
	return 0;
}

int
devices_rule(const struct oci_device_rule *from, struct device_rule *to)
{
	const char *type = from->type && *from->type ? from->type : "a";
	int r = 0;

	if (strlen(type) != 1 || !strchr("abc", *type))
		return fail(0, "type \"%s\" is none of a, b and c", type);
	to->type = *type;
	to->allow = from->allow.v;
	r = access_of(from->access, &to->access);
	if (r == 0)
		r = number_of(&from->major, "major", &to->major);
	return r < 0 ? r : number_of(&from->minor, "minor", &to->minor);
}

int
devices_rules(const struct oci_resources *r, struct device_rule **rules, size_t *n)
{
	size_t configured = 0;

	while (r && r->devices && r->devices[configured])
		configured++;

	autofree struct device_rule *list =
		xcalloc(1 + configured + countof(defaults), sizeof(*list));

	list[0] = (struct device_rule){ false, 'a', DEVICE_RWM, DEVICE_ANY, DEVICE_ANY };
	for (size_t i = 0; i < configured; i++) {
		int e = devices_rule(r->devices[i], list + 1 + i);
		if (e < 0)
			return wrap(e, "devices[%zu]", i);
	}
	memcpy(list + 1 + configured, defaults, sizeof(defaults));
	*rules = take(list);
	*n = 1 + configured + countof(defaults);
	return 0;
}

bool
devices_allow_all(const struct device_rule *rules, size_t n)
{
	while (n-- > 0)
		if (!rules[n].allow || device_rule_is_all(rules + n))
			return rules[n].allow;
	return false;
}

/* -- for v1 -- */

void
device_list_done(struct device_list *l)
{
	free(take(l->exception));
}

/* Whether all devices of b are among those of a. */
static bool
covers(const struct device_rule *a, const struct device_rule *b)
{
	return (a->type == b->type || a->type == 'a') &&
	       (a->major == DEVICE_ANY || a->major == b->major) &&
	       (a->minor == DEVICE_ANY || a->minor == b->minor);
}

static bool
meets(int64_t a, int64_t b)
{
	return a == DEVICE_ANY || b == DEVICE_ANY || a == b;
}

static bool
overlaps(const struct device_rule *a, const struct device_rule *b)
{
	return a->type == b->type && meets(a->major, b->major) && meets(a->minor, b->minor) &&
	       (a->access & b->access);
}

/* The kernel keeps one exception for the same numbers. */
static void
add_exception(struct device_list *l, const struct device_rule *r)
{
	for (size_t i = 0; i < l->n; i++)
		if (covers(l->exception + i, r) && covers(r, l->exception + i)) {
			l->exception[i].access |= r->access;
			return;
		}
	l->exception = xrealloc(l->exception, l->n + 1, sizeof(*r));
	l->exception[l->n++] = *r;
}

/*
 * A rule like the default: what it speaks of is no exception any more.  v1
 * cannot cut a hole into an exception for many devices, and would leave it
 * in force without a word.
 */
static int
take_exceptions(struct device_list *l, const struct device_rule *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct device_rule e = l->exception[i];

		if (overlaps(r, &e) && !covers(r, &e))
			return fail(0, "cgroup v1 cannot %s %c %" PRId64 ":%" PRId64
				    " after it was told otherwise for a range of devices",
				    r->allow ? "allow" : "deny", r->type, r->major, r->minor);
		if (covers(r, &e))
			e.access &= ~r->access;
		if (e.access)
			l->exception[kept++] = e;
	}
	l->n = kept;
	return 0;
}

static int
add_rule(struct device_list *l, const struct device_rule *r)
{
	if (r->allow == l->allow)
		return take_exceptions(l, r);
	add_exception(l, r);
	return 0;
}

/* v1 knows type "a" only for everything. */
static int
add_both(struct device_list *l, const struct device_rule *r)
{
	struct device_rule one = *r;

	one.type = 'b';
	int e = add_rule(l, &one);
	one.type = 'c';
	return e < 0 ? e : add_rule(l, &one);
}

/* v1 asks that one exception grants all of an open, so each also grants what the wider ones do. */
static void
widen(struct device_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		for (size_t j = 0; j < l->n; j++)
			if (covers(l->exception + j, l->exception + i))
				l->exception[i].access |= l->exception[j].access;
}

/* A rule without the part that later ones decide anyway: less to write, fewer holes to cut. */
static struct device_rule
rest_of(const struct device_rule *r, const struct device_rule *end)
{
	struct device_rule rest = *r;

	for (const struct device_rule *later = r + 1; later < end; later++)
		if (covers(later, r))
			rest.access &= ~later->access;
	return rest;
}

int
device_list_make(struct device_list *l, const struct device_rule *rules, size_t n)
{
	int e = 0;

	*l = (struct device_list){ .allow = false };
	for (const struct device_rule *r = rules; e == 0 && r < rules + n; r++) {
		struct device_rule rest = rest_of(r, rules + n);

		if (device_rule_is_all(&rest)) {
			l->allow = rest.allow;
			l->n = 0;
		} else if (rest.access) {
			e = rest.type == 'a' ? add_both(l, &rest) : add_rule(l, &rest);
		}
	}
	widen(l);
	return e;
}

static void
add_number(struct str *line, int64_t n)
{
	if (n == DEVICE_ANY)
		str_addc(line, '*');
	else
		str_addf(line, "%" PRId64, n);
}

/* "c 1:* rwm" */
static void
add_line(struct str *line, const struct device_rule *r)
{
	str_addf(line, "%c ", r->type);
	add_number(line, r->major);
	str_addc(line, ':');
	add_number(line, r->minor);
	str_addf(line, " %s%s%s", r->access & DEVICE_READ ? "r" : "",
		 r->access & DEVICE_WRITE ? "w" : "", r->access & DEVICE_MKNOD ? "m" : "");
}

/* The kernel takes one line a write. */
int
device_list_write(const struct site *s, const struct cgroupfs_hierarchy *h,
		  const struct device_list *l)
{
	autofree char *path = site_path(s, h, l->allow ? "devices.deny" : "devices.allow");
	int r = site_write(s, h, l->allow ? "devices.allow" : "devices.deny", "a");
	autoclose int fd = r < 0 || l->n == 0 ? -EBADF : cgroupfs_open(s->root, path, O_WRONLY);

	if (r < 0 || l->n == 0)
		return r;
	r = fd;
	for (size_t i = 0; r >= 0 && i < l->n; i++) {
		autostr line = { 0 };

		add_line(&line, l->exception + i);
		r = cgroupfs_write_fd(fd, path, line.s);
	}
	return r < 0 ? r : 0;
}

/* -- putting them in force -- */

int
cgroup_limit_devices(const struct cgroup *cg, const struct oci_resources *r)
{
	autofree struct device_rule *rules = NULL;
	autosite s = { .root = -EBADF };
	size_t n;
	int e = devices_rules(r, &rules, &n);

	if (e >= 0)
		e = site_open(&s, cg);
	if (e < 0)
		return e;
	/* Nothing was asked for, and there is nothing to do it with. */
	if (cg->kind == CGROUP_NONE && (!r || !r->devices || !*r->devices))
		return 0;
	e = ops_of(cg->kind)->limit_devices(&s, rules, n);
	/*
	 * A user namespace of a plain user can neither set rules nor make a device:
	 * there the permissions of the nodes that the host lent it are all there is.
	 */
	if ((e == -EPERM || e == -EACCES) && (geteuid() != 0 || ns_in_user())) {
		debug("no device rules: %s", err_words());
		return 0;
	}
	return wrap(e, "device rules");
}
