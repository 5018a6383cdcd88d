#include "engine/store.h"

#include "engine/image-index.h"
#include "engine/layer.h"
#include "engine/lock.h"
#include "engine/reference.h"
#include "engine/source.h"
#include "engine/users.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

/* What is needed: names of blobs and of layers as they are in their directories. */
struct marks {
	const struct engine *e;
	char **manifests;		/* digests of those in the index */
	char **blobs, **layers;		/* digest_file()s, "sha256/HEX" for blobs */
};

static void
marks_done(struct marks *m)
{
	strv_free(m->manifests);
	strv_free(m->blobs);
	strv_free(m->layers);
}

static void
mark_blob(struct marks *m, const char *digest)
{
	if (digest_is_valid(digest))
		strv_push(&m->blobs, xasprintf("%.6s/%s", digest, digest_hex(digest)));
}

static void
mark_layers(struct marks *m, char *const *diff_ids)
{
	for (; diff_ids && *diff_ids; diff_ids++)
		if (digest_is_valid(*diff_ids))
			strv_push(&m->layers, digest_file(*diff_ids));
}

/* What cannot be read for a reason that may pass must not go. */
static int
mark_image(struct marks *m, const char *digest)
{
	auto_(image_done) struct image image = { 0 };
	int r = image_read(m->e, -EBADF, digest, &image);

	mark_blob(m, digest);
	if (r < 0)
		return image_is_broken(r) ? 0 : r;
	mark_blob(m, image.id);
	mark_layers(m, image.config->rootfs->diff_ids);
	for (struct oci_descriptor *const *d = image.manifest->layers; d && *d; d++)
		mark_blob(m, (*d)->digest);
	return 0;
}

/* A container keeps what its root is made of, and its image for commit. */
static int
mark_container(void *arg, const struct container *c)
{
	struct marks *m = arg;

	mark_layers(m, c->layers);
	if (c->image)
		mark_blob(m, c->image);
	return c->manifest && digest_is_valid(c->manifest) ? mark_image(m, c->manifest) : 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort(char **list)
{
	if (list)
		qsort(list, strv_len(list), sizeof(*list), compare);
}

static int
mark(struct marks *m)
{
	struct oci_index index;
	int r = index_read(m->e, &index);

	if (r < 0)
		return r;
	for (struct oci_descriptor *const *d = index.manifests; r == 0 && d && *d; d++) {
		strv_add(&m->manifests, (*d)->digest);
		r = mark_image(m, (*d)->digest);
	}
	oci_done(&oci_index_type, &index);
	if (r == 0)
		r = store_users(m->e, mark_container, m);
	sort(m->blobs);
	sort(m->layers);
	return r;
}

static bool
is_marked(char *const *sorted, const char *name)
{
	return sorted && bsearch(&name, sorted, strv_len(sorted), sizeof(*sorted), compare);
}

/* --- what is not marked goes --- */

struct sweep {
	const struct engine *e;
	const struct marks *marks;
	const struct store_temp *temp;
	struct store_freed *freed;
};

typedef int (*sweep_entry)(struct sweep *s, int dir, const char *name);

static int
each_entry(struct sweep *s, const char *path, sweep_entry each)
{
	int fd = openat(s->e->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	autodir dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		close_at(&fd);
		return errno == ENOENT ? 0 : fail(errno, "open %s/%s", s->e->root, path);
	}
	while (r == 0 && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			r = each(s, dirfd(dir), entry->d_name);
	return r;
}

static int
remove_blob(struct sweep *s, int dir, const char *algorithm, const char *name)
{
	autofree char *blob = xasprintf("%s/%s", algorithm, name);
	struct stat st;

	if (is_marked(s->marks->blobs, blob) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (unlinkat(dir, name, 0) < 0)
		return fail(errno, "remove blob %s", name);
	s->freed->bytes += (uint64_t)st.st_size;
	return 0;
}

static int
sweep_sha256(struct sweep *s, int dir, const char *name)
{
	return remove_blob(s, dir, "sha256", name);
}

static int
sweep_sha512(struct sweep *s, int dir, const char *name)
{
	return remove_blob(s, dir, "sha512", name);
}

/* Of what is to go: what cannot be told counts nothing. */
static uint64_t
size_of(const struct engine *e, const char *diff_id)
{
	autowords words = err_keep();
	uint64_t size = 0;

	return layer_size(e, diff_id, &size) < 0 ? 0 : size;
}

/* It is gone at once; what it was made of goes with the temporary directory. */
static int
sweep_layer(struct sweep *s, int dir, const char *name)
{
	const char *hex = str_after(name, "sha512-");
	autofree char *diff_id = xasprintf("sha%s:%s", hex ? "512" : "256", hex ? hex : name);
	uint64_t size;

	if (is_marked(s->marks->layers, name))
		return 0;
	size = size_of(s->e, diff_id);
	if (renameat(dir, name, s->temp->fd, name) < 0)
		return fail(errno, "remove layer %s", name);
	s->freed->bytes += size;
	strv_add(&s->freed->layers, diff_id);
	return 0;
}

/* What has an empty record is no container: see container_write(). */
static int
sweep_container(struct sweep *s, int dir, const char *name)
{
	autofree char *record = xasprintf("%s/container.json", name);
	struct stat st;

	if (fstatat(dir, record, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_size > 0)
		return 0;
	if (renameat(dir, name, s->temp->fd, name) < 0)
		return fail(errno, "remove container %s", name);
	return 0;
}

/* With the store's lock nobody makes anything: what has no lock beside it goes, too. */
static int
sweep_temp(struct sweep *s, int dir, const char *name)
{
	autofree char *lock = xasprintf("%s.lock", name);
	size_t n = strlen(name);

	if ((n > 5 && streq(name + n - 5, ".lock")) || faccessat(dir, lock, F_OK, 0) == 0 ||
	    streq(name, s->temp->name + 4))
		return 0;
	return wrap(tree_remove_at(dir, name), "tmp");
}

static int
sweep_all(const struct engine *e, const struct marks *m, const struct store_temp *t,
	  struct store_freed *freed)
{
	static const struct { const char *dir; sweep_entry each; } places[] = {
		{ "containers", sweep_container },
		{ "layers", sweep_layer },
		{ "oci/blobs/sha256", sweep_sha256 },
		{ "oci/blobs/sha512", sweep_sha512 },
		{ "tmp", sweep_temp },
	};
	struct sweep s = { e, m, t, freed };
	int r = source_collect(e, m->manifests);

	for (size_t i = 0; r == 0 && i < countof(places); i++)
		r = each_entry(&s, places[i].dir, places[i].each);
	return r;
}

static int
collect(const struct engine *e, struct store_freed *freed)
{
	auto_(marks_done) struct marks m = { .e = e };
	struct store_temp t = STORE_TEMP_NONE;
	int r;

	store_temp_sweep(e);
	r = mark(&m);
	if (r == 0)
		r = store_temp_dir(e, &t);
	if (r == 0)
		r = sweep_all(e, &m, &t, freed);
	store_temp_done(&t);
	return r;
}

int
store_collect(const struct engine *e, enum store_wait wait, struct store_freed *freed)
{
	struct store_freed unsaid = { 0 };
	autoclose int lock = wait == STORE_TRY ? lock_try_at(e->root_fd, "lock", LOCK_WHOLE) :
						 lock_at(e->root_fd, "lock", LOCK_WHOLE);
	int r = lock < 0 ? lock : collect(e, freed ? freed : &unsaid);

	strv_free(unsaid.layers);
	return r;
}

int
store_use(const struct engine *e)
{
	return lock_at(e->root_fd, "lock", LOCK_SHARED);
}
