/* Devices: nodes to make, and rules for who may open what. */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DEVICES_MAX 4096	/* a host that has more shows these */

/* What of /dev is no device of the host, or is made anew in each container. */
static bool
is_left_out(const char *name)
{
	return strv_has((char *[]){ "pts", "shm", "fd", "mqueue", "console", "ptmx", ".lxc",
				    ".lxd-mounts", ".udev", NULL }, name);
}

struct wanted {
	const char *access;		/* of the rule; NULL: no rule of its own */
	struct oci_device ***nodes;
	struct oci_device_rule ***rules;
};

static void
add_device(const struct wanted *w, const char *inside, const struct stat *st)
{
	bool block = S_ISBLK(st->st_mode);
	const struct oci_int major = { major(st->st_rdev), true };
	const struct oci_int minor = { minor(st->st_rdev), true };

	if (ptrs_len(*w->nodes) >= DEVICES_MAX)
		return;
	ptrs_push(w->nodes, NEW(struct oci_device, .type = xstrdup(block ? "b" : "c"),
				.path = xstrdup(inside), .major = major, .minor = minor,
				.file_mode = { st->st_mode & 07777, true },
				.uid = { st->st_uid, true }, .gid = { st->st_gid, true }));
	if (w->access)
		ptrs_push(w->rules, NEW(struct oci_device_rule, .allow = { true, true },
					.type = xstrdup(block ? "b" : "c"), .major = major,
					.minor = minor, .access = xstrdup(w->access)));
}

static int
no_dots(const struct dirent *d)
{
	return d->d_name[0] != '.' || (d->d_name[1] && !streq(d->d_name, ".."));
}

/* A directory's devices, sorted, so that the same host gives the same configuration. */
static int
add_tree(const struct wanted *w, const char *host, const char *inside, int levels)
{
	struct dirent **list = NULL;
	int n = scandir(host, &list, no_dots, alphasort), r = 0;

	if (n < 0)
		return fail(errno, "%s", host);
	for (int i = 0; i < n; i++) {
		autofree char *from = xasprintf("%s/%s", host, list[i]->d_name);
		autofree char *to = xasprintf("%s/%s", inside, list[i]->d_name);
		struct stat st;

		/* One that vanished meanwhile is not there. */
		if (r == 0 && !is_left_out(list[i]->d_name) && lstat(from, &st) == 0) {
			if (S_ISDIR(st.st_mode) && levels > 0)
				r = add_tree(w, from, to, levels - 1);
			else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
				add_device(w, to, &st);
		}
		free(list[i]);
	}
	free(list);
	return r;
}

static int
add_asked(const struct container_device *d, struct wanted *w)
{
	struct stat st;

	w->access = has_text(d->cgroup_permissions) ? d->cgroup_permissions : "rwm";
	if (stat(d->path_on_host, &st) < 0)
		return fail(errno, "--device: %s", d->path_on_host);
	if (S_ISDIR(st.st_mode))
		return add_tree(w, d->path_on_host, d->path_in_container, 8);
	if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		return fail(0, "--device: %s is no device", d->path_on_host);
	add_device(w, d->path_in_container, &st);
	return 0;
}

static struct oci_int
rule_number(const char *text, size_t n)
{
	autofree char *number = xstrndup(text, n);
	uint64_t v;

	if (streq(number, "*") || parse_uint(number, UINT32_MAX, &v) < 0)
		return (struct oci_int){ 0 };
	return (struct oci_int){ (int64_t)v, true };
}

/* "c 13:* rwm"; the command line has seen to its form. */
static int
add_rule(const char *text, struct oci_device_rule ***rules)
{
	const char *major = strlen(text) > 2 ? text + 2 : "", *minor = strchr(major, ':');
	const char *access = minor ? strchr(minor, ' ') : NULL;

	if (!access)
		return fail(0, "--device-cgroup-rule: \"%s\" is no rule", text);
	ptrs_push(rules, NEW(struct oci_device_rule, .allow = { true, true },
			     .type = xstrndup(text, 1),
			     .major = rule_number(major, (size_t)(minor - major)),
			     .minor = rule_number(minor + 1, (size_t)(access - minor - 1)),
			     .access = xstrdup(access + 1)));
	return 0;
}

static void
deny_all(struct oci_device_rule ***rules, bool allow)
{
	ptrs_push(rules, NEW(struct oci_device_rule, .allow = { allow, true },
			     .access = xstrdup("rwm")));
}

/* The rules of the standard devices are the runtime's: they stand behind those here. */
int
build_devices(struct building *b)
{
	const struct host_config *host = b->c->host;
	struct oci_linux *l = b->spec->linux_;
	struct wanted w = { .nodes = &l->devices, .rules = &l->resources->devices };
	bool all = is_on(host->privileged);
	int r = 0;

	deny_all(w.rules, all);
	if (all)
		r = add_tree(&w, "/dev", "/dev", 8);
	for (struct container_device **d = host->devices; r == 0 && d && *d; d++)
		r = add_asked(*d, &w);
	for (char **rule = host->device_cgroup_rules; r == 0 && rule && *rule; rule++)
		r = add_rule(*rule, w.rules);
	return r;
}

int
check_devices(const struct host_config *host)
{
	struct stat st;

	for (struct container_device **d = host->devices; d && *d; d++) {
		if (stat((*d)->path_on_host, &st) < 0)
			return fail(errno, "--device: %s", (*d)->path_on_host);
		if (!S_ISDIR(st.st_mode) && !S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
			return fail(0, "--device: %s is no device", (*d)->path_on_host);
	}
	return 0;
}
