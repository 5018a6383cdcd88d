#include "engine/inventory.h"

#include "engine/disk.h"
#include "engine/layer.h"
#include "engine/store.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

#include <search.h>

void
inventory_done(struct inventory *inv)
{
	for (size_t i = 0; i < inv->n_containers; i++) {
		oci_free(&container_type, inv->containers[i].c);
		oci_free(&status_type, inv->containers[i].status);
	}
	for (size_t i = 0; i < inv->n_volumes; i++)
		oci_free(&volume_type, inv->volumes[i].v);
	free(inv->containers);
	free(inv->images);
	free(inv->volumes);
	images_done(&inv->list);
	*inv = (struct inventory){ 0 };
}

/* Of what goes at this moment nothing is left to be counted. */
static int
bytes_of(const struct engine *e, const char *path, uint64_t *bytes)
{
	autoclose int dir = openat(e->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*bytes = 0;
	if (dir < 0)
		return errno == ENOENT ? 0 : fail(errno, "open %s/%s", e->root, path);
	return wrap(disk_below(dir, bytes), "%s/%s", e->root, path);
}

/* --- containers and volumes ------------------------------------------------------------------ */

static int
take_container(const struct engine *e, struct container *c, struct inventory *inv)
{
	struct inventory_container *x = &inv->containers[inv->n_containers];
	autofree char *path = xasprintf("containers/%s", c->id);
	int r = container_status(e, c, &x->status);

	if (r == 0)
		r = bytes_of(e, path, &x->bytes);
	x->c = c;
	if (x->status)
		inv->n_containers++;
	else
		oci_free(&container_type, c);
	return r == -ENOENT ? 0 : r;
}

static int
take_containers(const struct engine *e, struct inventory *inv)
{
	struct containers all;
	int r = containers_list(e, &all);

	inv->containers = xcalloc(all.n + 1, sizeof(*inv->containers));
	for (size_t i = 0; r == 0 && i < all.n; i++)
		r = take_container(e, take(all.at[i]), inv);
	containers_done(&all);
	return r;
}

static int
take_volumes(const struct engine *e, struct inventory *inv)
{
	struct volume **list = NULL;
	int r = volumes_list(e, &list);
	size_t n = 0;

	while (list && list[n])
		n++;
	inv->volumes = xcalloc(n + 1, sizeof(*inv->volumes));
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct inventory_volume *x = &inv->volumes[inv->n_volumes++];
		autofree char *data = volume_data(list[i]->name);

		x->v = list[i];
		r = bytes_of(e, data, &x->bytes);
	}
	/* The volumes are ours from here on. */
	for (size_t i = inv->n_volumes; i < n; i++)
		oci_free(&volume_type, list[i]);
	free(list);
	return r;
}

/* --- images ---------------------------------------------------------------------------- */

static bool
has_layer(const struct image *image, const char *diff_id)
{
	return image->config->rootfs && strv_has(image->config->rootfs->diff_ids, diff_id);
}

static bool
is_shared(const struct inventory *inv, const struct image *image, const char *diff_id)
{
	for (size_t i = 0; i < inv->list.n; i++)
		if (&inv->list.at[i] != image && has_layer(&inv->list.at[i], diff_id))
			return true;
	return false;
}

static void
take_image(const struct engine *e, const struct image *image, struct inventory *inv)
{
	struct inventory_image *x = &inv->images[inv->n_images++];
	char **id = image->config->rootfs ? image->config->rootfs->diff_ids : NULL;
	autowords words = err_keep();
	uint64_t bytes;

	x->image = image;
	for (; id && *id; id++)
		if (!is_shared(inv, image, *id) && layer_size(e, *id, &bytes) == 0)
			x->unique += bytes;
}

/* Layers say how large they are: nobody has to look at each of their files. */
static int
bytes_of_layers(const struct engine *e, uint64_t *bytes)
{
	int fd = openat(e->root_fd, "layers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir list = fd < 0 ? NULL : fdopendir(fd);
	autowords words = err_keep();

	*bytes = 0;
	if (!list) {
		close_at(&fd);
		return errno == ENOENT ? 0 : fail(errno, "open %s/layers", e->root);
	}
	for (struct dirent *d; (d = readdir(list));) {
		autofree char *file = xasprintf("layers/%s/size", d->d_name), *text = NULL;
		uint64_t size;

		if (file_read_at(e->root_fd, file, 32, &text, NULL) == 0 &&
		    parse_uint(text, UINT64_MAX, &size) == 0)
			*bytes += size;
	}
	return 0;
}

static int
take_images(const struct engine *e, struct inventory *inv)
{
	uint64_t blobs, layers;
	int r = images_list(e, &inv->list);

	if (r == 0)
		r = bytes_of(e, "oci/blobs", &blobs);
	if (r == 0)
		r = bytes_of_layers(e, &layers);
	if (r < 0)
		return r;
	inv->image_bytes = blobs + layers;
	inv->images = xcalloc(inv->list.n + 1, sizeof(*inv->images));
	for (size_t i = 0; i < inv->list.n; i++)
		take_image(e, &inv->list.at[i], inv);
	return 0;
}

int
inventory_take(const struct engine *e, struct inventory *inv)
{
	int r = take_containers(e, inv);

	if (r == 0)
		r = take_images(e, inv);
	return r < 0 ? r : take_volumes(e, inv);
}

/* --- who uses what ----------------------------------------------------------------------- */

size_t
inventory_image_users(const struct inventory *inv, const struct inventory_image *image)
{
	size_t n = 0;

	for (size_t i = 0; i < inv->n_containers; i++) {
		const struct inventory_container *x = &inv->containers[i];

		n += !x->goes && x->c->image && streq(x->c->image, image->image->id);
	}
	return n;
}

static bool
uses_volume(const struct container *c, const char *name)
{
	for (struct mount_point **m = c->mounts; m && *m; m++)
		if ((*m)->name && streq((*m)->name, name))
			return true;
	return false;
}

size_t
inventory_volume_users(const struct inventory *inv, const struct inventory_volume *v)
{
	size_t n = 0;

	for (size_t i = 0; i < inv->n_containers; i++)
		n += !inv->containers[i].goes && uses_volume(inv->containers[i].c, v->v->name);
	return n;
}

/* --- what of the images is needed ------------------------------------------------------------ */

/* Names that were counted: a tree of tsearch(3). */
struct needs {
	const struct engine *e;
	void *seen;
	uint64_t bytes;
};

static int
compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool
is_new(struct needs *n, const char *name)
{
	if (tfind(name, &n->seen, compare_names))
		return false;
	if (!tsearch(xstrdup(name), &n->seen, compare_names))
		out_of_memory();
	return true;
}

static void
need_layer(struct needs *n, const char *diff_id)
{
	autofree char *dir = layer_path(diff_id);
	autowords words = err_keep();
	uint64_t bytes;

	/* A blob may have the same digest. */
	if (is_new(n, dir) && layer_size(n->e, diff_id, &bytes) == 0)
		n->bytes += bytes;
}

static void
need_blob(struct needs *n, const struct oci_descriptor *d)
{
	if (d && d->digest && is_new(n, d->digest))
		n->bytes += d->size.v;
}

static void
need_manifest(struct needs *n, const char *digest)
{
	autowords words = err_keep();
	uint64_t bytes;

	if (is_new(n, digest) && blob_size(n->e, -EBADF, digest, &bytes) == 0)
		n->bytes += bytes;
}

static void
need_image(struct needs *n, const struct image *image)
{
	const struct oci_manifest *m = image->manifest;
	char **id = image->config->rootfs ? image->config->rootfs->diff_ids : NULL;

	need_manifest(n, image->digest);
	need_blob(n, m->config);
	for (struct oci_descriptor **d = m->layers; d && *d; d++)
		need_blob(n, *d);
	for (; id && *id; id++)
		need_layer(n, *id);
}

uint64_t
inventory_image_bytes_needed(const struct engine *e, const struct inventory *inv)
{
	struct needs n = { .e = e };

	for (size_t i = 0; i < inv->n_images; i++)
		if (!inv->images[i].goes)
			need_image(&n, inv->images[i].image);
	for (size_t i = 0; i < inv->n_containers; i++) {
		char **id = inv->containers[i].goes ? NULL : inv->containers[i].c->layers;

		for (; id && *id; id++)
			need_layer(&n, *id);
	}
	tdestroy(n.seen, free);
	return n.bytes < inv->image_bytes ? n.bytes : inv->image_bytes;
}
