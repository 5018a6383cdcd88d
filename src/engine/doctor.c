/*
 * A check is a function, and looks at one thing.  It says how things are, even
 * if they are well, for that is what people send along when they ask for help.
 */
#include "engine/doctor.h"

#include "engine/host.h"
#include "engine/layer.h"
#include "engine/store.h"

#include "kernel/cgroupfs.h"
#include "kernel/seccomp.h"
#include "kernel/version.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

enum { LINUX_MAJOR = 5, LINUX_MINOR = 14, SMALL_FILE = 4096, IDS = 65536 };

#define MIB (1ull << 20)

struct doctor {
	const struct engine *e;		/* as it would be used; root_fd is -EBADF without a store */
	char *store_words;		/* why not */
};

static void
say(struct finding *f, enum severity severity, const char *advice, char *words)
{
	f->severity = severity;
	f->words = words;
	f->advice = advice ? xstrdup(advice) : NULL;
}

#define OK(f, ...)		 say(f, SEVERITY_OK, NULL, xasprintf(__VA_ARGS__))
#define WARN(f, advice, ...)	 say(f, SEVERITY_WARNING, advice, xasprintf(__VA_ARGS__))
#define FAILURE(f, advice, ...) say(f, SEVERITY_FAILURE, advice, xasprintf(__VA_ARGS__))

/* A number in a file of /proc/sys; -1 if there is none. */
static int64_t
sysctl_number(const char *file)
{
	autofree char *text = NULL;
	int64_t n;

	if (file_read_at(AT_FDCWD, file, SMALL_FILE, &text, NULL) < 0)
		return -1;
	text[strcspn(text, "\n")] = 0;
	return parse_int(text, 0, INT64_MAX, &n) < 0 ? -1 : n;
}

static void
check_kernel(const struct doctor *d, struct finding *f)
{
	struct utsname u = { 0 };

	(void)d;
	uname(&u);
	if (kernel_at_least(LINUX_MAJOR, LINUX_MINOR) < 0)
		FAILURE(f, "boot a kernel of version 5.14 or later", "%s", err_words());
	else
		OK(f, "Linux %s, %s", u.release, u.machine);
}

static void
check_namespaces(const struct doctor *d, struct finding *f)
{
	static const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "user", "uts" };
	autostr missing = { 0 };

	(void)d;
	for (size_t i = 0; i < countof(names); i++) {
		autofree char *file = xasprintf("/proc/self/ns/%s", names[i]);

		if (access(file, F_OK) < 0)
			str_addf(&missing, "%s%s", missing.len ? ", " : "", names[i]);
	}
	if (missing.s)
		FAILURE(f, "boot a kernel that was configured with them (CONFIG_NAMESPACES)",
			"the kernel lacks the namespaces %s", missing.s);
	else
		OK(f, "all that are used are there");
}

static void
check_user_namespaces(const struct doctor *d, struct finding *f)
{
	const char *need = d->e->rootless ? "a plain user needs them" : "--userns needs them";
	enum severity severity = d->e->rootless ? SEVERITY_FAILURE : SEVERITY_WARNING;
	int64_t most = sysctl_number("/proc/sys/user/max_user_namespaces");

	if (access("/proc/self/ns/user", F_OK) < 0)
		say(f, severity, "boot a kernel with CONFIG_USER_NS",
		    xasprintf("the kernel has none; %s", need));
	else if (most == 0)
		say(f, severity, "sysctl user.max_user_namespaces=15000",
		    xasprintf("none are allowed; %s", need));
	else if (d->e->rootless && sysctl_number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		FAILURE(f, "as root: sysctl kernel.unprivileged_userns_clone=1",
			"only root may make them; %s", need);
	else if (d->e->rootless &&
		 sysctl_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		WARN(f, "as root: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or a"
			" profile for servin that allows userns",
		     "AppArmor takes the privileges from those of a plain user");
	else
		OK(f, "allowed");
}

/* "NAME:FIRST:COUNT", or the same with the number of the user. */
static uint64_t
subordinate_ids(const char *text, const char *name, const char *number)
{
	autostrv lines = strv_split(text, '\n');
	uint64_t sum = 0, n;

	for (char **line = lines; line && *line; line++) {
		autostrv fields = strv_split(*line, ':');

		if (strv_len(fields) == 3 &&
		    (streq(fields[0], name) || streq(fields[0], number)) &&
		    parse_uint(fields[2], UINT32_MAX, &n) == 0)
			sum += n;
	}
	return sum;
}

/* The name of this user as /etc/passwd has it. */
static char *
own_name(const char *number)
{
	autofree char *text = NULL;
	autostrv lines = NULL;

	if (file_read_at(AT_FDCWD, "/etc/passwd", 4 * MIB, &text, NULL) < 0)
		return xstrdup(number);
	lines = strv_split(text, '\n');
	for (char **line = lines; line && *line; line++) {
		autostrv fields = strv_split(*line, ':');

		if (strv_len(fields) > 2 && streq(fields[2], number))
			return xstrdup(fields[0]);
	}
	return xstrdup(number);
}

static void
check_subordinate_ids(const struct doctor *d, struct finding *f)
{
	autofree char *uids = NULL, *gids = NULL, *name = NULL, *advice = NULL;
	autofree char *number = xasprintf("%u", (unsigned)geteuid());
	uint64_t n, m;

	if (!d->e->rootless) {
		OK(f, "root needs none");
		return;
	}
	name = own_name(number);
	if (file_read_at(AT_FDCWD, "/etc/subuid", 4 * MIB, &uids, NULL) < 0)
		uids = xstrdup("");
	if (file_read_at(AT_FDCWD, "/etc/subgid", 4 * MIB, &gids, NULL) < 0)
		gids = xstrdup("");
	n = subordinate_ids(uids, name, number);
	m = subordinate_ids(gids, name, number);
	advice = xasprintf("as root: usermod --add-subuids 100000-165535 --add-subgids"
			   " 100000-165535 %s", name);
	if (n < IDS || m < IDS)
		WARN(f, advice, "%s has %llu in /etc/subuid and %llu in /etc/subgid: images whose"
			" files have many owners cannot be unpacked", name,
		     (unsigned long long)n, (unsigned long long)m);
	else
		OK(f, "%llu users and %llu groups", (unsigned long long)n, (unsigned long long)m);
}

/* The programs that write maps of many IDs for a plain user. */
static void
check_id_mappers(const struct doctor *d, struct finding *f)
{
	static const char *const dirs[] = { "/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin" };

	if (!d->e->rootless) {
		OK(f, "root needs none");
		return;
	}
	for (size_t i = 0; i < countof(dirs); i++) {
		autofree char *file = xasprintf("%s/newuidmap", dirs[i]);

		if (access(file, X_OK) == 0) {
			OK(f, "%s", file);
			return;
		}
	}
	FAILURE(f, "install newuidmap (package uidmap or shadow-utils)", "there is no newuidmap");
}

static const char *
cgroup_version(void)
{
	struct cgroupfs fs = { 0 };

	if (cgroupfs_find(&fs) < 0 || fs.version == CGROUPFS_NONE)
		return NULL;
	if (fs.version == CGROUPFS_V2)
		return "version 2";
	for (size_t i = 0; i < fs.n; i++)
		if (fs.h[i].v2)
			return "version 1, and 2 beside it";
	return "version 1";
}

static void
check_cgroups(const struct doctor *d, struct finding *f)
{
	static const char *const wanted[] = { "cpu", "cpuset", "memory", "pids" };
	const char *version = cgroup_version();
	autostr missing = { 0 };

	if (!version) {
		say(f, d->e->rootless ? SEVERITY_WARNING : SEVERITY_FAILURE,
		    "mount -t cgroup2 cgroup2 /sys/fs/cgroup", xstrdup("none are mounted"));
		return;
	}
	for (size_t i = 0; i < countof(wanted); i++)
		if (!host_has_controller(d->e, wanted[i]))
			str_addf(&missing, "%s%s", missing.len ? ", " : "", wanted[i]);
	if (!missing.s)
		OK(f, "%s", version);
	else if (d->e->rootless)
		WARN(f, "with systemd: a drop-in for user@.service with [Service] Delegate=cpu"
			" cpuset io memory pids, and log in again",
		     "%s; not delegated to this user, so that no limits can be set: %s", version,
		     missing.s);
	else
		WARN(f, "boot with these controllers on, for memory with cgroup_enable=memory",
		     "%s; no limits can be set of %s", version, missing.s);
}

static void
check_swap(const struct doctor *d, struct finding *f)
{
	autoclose int root = cgroupfs_open_root();
	struct cgroupfs fs = { 0 };

	if (root < 0 || cgroupfs_find(&fs) < 0 || !host_has_controller(d->e, "memory"))
		WARN(f, "see cgroups", "not limited");
	else if (fs.version == CGROUPFS_V1 &&
		 faccessat(root, "memory/memory.memsw.limit_in_bytes", F_OK, 0) < 0)
		WARN(f, "boot with swapaccount=1", "--memory does not limit swap");
	else
		OK(f, "--memory limits it, too");
}

static void
check_seccomp(const struct doctor *d, struct finding *f)
{
	(void)d;
	if (seccomp_has_action(SECCOMP_RET_ERRNO) && seccomp_has_action(SECCOMP_RET_KILL_PROCESS))
		OK(f, "filters of system calls are there");
	else
		FAILURE(f, "boot a kernel with CONFIG_SECCOMP_FILTER, or run with"
			   " --security-opt seccomp=unconfined",
			"the kernel has no filters of system calls");
}

/* Mounts one of nothing on the store, for a moment: that depends on its file system, too. */
static int
try_overlay(const struct engine *e)
{
	struct store_temp temp = STORE_TEMP_NONE;
	autoclose int upper = -EBADF, work = -EBADF, fd = -EBADF;
	int r = store_temp_dir(e, &temp);

	if (r < 0)
		return r;
	if (mkdirat(temp.fd, "upper", 0700) < 0 || mkdirat(temp.fd, "work", 0700) < 0)
		r = fail(errno, "make directories in %s/%s", e->root, temp.name);
	upper = openat(temp.fd, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	work = openat(temp.fd, "work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r == 0)
		fd = r = overlay_mount(e, &(const struct overlay){ .upper = upper, .work = work });
	close_at(&fd);
	fd = -EBADF;
	store_temp_done(&temp);
	return r < 0 ? r : 0;
}

static void
check_overlay(const struct doctor *d, struct finding *f)
{
	if (d->store_words)
		WARN(f, "see store", "not tried without a store");
	else if (!host_has_filesystem("overlay"))
		WARN(f, "modprobe overlay",
		     "there is no overlayfs: each container gets a copy of its image");
	else if (geteuid() == 0 && try_overlay(d->e) < 0)	/* or root of a namespace */
		WARN(f, "give a store on another file system with --root, such as ext4 or xfs",
		     "each container gets a copy of its image: %s", err_words());
	else
		OK(f, "layers are shared by overlayfs");
}

static void
check_runtime(const struct doctor *d, struct finding *f)
{
	autofree char *path = NULL, *version = NULL;

	if (engine_find_runtime(d->e, &path) < 0)
		FAILURE(f, "install ocirun, or name another OCI runtime with --runtime", "%s",
			err_words());
	else if (host_runtime_version(d->e, &version) < 0)
		FAILURE(f, "name another OCI runtime with --runtime", "%s", err_words());
	else
		OK(f, "%s, %s", version, path);
}

static void
check_helper(const struct doctor *d, struct finding *f)
{
	autofree char *path = engine_helper("servin-image");

	(void)d;
	if (access(path, X_OK) < 0)
		FAILURE(f, "install all of servin: make install",
			"%s: %s; images cannot be read", path, err_text(errno));
	else
		OK(f, "%s", path);
}

static void
check_store(const struct doctor *d, struct finding *f)
{
	struct statvfs st;
	uint64_t room;

	if (d->store_words) {
		FAILURE(f, "give another place with --root and --state, or mend this one", "%s",
			d->store_words);
		return;
	}
	if (fstatvfs(d->e->root_fd, &st) < 0) {
		FAILURE(f, "give another place with --root", "%s: %s", d->e->root,
			err_text(errno));
		return;
	}
	room = (uint64_t)st.f_bavail * st.f_frsize;
	if (st.f_flag & ST_RDONLY)
		FAILURE(f, "give another place with --root", "%s is read-only", d->e->root);
	else if (st.f_flag & ST_NOEXEC)
		WARN(f, "mount it without noexec, or give another place with --root",
		     "%s is mounted noexec: programs of images may not run", d->e->root);
	else if (room < 1024 * MIB)
		WARN(f, "servin system prune removes what is not used",
		     "%s has %llu MiB left", d->e->root, (unsigned long long)(room / MIB));
	else if (st.f_files && st.f_favail < 10000)
		WARN(f, "servin system prune removes what is not used",
		     "%s has room for %llu files only", d->e->root,
		     (unsigned long long)st.f_favail);
	else
		OK(f, "%s, %llu GiB left", d->e->root, (unsigned long long)(room / MIB / 1024));
}

/* What a login of systemd gives a plain user, and takes away when he logs out. */
static void
check_session(const struct doctor *d, struct finding *f)
{
	autofree char *number = xasprintf("%u", (unsigned)geteuid());
	autofree char *name = NULL, *linger = NULL;

	if (!d->e->rootless) {
		OK(f, "root needs none");
		return;
	}
	name = own_name(number);
	linger = xasprintf("/var/lib/systemd/linger/%s", name);
	if (!has_text(getenv("XDG_RUNTIME_DIR")))
		WARN(f, "log in by a way that sets it, such as ssh or machinectl shell",
		     "XDG_RUNTIME_DIR is not set: sockets are in %s",
		     d->e->state ? d->e->state : "/tmp");
	else if (access("/run/systemd/system", F_OK) == 0 && access(linger, F_OK) < 0)
		WARN(f, "loginctl enable-linger", "containers end when %s logs out", name);
	else
		OK(f, "containers go on without one");
}

/* Containers that are to be restarted come back after a reboot if somebody starts them. */
static void
check_boot(const struct doctor *d, struct finding *f)
{
	static const char unit[] = "servin-boot.service";
	const char *home = getenv("HOME");
	autofree char *users = xasprintf("%s/.config/systemd/user/default.target.wants",
					 home ? home : "");
	autofree char *link = xasprintf("%s/%s", d->e->rootless ? users :
					"/etc/systemd/system/multi-user.target.wants", unit);

	if (access("/run/systemd/system", F_OK) < 0)
		OK(f, "no systemd here: \"servin start --boot\" starts what should run");
	else if (faccessat(AT_FDCWD, link, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		WARN(f, d->e->rootless ? "systemctl --user enable servin-boot.service" :
					 "systemctl enable servin-boot.service",
		     "containers with --restart do not come back after a reboot");
	else
		OK(f, "%s is enabled", unit);
}

static const struct check {
	const char *name;
	void (*look)(const struct doctor *d, struct finding *f);
} checks[] = {
	{ "kernel", check_kernel },
	{ "namespaces", check_namespaces },
	{ "user namespaces", check_user_namespaces },
	{ "subordinate ids", check_subordinate_ids },
	{ "id mappers", check_id_mappers },
	{ "session", check_session },
	{ "cgroups", check_cgroups },
	{ "swap", check_swap },
	{ "seccomp", check_seccomp },
	{ "overlay", check_overlay },
	{ "runtime", check_runtime },
	{ "image helper", check_helper },
	{ "store", check_store },
	{ "boot", check_boot },
};

void
doctor_run(const struct engine *e, void (*tell)(void *arg, const struct finding *f), void *arg)
{
	struct engine own = { .runtime = e->runtime, .root_fd = -EBADF, .state_fd = -EBADF };
	struct doctor d = { .e = &own };

	if (engine_open(&own, e->root, e->state) < 0)
		d.store_words = xstrdup(err_words());
	for (size_t i = 0; i < countof(checks); i++) {
		struct finding f = { .check = checks[i].name };

		checks[i].look(&d, &f);
		tell(arg, &f);
		free(f.words);
		free(f.advice);
	}
	free(d.store_words);
	engine_done(&own);
}
