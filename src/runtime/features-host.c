/* What this build can do, beside what this host can: for people. */
#include "runtime/features.h"
#include "runtime/runtime.h"

#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/cgroupfs.h"
#include "libocispec/document.h"

#include <stdio.h>

struct row {
	struct feature_place place;
	const char *name;
	bool (*host_has)(const char *path);	/* NULL: every kernel that we run on has it */
	const char *path;
};

/* -- the host -- */

static bool
exists(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, 0) == 0;
}

static bool
says_yes(const char *path)
{
	autofree char *text = NULL;

	return file_read_at(AT_FDCWD, path, 64, &text, NULL) == 0 && *text == 'Y';
}

static bool
has_v1(const char *path)
{
	struct cgroupfs fs;

	(void)path;
	return cgroupfs_find(&fs) == 0 && fs.version == CGROUPFS_V1;
}

static bool
has_v2(const char *path)
{
	struct cgroupfs fs;

	(void)path;
	return cgroupfs_find(&fs) == 0 && fs.version == CGROUPFS_V2;
}

/* /proc/cgroups is of v1; controllers that v2 has stand there too, but for a kernel without v1. */
static bool
has_controller(const char *name)
{
	autofree char *v1 = NULL, *v2 = NULL;
	autofree char *line = xasprintf("\n%s\t", name);

	if (file_read_at(AT_FDCWD, "/proc/cgroups", 65536, &v1, NULL) == 0 && strstr(v1, line))
		return true;
	if (file_read_at(AT_FDCWD, CGROUPFS_ROOT "/cgroup.controllers", 4096, &v2, NULL) < 0)
		return false;
	v2[strcspn(v2, "\n")] = 0;
	autostrv words = strv_split(v2, ' ');
	return strv_has(words, name);
}

/* -- the rows -- */

static const struct row rows[] = {
	{ FEATURE(cgroup, v1), "cgroup v1", has_v1, NULL },
	{ FEATURE(cgroup, v2), "cgroup v2", has_v2, NULL },
	{ FEATURE(cgroup, systemd), "cgroups by systemd", exists, "/run/systemd/system" },
	{ FEATURE(cgroup, systemd_user), "cgroups by a user's systemd", exists,
	  "/run/systemd/system" },
	{ FEATURE(cgroup, rdma), "rdma controller", has_controller, "rdma" },
	{ FEATURE(seccomp, enabled), "seccomp", exists, "/proc/sys/kernel/seccomp/actions_avail" },
	{ FEATURE(apparmor, enabled), "AppArmor", says_yes,
	  "/sys/module/apparmor/parameters/enabled" },
	{ FEATURE(selinux, enabled), "SELinux", exists, "/sys/fs/selinux/enforce" },
	{ FEATURE(intel_rdt, enabled), "Intel RDT", exists, "/sys/fs/resctrl/schemata" },
	{ FEATURE_BELOW(mount_extensions, idmap, enabled), "id-mapped mounts", NULL, NULL },
	{ FEATURE(net_devices, enabled), "network devices", NULL, NULL },
};

struct teller {
	void (*tell)(void *arg, const char *name, const char *ours, const char *host);
	void *arg;
};

static void
tell_row(const struct teller *t, const struct oci_features_linux *l, const struct row *row)
{
	const struct oci_bool *on = feature_find(l, &row->place);
	bool has = !row->host_has || row->host_has(row->path);

	t->tell(t->arg, row->name, on && on->v ? "yes" : "no", has ? "yes" : "no");
}

static void
tell_count(const struct teller *t, const char *name, char *const *list)
{
	char number[32];

	snprintf(number, sizeof(number), "%zu", strv_len(list));
	t->tell(t->arg, name, number, "-");
}

/* Linux calls some otherwise than the specification. */
static void
tell_namespace(const struct teller *t, const char *type)
{
	const char *file = streq(type, "mount") ? "mnt" : streq(type, "network") ? "net" : type;
	autofree char *path = xasprintf("/proc/self/ns/%s", file);
	autofree char *name = xasprintf("%s namespace", type);

	t->tell(t->arg, name, "yes", exists(path) ? "yes" : "no");
}

static void
tell_versions(const struct teller *t, const struct oci_features *f)
{
	autofree char *both = xasprintf("%s to %s", f->oci_version_min, f->oci_version_max);

	t->tell(t->arg, "configurations of version", both, "-");
}

void
runtime_features_rows(void (*tell)(void *arg, const char *name, const char *ours,
				   const char *host), void *arg)
{
	const struct teller t = { tell, arg };
	struct oci_features *f = runtime_features();

	tell_versions(&t, f);
	tell_count(&t, "kinds of hooks", f->hooks);
	tell_count(&t, "mount options", f->mount_options);
	tell_count(&t, "capabilities", f->linux_->capabilities);
	for (char **type = f->linux_->namespaces; *type; type++)
		tell_namespace(&t, *type);
	for (size_t i = 0; i < countof(rows); i++)
		tell_row(&t, f->linux_, rows + i);
	oci_free(&oci_features_type, f);
}
