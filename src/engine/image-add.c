#include "engine/image-add.h"

#include "engine/image-index.h"
#include "engine/layer-make.h"
#include "engine/platform.h"
#include "engine/reference.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

#include <fcntl.h>
#include <sys/stat.h>

static int
make_dir(int at, const char *name)
{
	int fd;

	if (mkdirat(at, name, 0700) < 0)
		return fail(errno, "make %s", name);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open %s", name) : fd;
}

int
image_addition_begin(const struct engine *e, struct image_addition *a)
{
	int r;

	a->blobs = a->layers = -EBADF;
	a->temp = (struct store_temp)STORE_TEMP_NONE;
	a->use = store_use(e);
	if (a->use < 0)
		return a->use;
	store_temp_sweep(e);
	r = store_temp_dir(e, &a->temp);
	if (r < 0)
		return r;
	a->blobs = make_dir(a->temp.fd, "blobs");
	if (a->blobs < 0)
		return a->blobs;
	a->layers = make_dir(a->temp.fd, "layers");
	return a->layers < 0 ? a->layers : 0;
}

void
image_addition_done(struct image_addition *a)
{
	close_at(&a->blobs);
	close_at(&a->layers);
	store_temp_done(&a->temp);
	close_at(&a->use);
}

/* --- what came is what it says --- */

static int
check_blob(const struct engine *e, const struct image_addition *a, const struct oci_descriptor *d)
{
	uint64_t size;
	int r = blob_size(e, a->blobs, d->digest, &size);

	if (r < 0)
		return r;
	return size == d->size.v ? 0 :
	       fail_plain(EBADMSG, "%s: %llu bytes, but the manifest says %llu", d->digest,
		    (unsigned long long)size, (unsigned long long)d->size.v);
}

static int
check_image(const struct engine *e, const struct image_addition *a, const struct image *image)
{
	int r = platform_check(a->platform, image->config);

	if (r == 0 && !streq(image->config->os, "linux"))
		r = fail(0, "the image is for %s, which does not run here", image->config->os);
	if (r == 0)
		r = wrap(check_blob(e, a, image->manifest->config), "configuration");
	for (struct oci_descriptor *const *d = image->manifest->layers; r == 0 && d && *d; d++)
		r = wrap(check_blob(e, a, *d), "layer");
	return r;
}

/* --- into the store --- */

static int
make_layers(const struct engine *e, const struct layer_making *m, const struct image *image)
{
	size_t n;
	autofree struct layer_source *layers = image_layers(image, &n);

	return layers_make(e, m, layers, n);
}

static int
adopt_image(const struct engine *e, const struct image_addition *a, const struct layer_making *m,
	    const struct image *image)
{
	size_t n;
	autofree struct layer_source *layers = image_layers(image, &n);
	int r = layers_adopt(e, m, layers, n);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = blob_adopt(e, a->blobs, layers[i].digest);
	if (r == 0)
		r = blob_adopt(e, a->blobs, image->id);
	return r < 0 ? r : blob_adopt(e, a->blobs, image->digest);
}

static int
read_images(const struct engine *e, const struct image_addition *a,
	    struct loaded_image *const *loaded, struct images *list)
{
	int r = 0;

	for (; r == 0 && loaded && *loaded; loaded++) {
		struct image image = { 0 };
		const struct oci_descriptor *d = (*loaded)->manifest;

		r = wrap(check_blob(e, a, d), "manifest");
		if (r == 0)
			r = image_read(e, a->blobs, d->digest, &image);
		if (r < 0)
			return r;
		list->at = xrealloc(list->at, list->n + 1, sizeof(*list->at));
		list->at[list->n++] = image;
		r = check_image(e, a, &image);
	}
	return r;
}

/* Another manifest of the same configuration is the same image: without a name nobody misses it. */
static void
drop_double(const struct engine *e, struct oci_index *index, const char *digest, const char *id)
{
	auto_(images_done) struct images list = { 0 };
	autowords words = err_keep();

	if (images_of(e, index, &list) < 0)
		return;
	for (size_t i = 0; i < list.n; i++)
		if (streq(list.at[i].id, id) && !streq(list.at[i].digest, digest) &&
		    !list.at[i].names)
			index_remove(index, list.at[i].digest);
}

static int
add_to_index(const struct engine *e, struct loaded_image *const *loaded, const struct images *list)
{
	auto_(index_done) struct index_change c = INDEX_CHANGE_NONE;
	int r = index_begin(e, &c);

	if (r < 0)
		return r;
	for (size_t i = 0; i < list->n; i++) {
		char **names = loaded[i]->names;

		if (!strv_len(names))
			index_add(&c.index, loaded[i]->manifest, NULL);
		for (; names && *names; names++)
			index_add(&c.index, loaded[i]->manifest, *names);
		drop_double(e, &c.index, list->at[i].digest, list->at[i].id);
	}
	return index_commit(e, &c);
}

int
image_addition_commit(const struct engine *e, const struct image_addition *a,
		      struct loaded_image *const *loaded)
{
	struct layer_making m = { .dir = a->layers, .blobs = a->blobs, .progress = a->progress,
				  .arg = a->arg };
	auto_(images_done) struct images list = { 0 };
	int r = read_images(e, a, loaded, &list);

	for (size_t i = 0; r == 0 && i < list.n; i++)
		r = make_layers(e, &m, &list.at[i]);
	/* All that needs room is made and on the disk; now it gets its names. */
	if (r >= 0)
		r = store_sync(e);
	for (size_t i = 0; r == 0 && i < list.n; i++)
		r = adopt_image(e, a, &m, &list.at[i]);
	if (r == 0)
		r = store_sync_dir(e, "oci/blobs/sha256");
	return r < 0 ? r : add_to_index(e, loaded, &list);
}
