#include "engine/removal.h"

#include "engine/bundle.h"
#include "engine/container.h"
#include "engine/events.h"
#include "engine/names.h"
#include "engine/oci.h"

#include "kernel/cgroupfs.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <stdio.h>

/* All of them name a directory by the ID, below their --root. */
bool
oci_has_state(const struct engine *e, const struct container *c)
{
	autofree char *state = xasprintf("runtime/%s", c->id);

	return faccessat(e->state_fd, state, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int
oci_delete(const struct engine *e, const struct container *c)
{
	const char *const words[] = { "delete", "--force", c->id, NULL };
	int r = 0;

	/* One that was killed at it can do it again. */
	for (int tried = 0; tried < 2 && oci_has_state(e, c); tried++)
		r = oci_run(e, c, &(struct oci_call){
			.words = words, .in = -EBADF, .out = -EBADF, .err = -EBADF });
	return oci_has_state(e, c) ? wrap(r < 0 ? r : -EBUSY, "container %s", c->name) : 0;
}

static bool
has_record(const struct engine *e, const char *id)
{
	autofree char *dir = xasprintf("containers/%s", id);

	return faccessat(e->root_fd, dir, F_OK, 0) == 0;
}

int
oci_sweep(const struct engine *e)
{
	autoclose int fd = openat(e->state_fd, "runtime", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir dir = fd < 0 ? NULL : fdopendir(fd);
	struct host_config host = { 0 };
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : fail(errno, "open %s/runtime", e->state);
	take_fd(fd);
	for (struct dirent *d; r == 0 && (d = readdir(dir));) {
		struct container c = { .id = d->d_name, .name = d->d_name, .host = &host };

		if (strlen(d->d_name) == 64 && !has_record(e, d->d_name))
			r = oci_delete(e, &c);
	}
	return r;
}

void
container_clear_state(const struct engine *e, const struct container *c)
{
	autowords keep = err_keep();

	tree_remove_at(e->state_fd, c->id);
}

static void
remove_cgroup(const struct container *c)
{
	autofree char *cgroup = bundle_cgroup(c);
	autoclose int root = cgroupfs_open_root();
	struct cgroupfs fs;

	if (root < 0 || strstr(cgroup, "..") || cgroupfs_find(&fs) < 0)
		return;
	for (size_t i = 0; i < fs.n; i++) {
		autofree char *path = xasprintf("%s%s", fs.h[i].dir, cgroup);

		cgroupfs_remove(root, path);
	}
}

void
oci_forget(const struct engine *e, const struct container *c)
{
	autowords keep = err_keep();
	autofree char *state = xasprintf("runtime/%s", c->id);

	remove_cgroup(c);
	tree_remove_at(e->state_fd, state);
}

/* The name that it has now, which need not be that of the record in hand. */
static void
drop_name(const struct engine *e, const struct container *c)
{
	autoclose int lock = names_lock(e);
	autofree char *id = NULL;

	if (lock >= 0 && name_find(e, c->name, &id) == 0 && streq(id, c->id))
		name_drop(e, c->name);
}

/*
 * It is gone with one rename; what takes time is behind that, and store_collect() ends what we
 * do not.
 */
int
container_erase(const struct engine *e, const struct container *c, enum removal_volumes v)
{
	autofree char *place = xasprintf("containers/%s", c->id);
	autofree char *away = xasprintf("tmp/removed-%s", c->id);
	int r;

	drop_name(e, c);
	if (renameat(e->root_fd, place, e->root_fd, away) < 0)
		return errno == ENOENT ? 0 : fail(errno, "remove container %s", c->name);
	r = tree_remove_at(e->root_fd, away);
	if (v == REMOVE_VOLUMES)
		bundle_drop_volumes(e, c);
	event_add(e, "container", "destroy", c->id, "name", c->name, NULL);
	return wrap(r, "remove container %s", c->name);
}
