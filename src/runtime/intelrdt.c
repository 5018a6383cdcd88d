#include "runtime/intelrdt.h"

#include "runtime/schemata.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/resctrl.h"

#include <stdio.h>

#define SCHEMATA_MAX (1u << 20)

/* Everything that is to stand in the schemata file, in the order of the specification. */
static char **
schemata_of(const struct oci_intel_rdt *rdt)
{
	char **lines = NULL;

	if (rdt->l3_cache_schema && *rdt->l3_cache_schema)
		strv_add(&lines, rdt->l3_cache_schema);
	if (rdt->mem_bw_schema && *rdt->mem_bw_schema)
		strv_add(&lines, rdt->mem_bw_schema);
	for (char **s = rdt->schemata; s && *s; s++)
		strv_add(&lines, *s);
	return lines;
}

static bool
is_named(const struct oci_intel_rdt *rdt)
{
	return rdt->clos_id && *rdt->clos_id;
}

static bool
is_there(int root, const char *path)
{
	return faccessat(root, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static char *
group_path(const struct record *r)
{
	return xasprintf("%s/mon_groups/%s", r->rdt_clos, r->id);
}

static int
compare(int root, const char *clos, char *const *lines)
{
	autofree char *path = xasprintf("%s/schemata", clos);
	autofree char *text = NULL;
	int r = file_read_at(root, path, SCHEMATA_MAX, &text, NULL);

	for (; r == 0 && lines && *lines; lines++)
		if (!schemata_has(text, *lines))
			r = fail(0, "the class %s is there already, and has not %s", clos, *lines);
	return r;
}

int
intelrdt_find(int root, const struct oci_intel_rdt *rdt, struct record *r)
{
	const char *name = is_named(rdt) ? rdt->clos_id : r->id;
	const char *clos = streq(name, "/") ? "." : name;
	autostrv lines = schemata_of(rdt);
	bool exists = is_there(root, clos);
	int e = exists ? compare(root, clos, lines) : 0;

	if (!exists && is_named(rdt) && !lines)
		e = fail(ENOENT, "closID: there is no class %s, and no schemata to make one",
			 clos);
	if (e < 0)
		return e;
	free(r->rdt_clos);
	r->rdt_clos = xstrdup(clos);
	r->rdt_clos_made = (struct oci_bool){ !exists, true };
	r->rdt_monitored = (struct oci_bool){ rdt->enable_monitoring.v, true };
	autofree char *group = group_path(r);
	if (r->rdt_monitored.v && is_there(root, group)) {
		r->rdt_monitored.v = false;	/* not ours, and to stay */
		return fail(0, "enableMonitoring: there is a group %s already", group);
	}
	return 0;
}

static int
make_class(int root, const struct oci_intel_rdt *rdt, struct record *r)
{
	autostrv lines = schemata_of(rdt);
	int e = resctrl_make(root, r->rdt_clos);

	if (e < 0)	/* what is there then is another's */
		r->rdt_clos_made.v = r->rdt_monitored.v = false;
	for (char **l = lines; e == 0 && l && *l; l++)
		e = resctrl_write(root, r->rdt_clos, "schemata", *l);
	return e;
}

int
intelrdt_make(int root, const struct oci_intel_rdt *rdt, struct record *r)
{
	int e = r->rdt_clos_made.v ? make_class(root, rdt, r) : 0;

	if (e < 0 || !r->rdt_monitored.v)
		return e;
	autofree char *group = group_path(r);
	e = resctrl_make(root, group);
	if (e < 0)
		r->rdt_monitored.v = false;
	return wrap(e, "enableMonitoring");
}

int
intelrdt_join(int root, const struct record *r, pid_t pid)
{
	autofree char *group = group_path(r);
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)pid);
	int e = resctrl_write(root, r->rdt_clos, "tasks", number);
	return e == 0 && r->rdt_monitored.v ? resctrl_write(root, group, "tasks", number) : e;
}

void
intelrdt_keep(const struct oci_intel_rdt *rdt, struct record *r)
{
	if (is_named(rdt))
		r->rdt_clos_made.v = false;
}

int
intelrdt_remove(int root, const struct record *r)
{
	autofree char *group = group_path(r);
	int e = r->rdt_monitored.v ? resctrl_remove(root, group) : 0;

	return e == 0 && r->rdt_clos_made.v ? resctrl_remove(root, r->rdt_clos) : e;
}

int
intelrdt_update(int root, const struct record *r, const char *l3, const char *mb)
{
	int e = l3 ? resctrl_write(root, r->rdt_clos, "schemata", l3) : 0;

	return e == 0 && mb ? resctrl_write(root, r->rdt_clos, "schemata", mb) : e;
}

int
intelrdt_setup(const struct oci_intel_rdt *rdt, struct state *s)
{
	autoclose int root = resctrl_open();
	int e = root;

	/* Twice at most: two containers with the same new class may be made at once. */
	for (int i = 0; e >= 0 && i < 2; i++) {
		e = intelrdt_find(root, rdt, &s->record);
		if (e == 0)
			e = state_save(s);
		if (e == 0)
			e = intelrdt_make(root, rdt, &s->record);
		if (e != -EEXIST)
			return e;
		e = 0;
	}
	return e < 0 ? e : -EEXIST;
}

int
intelrdt_join_host(const struct record *r, pid_t pid)
{
	autoclose int root = resctrl_open();

	return root < 0 ? root : intelrdt_join(root, r, pid);
}

int
intelrdt_remove_host(const struct record *r)
{
	if (!r->rdt_clos || !(r->rdt_clos_made.v || r->rdt_monitored.v))
		return 0;
	autoclose int root = resctrl_open();
	/* What it held went when it was unmounted. */
	if (root == -ENODEV)
		return 0;
	return root < 0 ? root : intelrdt_remove(root, r);
}

int
intelrdt_update_host(const struct record *r, const char *l3, const char *mb)
{
	if (!r->rdt_clos)
		return fail(0, "the container was created without linux.intelRdt");
	autoclose int root = resctrl_open();
	return root < 0 ? root : intelrdt_update(root, r, l3, mb);
}
