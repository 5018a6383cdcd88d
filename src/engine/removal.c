#include "engine/removal.h"

#include "engine/bundle.h"
#include "engine/container.h"
#include "engine/events.h"
#include "engine/names.h"
#include "engine/oci.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <stdio.h>

void
oci_delete(const struct engine *e, const struct container *c)
{
	const char *const words[] = { "delete", "--force", c->id, NULL };
	autowords keep = err_keep();

	oci_run(e, c, &(struct oci_call){
		.words = words, .in = -EBADF, .out = -EBADF, .err = -EBADF });
}

static int
remove_dir(int parent, const char *name)
{
	autoclose int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (dir < 0)
		return errno == ENOENT ? 0 : fail(errno, "open %s", name);
	r = dir_remove_below(dir, NULL);
	if (r == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = fail(errno, "remove %s", name);
	return r;
}

void
container_clear_state(const struct engine *e, const struct container *c)
{
	autowords keep = err_keep();

	remove_dir(e->state_fd, c->id);
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
	r = remove_dir(e->root_fd, away);
	if (v == REMOVE_VOLUMES)
		bundle_drop_volumes(e, c);
	event_add(e, "container", "destroy", c->id, "name", c->name, NULL);
	return wrap(r, "remove container %s", c->name);
}
