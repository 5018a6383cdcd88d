#include "engine/volume.h"

#include "engine/lock.h"
#include "engine/names.h"
#include "engine/record.h"
#include "engine/store.h"
#include "engine/users.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/ptrs.h"
#include "base/str.h"
#include "base/strv.h"
#include "base/tree.h"
#include "engine/pairs.h"
#include "kernel/resolve.h"
#include "libocispec/document.h"

#include <stdio.h>

#define NAME_LENGTH_MAX 128
#define RECORD_MAX	(1u << 20)

TYPE(volume, "volume",
	F_STRING(volume, created_at, "CreatedAt"),
	F_STRING(volume, driver, "Driver"),
	F_MAP(volume, labels, "Labels", oci_pair),
	F_STRING(volume, mountpoint, "Mountpoint"),
	F_STRING(volume, name, "Name", .must = true),
	F_MAP(volume, options, "Options", oci_pair),
	F_STRING(volume, scope, "Scope"),
	F_BOOL(volume, anonymous, "Anonymous"),
);

int
volume_check_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	size_t n = strspn(name, letters);

	if (!n || name[n] || strchr("_.-", *name))
		return fail(0, "\"%s\" is no name of a volume: letters, digits, \"_\", \".\" and "
			       "\"-\", a letter or digit first", name);
	if (n > NAME_LENGTH_MAX)
		return fail(0, "the name of a volume has %d characters at most", NAME_LENGTH_MAX);
	return 0;
}

int
volumes_use(const struct engine *e)
{
	return wrap(lock_at(e->root_fd, "volumes/.lock", LOCK_SHARED), "volumes");
}

char *
volume_data(const char *name)
{
	return xasprintf("volumes/%s/_data", name);
}

/* -- finding -- */

static struct volume *
read_volume(const struct engine *e, const char *name)
{
	autofree char *path = xasprintf("volumes/%s/volume.json", name), *text = NULL;
	struct volume *v = xcalloc(1, sizeof(*v));
	struct oci_source source = { .name = path };
	int r = file_read_at(e->root_fd, path, RECORD_MAX, &text, &source.len);

	source.text = text;
	if (r == 0)
		r = oci_decode(&volume_type, &source, v);
	if (r == 0)
		return v;
	oci_free(&volume_type, v);
	errno = -r;
	return NULL;
}

int
volume_find(const struct engine *e, const char *name, struct volume **volume)
{
	int r = volume_check_name(name);

	if (r < 0)
		return r;
	*volume = read_volume(e, name);
	if (*volume)
		return 0;
	return errno == ENOENT ? fail_plain(ENOENT, "no such volume: %s", name) : -errno;
}

static int
by_name(const void *a, const void *b)
{
	const struct volume *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* What is no volume, or goes at this moment, is left out. */
int
volumes_list(const struct engine *e, struct volume ***list)
{
	autodir d = NULL;
	struct dirent *entry;
	int fd = openat(e->root_fd, "volumes", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*list = NULL;
	if (fd < 0 || !(d = fdopendir(fd)))
		return fail(errno, "open %s/volumes", e->root);
	while ((errno = 0, entry = readdir(d))) {
		struct volume *v = *entry->d_name == '.' ? NULL : read_volume(e, entry->d_name);

		if (v)
			ptrs_push(list, v);
	}
	if (*list)
		qsort(*list, ptrs_len(*list), sizeof(**list), by_name);
	return 0;
}

/* -- making -- */

static struct volume *
new_volume(const struct engine *e, const char *name, bool anonymous,
	   struct oci_pair *const *labels)
{
	struct volume *v = xcalloc(1, sizeof(*v));

	v->name = xstrdup(name);
	v->driver = xstrdup("local");
	v->scope = xstrdup("local");
	v->mountpoint = xasprintf("%s/volumes/%s/_data", e->root, name);
	v->created_at = xstrdup(clock_now().s);
	if (anonymous)
		v->anonymous = (struct oci_bool){ true, true };
	for (; labels && *labels; labels++)
		pairs_set(&v->labels, (*labels)->key, (*labels)->value);
	return v;
}

/* Made elsewhere and renamed: what has the name is whole. */
static int
publish(const struct engine *e, const struct store_temp *t, const struct volume *v)
{
	autofree char *text = oci_encode(&volume_type, v, OCI_INDENTED);
	autofree char *place = xasprintf("volumes/%s", v->name);
	int r = file_replace_at(t->fd, "volume.json", text, strlen(text), 0600);

	if (r < 0)
		return r;
	if (mkdirat(t->fd, "_data", 0755) < 0 || fchmodat(t->fd, "_data", 0755, 0) < 0 ||
	    fchmod(t->fd, 0711) < 0)
		return fail(errno, "make the volume's directory");
	r = store_sync(e);
	if (r < 0)
		return r;
	if (renameat(e->root_fd, t->name, e->root_fd, place) < 0)
		return errno == EEXIST || errno == ENOTEMPTY ? -EEXIST
							     : fail(errno, "rename to %s", place);
	return store_sync_dir(e, "volumes");
}

static int
make(const struct engine *e, struct volume *v)
{
	autotemp temp = STORE_TEMP_NONE;
	int r = store_temp_dir(e, &temp);

	return r < 0 ? r : publish(e, &temp, v);
}

int
volume_create(const struct engine *e, const char *name, struct oci_pair *const *labels,
	      struct volume **volume)
{
	struct long_id id = random_id();
	int r = name ? volume_check_name(name) : 0;

	if (r < 0)
		return r;
	*volume = name ? read_volume(e, name) : NULL;
	if (*volume)
		return 0;
	*volume = new_volume(e, name ? name : id.s, !name, labels);
	r = make(e, *volume);
	if (r == 0)
		return 0;
	oci_free(&volume_type, take(*volume));
	return r == -EEXIST ? volume_find(e, name ? name : id.s, volume) : wrap(r, "volume");
}

/* -- removing -- */

static bool
uses(const struct container *c, const char *name)
{
	for (struct mount_point **m = c->mounts; m && *m; m++)
		if (streq((*m)->type, "volume") && (*m)->name && streq((*m)->name, name))
			return true;
	return false;
}

struct user_search {
	const char *volume;
	char ***users;
};

static int
note_user(void *arg, const struct container *c)
{
	const struct user_search *s = arg;

	if (uses(c, s->volume))
		strv_add(s->users, c->name);
	return 0;
}

/* A record that cannot be read is an error: it may be the one that names the volume. */
int
volume_users(const struct engine *e, const char *name, char ***users)
{
	return store_users(e, note_user, &(struct user_search){ name, users });
}

static int
check_unused(const struct engine *e, const char *name)
{
	autostrv users = NULL;
	autostr names = { 0 };
	int r = volume_users(e, name, &users);

	for (char **u = users; r == 0 && u && *u; u++)
		str_addf(&names, "%s%s", names.len ? ", " : "", *u);
	if (r < 0 || !users)
		return r;
	return hint(fail_plain(EBUSY, "volume %s is in use by %s", name, names.s),
		    "remove the container%s first", users[1] ? "s" : "");
}

/* It is gone with the rename; what is left if we are killed then, the store removes. */
int
volume_remove(const struct engine *e, const char *name)
{
	autofree char *place = xasprintf("volumes/%s", name);
	autofree char *away = xasprintf("tmp/removed-%s", name);
	int r = volume_check_name(name);
	autoclose int lock = r < 0 ? r : lock_at(e->root_fd, "volumes/.lock", LOCK_WHOLE);

	if (lock < 0)
		return lock;
	if (faccessat(e->root_fd, place, F_OK, 0) < 0)
		return errno == ENOENT ? fail_plain(ENOENT, "no such volume: %s", name)
				       : fail(errno, "volume %s", name);
	r = check_unused(e, name);
	if (r == 0)
		r = tree_remove_at(e->root_fd, away);
	if (r < 0)
		return r;
	if (renameat(e->root_fd, place, e->root_fd, away) < 0)
		return fail(errno, "remove volume %s", name);
	return wrap(tree_remove_at(e->root_fd, away), "remove volume %s", name);
}

/* -- its first content -- */

static bool
is_empty(int dir)
{
	autodir d = NULL;
	struct dirent *entry;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t n = 0;

	if (fd < 0 || !(d = fdopendir(fd)))
		return false;
	while ((entry = readdir(d)))
		n += !streq(entry->d_name, ".") && !streq(entry->d_name, "..");
	return n == 0;
}

/* What another process was killed over begins anew, unless a second container has it. */
static int
clear_half(const struct engine *e, const char *name, int dir, int data)
{
	autostrv users = NULL;
	int r = 0;

	if (faccessat(dir, "seeding", F_OK, 0) < 0)
		return 0;
	r = volume_users(e, name, &users);
	if (r == 0 && strv_len(users) < 2)
		r = dir_remove_below(data, NULL);
	return r;
}

static int
seed(int dir, int data, int from)
{
	struct stat st;
	int r;

	if (fstat(from, &st) < 0)
		return fail(errno, "stat");
	r = file_replace_at(dir, "seeding", "", 0, 0600);
	if (r == 0)
		r = tree_copy(from, data);
	if (r == 0)
		r = tree_copy_inode(from, data, &st);
	if (r == 0 && unlinkat(dir, "seeding", 0) < 0)
		r = fail(errno, "remove seeding");
	return r;
}

int
volume_seed(const struct engine *e, const char *name, int root, const char *place)
{
	autofree char *path = xasprintf("volumes/%s", name);
	autoclose int dir = openat(e->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int data = dir < 0 ? -EBADF
		: openat(dir, "_data", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	autoclose int from = resolve_open(root, place, O_RDONLY | O_DIRECTORY);
	int r;

	if (data < 0)
		return fail(errno, "volume %s", name);
	if (from == -ENOENT || from == -ENOTDIR)	/* nothing, or nothing that fits */
		return 0;
	autoclose int lock = from < 0 ? from : lock_at(dir, "lock", LOCK_WHOLE);
	if (lock < 0)
		return wrap(lock, "volume %s", name);
	r = clear_half(e, name, dir, data);
	if (r == 0 && is_empty(data))
		r = seed(dir, data, from);
	return wrap(r, "fill volume %s from %s", name, place);
}
