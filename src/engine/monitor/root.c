#include "engine/monitor/monitor.h"

#include "engine/layer.h"

#include "kernel/mountfd.h"
#include "kernel/mountinfo.h"

#include "base/err.h"
#include "base/file.h"

#include <sched.h>

/*
 * What we mount is below the mount that the store is in: nothing that is mounted there in our
 * namespace shows in the host's, but what is unmounted there goes here as well.  All other mounts
 * stay shared with the host's, for a volume may ask for that.
 */
static int
enter_namespace(const struct engine *e)
{
	auto_(mountinfo_done) struct mountinfo all = { 0 };
	const struct mountinfo_row *store;
	uint64_t id;
	int r;

	if (unshare(CLONE_NEWNS) < 0)
		return fail(errno, "make a mount namespace");
	r = mountfd_id(AT_FDCWD, e->root, &id);
	if (r == 0)
		r = mountinfo_read(&all, 0);
	if (r < 0)
		return r;
	store = mountinfo_find(&all, id);
	if (!store)
		return fail(ENOENT, "find the mount of the store");
	if (mount(NULL, store->place, NULL, MS_SLAVE, NULL) < 0)
		return fail(errno, "make the mount of %s a slave", store->place);
	return 0;
}

/*
 * What was opened before is of the namespace that we left, and mounts cannot be attached there:
 * the same by its path is of ours.
 */
static int
reopen(int *fd, const char *path)
{
	int again = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (again < 0)
		return fail(errno, "open %s", path);
	if (dup3(again, *fd, O_CLOEXEC) < 0) {
		close(again);
		return fail(errno, "dup");
	}
	close(again);
	return 0;
}

static int
overlay(struct monitor *m)
{
	autoclose int upper = openat(m->dir, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int work = openat(m->dir, "work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (upper < 0 || work < 0)
		return fail(errno, "open the directories of the overlay");
	return overlay_mount(m->e, &(struct overlay){
		.layers = m->c->layers, .upper = upper, .work = work,
		.passing = m->c->host->auto_remove.v });
}

/* Once; "copied" says that it was completed. */
static int
copy_layers(struct monitor *m, int place)
{
	int r = faccessat(m->dir, "copied", F_OK, 0);

	if (r == 0)
		return 0;
	r = dir_remove_below(place, NULL);
	if (r == 0)
		r = layers_copy(m->e, m->c->layers, place);
	return r < 0 ? r : file_replace_at(m->dir, "copied", "", 0, 0600);
}

static int
mount_rootfs(struct monitor *m)
{
	autoclose int place = openat(m->dir, "rootfs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd = -EBADF;

	if (place < 0)
		return fail(errno, "open rootfs");
	fd = m->c->rootfs ? mountfd_clone(AT_FDCWD, m->c->rootfs, AT_RECURSIVE) : overlay(m);
	if (fd == -EOPNOTSUPP)
		return copy_layers(m, place);
	return fd < 0 ? fd : mountfd_attach(fd, place);
}

int
monitor_mount(struct monitor *m)
{
	autofree char *dir = container_path(m->e, m->c);
	int r = enter_namespace(m->e);

	if (r == 0)
		r = reopen(&m->dir, dir);
	return r < 0 ? r : mount_rootfs(m);
}

void
monitor_unmount(struct monitor *m)
{
	autofree char *place = container_path(m->e, m->c);
	autofree char *rootfs = xasprintf("%s/rootfs", place);

	umount2(rootfs, MNT_DETACH | UMOUNT_NOFOLLOW);
}
