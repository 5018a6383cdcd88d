/* Writing limits: what the tables have, then the keys of .unified. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

#include <inttypes.h>

/* "hugetlb.2MB.max": the name of the item stands for the "*". */
static char *
file_of(const struct prop *p, const struct knob *k, const void *member)
{
	const char *star = p->name ? strchr(k->file, '*') : NULL;

	if (!star)
		return xstrdup(k->file);
	return xasprintf("%.*s%s%s", (int)(star - k->file), k->file, p->name(member), star + 1);
}

static bool
is_moot(const struct knob *k, const char *value)
{
	autostrv words = k->moot ? strv_split(k->moot, ' ') : NULL;

	return strv_has(words, value);
}

/* What the write says, but for files that need not be there. */
static int
write_knob(const struct site *s, const struct knob *k, const char *file, const char *value)
{
	const struct cgroupfs_hierarchy *h = site_hierarchy(s, k->controller);
	int r = h ? site_write(s, h, file, value) : -ENOENT;

	if (r == -ENOENT && (k->optional || is_moot(k, value)))
		return 0;
	return r;
}

/*
 * The value of a property, or of an item of one.  What says "not for this
 * device" says more than that the other file is not there.
 */
static int
write_value(const struct site *s, const struct prop *p, const struct oci_resources *r,
	    const void *member)
{
	const struct knob *k = ops_of(s->cg->kind)->knob(p);
	int before = -ENOENT;

	for (;; k = k->instead) {
		autostr value = { 0 };
		int e = prop_value(k, r, member, &value);

		if (e < 0 || value.len == 0)
			return e;
		if (!k->file)
			return fail(0, "Linux has dropped it");
		autofree char *file = file_of(p, k, member);
		e = write_knob(s, k, file, value.s);
		if (e == -ENOENT)
			e = before;
		if (!k->instead || (e != -ENOENT && e != -EOPNOTSUPP))
			return e < 0 ? refusal(s, k, file, value.s, e) : 0;
		before = e;
	}
}

static int
write_prop(const struct site *s, const struct prop *p, const struct oci_resources *r)
{
	int e = write_value(s, p, r, prop_member(p, r));

	if (p->obsolete && e < 0) {
		warn("%s has no effect: %s", p->path, err_words());
		return 0;
	}
	return wrap(e, "%s", p->path);
}

/*
 * Some values bound each other, new and old ones alike: memory.limit must not
 * be above memory.swap, burst not above quota, quota by period not above that
 * of the parent.  Whether they go up or down, one of two orders works: what is
 * refused in the first round is tried again behind the others.
 */
static int
write_props(const struct site *s, const struct oci_resources *r)
{
	uint64_t refused = 0;
	int e = 0;

	for (size_t i = 0; e >= 0 && cgroup_props[i].path; i++) {
		e = write_prop(s, cgroup_props + i, r);
		if (e == -EINVAL) {
			refused |= UINT64_C(1) << i;
			e = 0;
		}
	}
	for (size_t i = 0; e >= 0 && cgroup_props[i].path; i++)
		if (refused >> i & 1)
			e = write_prop(s, cgroup_props + i, r);
	return e;
}

static int
write_list(const struct site *s, const struct prop *p, const struct oci_resources *r)
{
	const void *const *items = prop_items(p, r);
	int e = 0;

	for (size_t i = 0; e >= 0 && items[i]; i++) {
		e = write_value(s, p, r, items[i]);
		if (e < 0) {
			autofree char *path = prop_item_path(p, items, i);

			wrap(e, "%s", path);
		}
	}
	return e;
}

/* v2 would kill the container for a limit that is below what it uses. */
static int
check_usage(const struct site *s, const struct oci_memory *m)
{
	static const struct knob memory = { .controller = "memory" };
	const char *file = s->cg->kind == CGROUP_V1 ? "memory.usage_in_bytes" : "memory.current";
	char text[32];
	uint64_t n;

	if (!m || !m->check_before_update.v || !m->limit.set || m->limit.v <= 0)
		return 0;

	const struct cgroupfs_hierarchy *h = site_hierarchy(s, memory.controller);
	if (!h)
		return refusal(s, &memory, file, "", -ENOENT);
	autofree char *path = site_path(s, h, file);
	int r = cgroupfs_read(s->root, path, text, sizeof(text));
	if (r == 0)
		r = parse_uint(text, UINT64_MAX, &n);
	if (r == 0 && n > (uint64_t)m->limit.v)
		return fail(0, "is below the %" PRIu64 " bytes in use", n);
	return r < 0 ? refusal(s, &memory, file, "", r) : 0;
}

/* The kernel takes one line a write: io.max has one for each device. */
static int
write_unified(const struct site *s, const struct oci_pair *p)
{
	autofree char *controller = xstrndup(p->key, strcspn(p->key, "."));
	struct knob k = { .controller = controller };
	autostrv lines = strv_split(p->value ? p->value : "", '\n');
	int r = 0;

	for (char **line = lines; r >= 0 && line && *line; line++)
		r = write_knob(s, &k, p->key, *line);
	if (r < 0)
		r = refusal(s, &k, p->key, p->value, r);
	return wrap(r, "unified[\"%s\"]", p->key);
}

static void
keep_first(void *arg, const char *path, const char *reason)
{
	char **first = arg;

	if (!*first)
		*first = xasprintf("%s: %s", path, reason);
}

/* So that nothing is written if something is wrong. */
static int
refuse_mistakes(enum cgroup_kind kind, const struct oci_resources *r)
{
	autofree char *first = NULL;

	return cgroup_check_resources(kind, r, keep_first, &first) ? fail(0, "%s", first) : 0;
}

int
limit_noting(const struct cgroup *cg, const struct oci_resources *r, struct cgroup_journal *j)
{
	autosite s = { .root = -EBADF };

	if (!r)
		return 0;

	int e = refuse_mistakes(cg->kind, r);
	if (e >= 0)
		e = site_open(&s, cg);
	s.journal = j;
	if (e >= 0)
		e = wrap(check_usage(&s, r->memory), "memory.limit");
	if (e >= 0)
		e = write_props(&s, r);
	for (const struct prop *p = cgroup_lists; e >= 0 && p->path; p++)
		e = write_list(&s, p, r);
	for (struct oci_pair **p = r->unified; e >= 0 && p && *p; p++)
		e = write_unified(&s, *p);
	return e;
}

int
cgroup_limit(const struct cgroup *cg, const struct oci_resources *r)
{
	return limit_noting(cg, r, NULL);
}
