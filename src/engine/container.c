#include "engine/container.h"

#include "engine/bundle.h"
#include "engine/events.h"
#include "engine/store.h"
#include "engine/lock.h"
#include "engine/names.h"
#include "engine/volume.h"

#include "libocispec/document.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/stat.h>

#define RECORD_BYTES (4u << 20)
#define ID_LEN	     64		/* hexadecimal digits */

static char *
dir_name(const struct container *c)
{
	return xasprintf("containers/%s", c->id);
}

int
container_dir(const struct engine *e, const struct container *c)
{
	autofree char *name = dir_name(c);
	int fd = openat(e->root_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? fail(errno, "container %s", c->name) : fd;
}

char *
container_path(const struct engine *e, const struct container *c)
{
	return xasprintf("%s/containers/%s", e->root, c->id);
}

int
container_lock(const struct engine *e, const struct container *c)
{
	autofree char *name = xasprintf("containers/%s/lock", c->id);

	return wrap(lock_at(e->root_fd, name, LOCK_WHOLE), "container %s", c->name);
}

static int
read_record(const struct engine *e, const char *id, struct container **c)
{
	autofree char *name = xasprintf("containers/%s/container.json", id);
	autofree char *text = NULL;
	autofree struct container *found = xcalloc(1, sizeof(*found));
	struct oci_source source = { .name = name };
	int r = file_read_at(e->root_fd, name, RECORD_BYTES, &text, &source.len);

	source.text = text;
	/* Empty: see container_write(). */
	if (r == 0 && source.len == 0)
		return fail_plain(ENOENT, "%s is empty", name);
	if (r == 0)
		r = oci_decode(&container_type, &source, found);
	if (r == 0)
		*c = take(found);
	return r;
}

static int
write_record(int dir, const struct container *c)
{
	autofree char *text = oci_encode(&container_type, c, OCI_COMPACT);

	/* One with --rm need not outlive the host: who makes many does not wait for the disk. */
	if (c->host->auto_remove.v)
		return file_replace_at(dir, "container.json", text, strlen(text), 0600);
	return file_replace_synced_at(dir, "container.json", text, strlen(text), 0600);
}

int
container_write(const struct engine *e, const struct container *c)
{
	autoclose int dir = container_dir(e, c);

	return dir < 0 ? dir : wrap(write_record(dir, c), "container %s", c->name);
}

/* --- finding them ---------------------------------------------------------------------- */

static bool
is_start_of_id(const char *word)
{
	size_t n = strspn(word, "0123456789abcdef");

	return n > 0 && n <= ID_LEN && word[n] == 0;
}

static bool
is_whole_id(const char *word)
{
	return strlen(word) == ID_LEN && is_start_of_id(word);
}

static int
open_list(const struct engine *e, DIR **list)
{
	autoclose int fd = openat(e->root_fd, "containers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*list = fd < 0 ? NULL : fdopendir(fd);
	if (!*list)
		return fail(errno, "list containers");
	take_fd(fd);
	return 0;
}

static int
no_such(const struct engine *e, const char *name)
{
	return fail_plain(ENOENT, "no such container: %s%s", name, name_guess(e, name).s);
}

/* The one ID that begins so. */
static int
complete_id(const struct engine *e, const char *start, char **id)
{
	autodir list = NULL;
	autofree char *found = NULL;
	int r;

	/* A whole one, as monitors ask for, does not take a look at thousands of others. */
	if (is_whole_id(start)) {
		*id = xstrdup(start);
		return 0;
	}
	r = open_list(e, &list);
	if (r < 0)
		return r;
	for (struct dirent *d; (d = readdir(list));) {
		if (!str_after(d->d_name, start))
			continue;
		if (found)
			return fail_plain(EINVAL, "%s: more than one container has an ID that"
					  " begins so", start);
		found = xstrdup(d->d_name);
	}
	if (!found)
		return no_such(e, start);
	*id = take(found);
	return 0;
}

int
container_find(const struct engine *e, const char *name, struct container **c)
{
	autofree char *id = NULL;
	int r;

	if (name_check(name) < 0)
		return no_such(e, name);
	/* A whole ID stands for its container, whatever somebody called another one. */
	r = is_whole_id(name) ? read_record(e, name, c) : -ENOENT;
	if (r != -ENOENT)
		return r;
	r = name_find(e, name, &id);
	if (r == 0)
		r = read_record(e, id, c);
	if (r != -ENOENT)
		return r;
	if (!is_start_of_id(name))
		return no_such(e, name);
	free(take(id));
	r = complete_id(e, name, &id);
	if (r == 0)
		r = read_record(e, id, c);
	return r == -ENOENT ? no_such(e, name) : r;
}

static int
later_first(const void *a, const void *b)
{
	const struct container *const *x = a, *const *y = b;
	const char *cx = (*x)->created, *cy = (*y)->created;
	int order = strcmp(cy ? cy : "", cx ? cx : "");

	return order ? order : strcmp((*x)->id, (*y)->id);
}

int
containers_list(const struct engine *e, struct containers *all)
{
	autodir list = NULL;
	int r = open_list(e, &list);
	size_t room = 0;

	*all = (struct containers){ 0 };
	if (r < 0)
		return r;
	for (struct dirent *d; (d = readdir(list));) {
		if (!is_start_of_id(d->d_name))
			continue;
		if (all->n == room) {
			room = room ? 2 * room : 16;
			all->at = xrealloc(all->at, room, sizeof(*all->at));
		}
		/* One that is being removed, or cannot be read, does not hide the others. */
		if (read_record(e, d->d_name, &all->at[all->n]) == 0)
			all->n++;
	}
	if (all->n)
		qsort(all->at, all->n, sizeof(*all->at), later_first);
	return 0;
}

void
containers_done(struct containers *list)
{
	for (size_t i = 0; i < list->n; i++)
		oci_free(&container_type, list->at[i]);
	free(list->at);
	*list = (struct containers){ 0 };
}

/* --- making one ------------------------------------------------------------------------- */

/* An ID of digits alone would be taken for a number by some. */
static char *
invent_id(void)
{
	for (;;) {
		struct long_id id = random_id();

		if (strspn(id.s, "0123456789") < 12)
			return xstrdup(id.s);
	}
}

static int
make_dirs(int dir)
{
	static const struct { const char *name; mode_t mode; } dirs[] = {
		{ "rootfs", 0711 }, { "upper", 0755 }, { "work", 0700 },
	};

	for (size_t i = 0; i < countof(dirs); i++)
		if (mkdirat(dir, dirs[i].name, dirs[i].mode) < 0)
			return fail(errno, "mkdir %s", dirs[i].name);
	/* That of the container's root is the upper directory's: no umask may change it. */
	return fchmodat(dir, "upper", 0755, 0) < 0 ? fail(errno, "chmod upper") : 0;
}

static int
write_created(int dir)
{
	struct status status = { .status = (char[]){ "created" } };
	autofree char *text = oci_encode(&status_type, &status, OCI_COMPACT);

	return file_replace_at(dir, "status.json", text, strlen(text), 0600);
}

static int
fill(const struct engine *e, const struct store_temp *temp, struct container *c)
{
	int r = make_dirs(temp->fd);

	if (r == 0)
		r = bundle_write_etc(e, c, temp->fd);
	if (r == 0)
		r = write_created(temp->fd);
	return r;
}

/* The name, and the directory in its place: from here on the container is there. */
static int
publish(const struct engine *e, const struct store_temp *temp, struct container *c)
{
	autoclose int lock = names_lock(e);
	autofree char *place = dir_name(c);
	int r = lock;

	if (r < 0)
		return r;
	if (!c->name)
		c->name = name_invent(e);
	r = write_record(temp->fd, c);
	if (r == 0)
		r = name_take(e, c->name, c->id);
	if (r < 0)
		return r;
	if (renameat(e->root_fd, temp->name, e->root_fd, place) < 0) {
		r = fail(errno, "rename %s to %s", temp->name, place);
		name_drop(e, c->name);
	}
	return r;
}

/* No volume goes before the record names it. */
static int
make(const struct engine *e, const struct store_temp *temp, struct container *c)
{
	autoclose int volumes = volumes_use(e);
	int r = volumes < 0 ? volumes : bundle_volumes(e, c);

	if (r == 0)
		r = fill(e, temp, c);
	return r == 0 ? publish(e, temp, c) : r;
}

/* Before anything is made, so that a name that is taken costs nothing. */
static int
check_name(const struct engine *e, const struct container *c)
{
	autofree char *holder = NULL;

	if (!c->name)
		return 0;
	if (name_check(c->name) < 0)
		return -EINVAL;
	if (!name_is_taken(e, c->name, &holder))
		return 0;
	return name_is_anothers(c->name, holder);
}

/* Only the runtime that makes it knows it: whoever comes later is to find the same one. */
static int
record_runtime(const struct engine *e, struct container *c)
{
	struct engine with = *e;
	autofree char *path = NULL;
	int r;

	if (has_text(c->host->runtime))
		with.runtime = c->host->runtime;
	if (!with.runtime)
		return 0;
	r = engine_find_runtime(&with, &path);
	if (r == 0) {
		char *old = c->host->runtime;

		c->host->runtime = strchr(with.runtime, '/') ? take(path) : xstrdup(with.runtime);
		free(old);
	}
	return r;
}

int
container_create(const struct engine *e, struct container *c, const struct image *image)
{
	autotemp temp = STORE_TEMP_NONE;
	int r = check_name(e, c);

	if (r == 0)
		r = bundle_complete(c, image);
	if (r == 0)
		r = bundle_join(e, c);
	if (r == 0)
		r = record_runtime(e, c);
	if (r < 0)
		return r;
	c->id = invent_id();
	c->created = xstrdup(clock_now().s);
	if (!has_text(c->config->hostname))
		c->config->hostname = xstrdup(short_id(c->id).s);
	r = store_temp_dir(e, &temp);
	if (r == 0)
		r = make(e, &temp, c);
	if (r < 0) {
		bundle_drop_volumes(e, c);
		return r;
	}
	debug("container %s: made in %s/containers/%s", c->name, e->root, c->id);
	event_add(e, "container", "create", c->id, "name", c->name, "image",
		  c->config->image ? c->config->image : "", NULL);
	return 0;
}

/* --- changing it ------------------------------------------------------------------------- */

/* With the locks; c is what the record says now. */
static int
rename_to(const struct engine *e, const struct container *c, const char *name)
{
	struct container renamed = *c;
	int r = name_check(name);

	if (r == 0 && streq(name, c->name))
		return fail(0, "container %s has that name", name);
	if (r == 0)
		r = name_take(e, name, c->id);
	if (r < 0)
		return r;
	renamed.name = (char *)(uintptr_t)name;
	r = container_write(e, &renamed);
	name_drop(e, r < 0 ? name : c->name);
	if (r == 0)
		event_add(e, "container", "rename", c->id, "name", name, "oldName", c->name, NULL);
	return r;
}

int
container_rename(const struct engine *e, const struct container *c, const char *name)
{
	autoclose int lock = container_lock(e, c);
	autoclose int names = lock < 0 ? lock : names_lock(e);
	struct container *now = NULL;
	/* Others may have changed it since the caller looked. */
	int r = names < 0 ? names : container_find(e, c->id, &now);

	if (r == 0)
		r = rename_to(e, now, name);
	oci_free(&container_type, now);
	return r;
}
