/* mounts: the child, which joins the container. */
#include "runtime/mounts.h"

#include "runtime/mount/do.h"
#include "runtime/sync.h"

#include "base/err.h"
#include "base/log.h"
#include "base/step.h"
#include "base/str.h"
#include "kernel/mountfd.h"
#include "kernel/ns.h"
#include "kernel/procfs.h"
#include "kernel/resolve.h"

#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>

/* Nobody in the container is to trace us, should it see us. */
static int
hide(void *of)
{
	(void)of;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? fail(errno, "prctl") : 0;
}

static int
open_fds(void *of)
{
	struct mounts_job *j = of;
	autoclose int proc = procfs_open();
	char name[32];

	if (proc < 0)
		return proc;
	snprintf(name, sizeof(name), "%d/fd", getpid());
	j->fds = procfs_open_at(proc, name, O_PATH | O_DIRECTORY);
	return j->fds < 0 ? j->fds : 0;
}

/* Those that a file system can be of: sysfs shows a network, mqueue an ipc namespace. */
static int
join_shown(void *of)
{
	const struct mounts_job *j = of;
	uint64_t shown = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

	shown &= j->namespaces;
	return shown ? ns_join(j->init, shown) : 0;
}

/* A clone of a mount of the host's would be its peer: what the container mounts would come out. */
static int
part_from_host(int tree)
{
	return mountfd_change(tree, &(struct mount_attr){ .propagation = MS_SLAVE }, AT_RECURSIVE);
}

static int
make_one(const struct mounts_job *j, struct mount_op *op)
{
	op->tree = mount_make(&j->rootfs, op);
	if (op->tree < 0)
		return op->tree;
	return op->act == MOUNT_BIND ? part_from_host(op->tree) : 0;
}

static bool
is_tmpfs(const struct mount_op *op)
{
	return op->act == MOUNT_FS && streq(op->type, "tmpfs");
}

/* But for a tmpfs, which has no source, and looks like what it covers. */
static int
make_mounts(void *of)
{
	struct mounts_job *j = of;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->plan.n; i++) {
		struct mount_op *op = &j->plan.ops[i];

		if (!is_tmpfs(op))
			r = wrap(make_one(j, op), "%s", op->destination);
	}
	return r;
}

static int
join_mounts(void *of)
{
	struct mounts_job *j = of;
	int r = ns_join(j->init, j->namespaces & (CLONE_NEWNS | CLONE_NEWUSER));

	if (r < 0)
		return r;
	if (j->namespaces & CLONE_NEWUSER && (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0))
		return fail(errno, "become root of the user namespace");
	r = hide(NULL);		/* again: with the user, fs.suid_dumpable has a say */
	if (r < 0)
		return r;
	j->rootfs.root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return j->rootfs.root_fd < 0 ? fail(errno, "open /") : 0;
}

/* The last one first: it may be in another. */
static void
detach_all(struct mounts_job *j)
{
	autowords words = err_keep();

	while (j->n_attached > 0)
		mountfd_detach(j->fds, j->plan.ops[--j->n_attached].tree);
}

static int
attach_one(struct mounts_job *j, struct mount_op *op)
{
	int r = is_tmpfs(op) ? wrap(make_one(j, op), "%s", op->destination) : 0;

	if (r == 0)
		r = mount_do(&j->rootfs, op);
	j->n_attached += r == 0;
	return r;
}

static int
attach_mounts(void *of)
{
	struct mounts_job *j = of;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->plan.n; i++)
		r = attach_one(j, &j->plan.ops[i]);
	if (r == 0)
		r = rootfs_finish_late(&j->rootfs);
	if (r < 0)
		detach_all(j);
	return r;
}

static int
find_mount(const struct mounts_job *j, const char *destination)
{
	/* No links: what was looked at in the plan is what is meant. */
	int place = resolve_open_plain(j->rootfs.root_fd, destination, O_PATH);
	int r = place < 0 ? place : mount_check_there(place);

	if (r < 0) {
		close_at(&place);
		return wrap(r, "%s", destination);
	}
	return place;
}

/* None at all, if one of them cannot be found. */
static int
check_mounts(void *of)
{
	const struct mounts_job *j = of;
	int r = 0;

	for (size_t i = 0; r >= 0 && j->mounts[i]; i++) {
		autoclose int place = find_mount(j, j->mounts[i]->destination);

		r = place;
	}
	return r < 0 ? r : 0;
}

/*
 * What is detached cannot be attached again, but a copy of it can.  Of one that is unbindable there
 * is none: it goes without.
 */
static int
detach_one(const struct mounts_job *j, const char *destination, int *copy)
{
	autoclose int place = find_mount(j, destination);

	if (place < 0)
		return place;
	*copy = mountfd_clone(place, "", AT_RECURSIVE);
	return wrap(mountfd_detach(j->fds, place), "%s", destination);
}

static void
attach_again(const struct mounts_job *j, const char *destination, int copy)
{
	autowords words = err_keep();
	autoclose int place = resolve_open_plain(j->rootfs.root_fd, destination, O_PATH);

	if (copy < 0 || place < 0 || mountfd_attach(copy, place) < 0)
		warn("%s cannot be mounted again", destination);
}

/* The last one first: it may be in another. */
static int
detach_mounts(void *of)
{
	const struct mounts_job *j = of;
	size_t n = 0, left;
	int r = 0;

	while (j->mounts[n])
		n++;
	autofree int *copies = xcalloc(n, sizeof(*copies));
	for (left = n; r >= 0 && left > 0; left--)
		r = detach_one(j, j->mounts[left - 1]->destination, &copies[left - 1]);
	/* The one that failed is still there. */
	for (size_t i = left + 1; r < 0 && i < n; i++)
		attach_again(j, j->mounts[i]->destination, copies[i]);
	return r < 0 ? r : 0;
}

static const struct step steps[][8] = {
	[MOUNTS_ADD] = {
		{ "not dumpable", hide, NULL, NULL },
		{ "descriptors", open_fds, NULL, NULL },
		{ "namespaces", join_shown, NULL, NULL },
		/* With the host's root and privileges, and before the container is in sight. */
		{ "mounts", make_mounts, NULL, NULL },
		{ "mount namespace", join_mounts, NULL, NULL },
		{ "mounts", attach_mounts, NULL, NULL },
		{ 0 },
	},
	[MOUNTS_REMOVE] = {
		{ "not dumpable", hide, NULL, NULL },
		{ "descriptors", open_fds, NULL, NULL },
		{ "mount namespace", join_mounts, NULL, NULL },
		{ "mounts", check_mounts, NULL, NULL },
		{ "mounts", detach_mounts, NULL, NULL },
		{ 0 },
	},
};

_Noreturn void
mounts_child(struct mounts_job *j, int sock)
{
	int r = steps_run(steps[j->change], j);

	if (r < 0)
		sync_tell_error(sock, r);
	_exit(r < 0);
}
