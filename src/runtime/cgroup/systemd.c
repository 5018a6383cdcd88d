#include "runtime/cgroup/systemd.h"

#include "base/err.h"
#include "base/str.h"
#include "kernel/ns.h"

#include <stdio.h>

/* Root of a user namespace is a plain user outside of it. */
static bool
is_users(void)
{
	return geteuid() != 0 || ns_in_user();
}

static int
start_helper(struct helper *h)
{
	return helper_start(h, is_users() ? "user" : "system");
}

void
scope_done(struct scope *s)
{
	scope_release(s);
	unit_place_done(&s->place);
	strv_free(s->own);
}

int
scope_plan(struct scope *s, struct cgroup *cg, const struct oci_spec *spec, const char *id)
{
	const char *path = spec->linux_ ? spec->linux_->cgroups_path : NULL;
	int r = unit_place(&s->place, path, id, is_users() ? "user.slice" : "system.slice");

	if (r == 0)
		r = scope_annotations(spec, &s->own);
	/* What is mounted.  The path is systemd's to tell. */
	if (r == 0)
		r = cgroup_plan(cg, s->place.unit, id);
	if (r == 0 && cg->kind == CGROUP_NONE)
		r = fail(0, "no cgroup file system is mounted on /sys/fs/cgroup");
	if (r == 0 && cg->kind == CGROUP_V1 && is_users())
		r = fail(0, "only with cgroup v2 can a user's systemd delegate any, and this host"
			    " has v1");
	if (r < 0)
		return wrap(r, "systemd cgroup");
	free(take(cg->path));
	return 0;
}

/* -- what is asked of it -- */

/* Controllers that systemd is to make usable, and to count with. */
static void
add_accounting(char ***list, enum cgroup_kind kind)
{
	property_bool(list, "CPUAccounting", true);
	property_bool(list, kind == CGROUP_V2 ? "IOAccounting" : "BlockIOAccounting", true);
	property_bool(list, "MemoryAccounting", true);
	property_bool(list, "TasksAccounting", true);
}

/* PID 0 is who asks: the helper, whatever its number is to systemd. */
static void
add_helper(char ***list)
{
	static const char *const pids[] = { "PIDs", "au", "1", "0" };

	for (size_t i = 0; i < countof(pids); i++)
		strv_add(list, pids[i]);
}

static void
add_properties(const struct scope *s, char ***list, const char *id)
{
	autofree char *description = xasprintf("ocirun container %s", id);

	property_string(list, "Description", description);
	property_string(list, "Slice", s->place.slice);
	add_helper(list);
	property_bool(list, "Delegate", true);
	/* Engines order their containers' ends themselves. */
	property_bool(list, "DefaultDependencies", false);
	/* A scope that failed is gone like one that ended: nobody would clean up behind it. */
	property_string(list, "?CollectMode", "inactive-or-failed");
}

static void
begin(char ***list, const char *verb, const char *unit)
{
	strv_add(list, verb);
	strv_add(list, unit);
}

static int
ask(struct helper *h, char *const *request, char **path)
{
	int r = h->sock < 0 ? start_helper(h) : 0;

	if (r == 0)
		r = helper_ask(h, request, path);
	return wrap(r, "systemd unit %s", request[1]);
}

int
scope_start(struct scope *s, struct cgroup *cg, const struct oci_spec *spec, const char *id)
{
	const struct oci_linux *l = spec->linux_;
	autofree char *path = NULL;
	autostrv request = NULL;

	begin(&request, REQUEST_START, s->place.unit);
	add_properties(s, &request, id);
	add_accounting(&request, cg->kind);
	scope_limits(cg->kind, l ? l->resources : NULL, &request);
	scope_devices(cg->kind, l ? l->resources : NULL, &request);
	for (char **word = s->own; word && *word; word++)	/* last: they have the last word */
		strv_add(&request, *word);
	int r = ask(&s->helper, request, &path);
	/* Without a process in it the scope ends, if it ever starts. */
	if (r < 0)
		scope_release(s);
	else
		cg->path = take(path);
	return r;
}

int
scope_attach(struct scope *s, const char *unit, pid_t pid)
{
	autofree char *number = xasprintf("%d", pid);
	char *const request[] = {
		REQUEST_ATTACH, (char *)(uintptr_t)unit, "", number, NULL,
	};

	return ask(&s->helper, request, NULL);
}

void
scope_release(struct scope *s)
{
	helper_done(&s->helper);
}

static int
ask_once(char *const *request)
{
	auto_(helper_done) struct helper h = HELPER_EMPTY;

	return ask(&h, request, NULL);
}

int
scope_limit(const char *unit, enum cgroup_kind kind, const struct oci_resources *r)
{
	autostrv request = NULL;

	begin(&request, REQUEST_SET, unit);
	scope_limits(kind, r, &request);
	if (r && r->devices)
		scope_devices(kind, r, &request);
	return request[2] ? ask_once(request) : 0;
}

int
scope_stop_empty(const char *unit)
{
	return ask_once((char *[]){ REQUEST_STOP_EMPTY, (char *)(uintptr_t)unit, NULL });
}
