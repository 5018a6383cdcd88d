/* A host with cgroup v2 alone: one hierarchy, with events. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/ns.h"

#include <fcntl.h>
#include <signal.h>

/* More than all controllers of Linux with their signs. */
#define LIST_MAX 512

/* Ample for what cgroup.kill has reached to end. */
#define KILL_MS 100

static const struct knob *
knob(const struct prop *p)
{
	return &p->v2;
}

/* -- controllers -- */

/* The words of a list file of one cgroup; dir is its path. */
static int
read_list(const struct site *s, const char *dir, const char *file, char list[LIST_MAX])
{
	autofree char *path = xasprintf("%s/%s", dir, file);

	return cgroupfs_read(s->root, path, list, LIST_MAX);
}

/* What is available and not yet enabled for the children, each as "+name". */
static int
missing(const struct site *s, const char *dir, char ***list)
{
	char available[LIST_MAX], enabled[LIST_MAX];
	int r = read_list(s, dir, "cgroup.controllers", available);

	if (r == 0)
		r = read_list(s, dir, "cgroup.subtree_control", enabled);
	if (r < 0)
		return r;

	autostrv all = strv_split(available, ' ');
	autostrv have = strv_split(enabled, ' ');

	for (char **name = all; name && *name; name++)
		if (!strv_has(have, *name))
			strv_push(list, xasprintf("+%s", *name));
	return 0;
}

static int
busy(const char *dir)
{
	return fail(EBUSY, "enable controllers below " CGROUPFS_ROOT "%s: it has processes of"
			   " its own, which cgroup v2 allows only where no controller is enabled",
		    dir + strlen("."));
}

/*
 * The kernel takes a list whole or not at all, and one controller may be out
 * of reach for good (cpu, while there are realtime processes).  So the ones
 * left are tried alone; a limit that then has no file says so.
 */
static int
enable_in(const struct site *s, const char *dir)
{
	autofree char *path = xasprintf("%s/cgroup.subtree_control", dir);
	autostrv list = NULL;
	autostr all = { 0 };
	int r = missing(s, dir, &list);

	if (r < 0 || !list)
		return r;
	for (char **name = list; *name; name++)
		str_addf(&all, "%s%s", name == list ? "" : " ", *name);
	r = cgroupfs_write(s->root, path, all.s);
	for (char **name = list; r < 0 && r != -EBUSY && *name; name++)
		if (cgroupfs_write(s->root, path, *name) == -EBUSY)
			r = -EBUSY;
	return r == -EBUSY ? busy(dir) : 0;
}

/* For engines read the statistics of every controller, all that there are, as runc and crun do. */
static int
enable(const struct site *s)
{
	autofree char *path = site_path(s, s->fs->h, NULL);
	char top[LIST_MAX], leaf[LIST_MAX];
	int r = read_list(s, ".", "cgroup.controllers", top);

	if (r == 0)
		r = read_list(s, path, "cgroup.controllers", leaf);
	if (r < 0 || streq(top, leaf))	/* nothing to do, however deep it is */
		return r;
	for (char *slash = path; r == 0 && (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		r = enable_in(s, path);
		*slash = '/';
	}
	/* A plain user's only cgroup is the one that we are in; a limit will say what it lacks. */
	if (r == -EBUSY && (geteuid() != 0 || ns_in_user())) {
		debug("%s", err_words());
		r = 0;
	}
	return r;
}

/* -- freezing and killing -- */

static int
set_frozen(const struct site *s, bool on)
{
	return site_write(s, s->fs->h, "cgroup.freeze", on ? "1" : "0");
}

static int
await_frozen(const struct site *s, bool on)
{
	autofree char *path = site_path(s, s->fs->h, "cgroup.events");

	return cgroupfs_await(s->root, path, on ? "frozen 1" : "frozen 0", FREEZE_MS);
}

static int
frozen(const struct site *s)
{
	autofree char *path = site_path(s, s->fs->h, "cgroup.events");

	return cgroupfs_has(s->root, path, "frozen 1");
}

/*
 * cgroup.kill signals the first thread of each process.  Where that one has
 * ended and others run, nothing comes of it; what is sent to a pidfd reaches
 * them all.  Frozen, so that nobody can fork between the list and the signal,
 * which gets through this freezer.
 */
static int
kill_leaderless(const struct site *s)
{
	set_frozen(s, true);

	int n = members_signal(s, SIGKILL);
	int r = set_frozen(s, false);

	return n < 0 ? n : r;
}

static int
kill_all(const struct site *s)
{
	autofree char *events = site_path(s, s->fs->h, "cgroup.events");
	int r = site_write(s, s->fs->h, "cgroup.kill", "1");

	if (r >= 0)
		r = cgroupfs_await(s->root, events, "populated 0", KILL_MS);
	if (r == -ETIMEDOUT)
		r = kill_leaderless(s);
	return r == -ENOENT || r == -ENODEV ? 0 : r;
}

/* -- devices -- */

static int
limit_devices(const struct site *s, const struct device_rule *rules, size_t n)
{
	autofree char *path = site_path(s, s->fs->h, NULL);
	autoclose int dir = cgroupfs_open(s->root, path, O_RDONLY | O_DIRECTORY);

	if (dir < 0)
		return dir;
	return devices_allow_all(rules, n) ? bpfdev_detach(dir) : bpfdev_attach(dir, rules, n);
}

const struct cgroup_ops cgroup_v2 = {
	.word = "v2",
	.knob = knob,
	.enable = enable,
	.set_frozen = set_frozen,
	.await_frozen = await_frozen,
	.frozen = frozen,
	.kill = kill_all,
	.limit_devices = limit_devices,
};
