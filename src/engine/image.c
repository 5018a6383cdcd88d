#include "engine/image-index.h"

#include "engine/events.h"
#include "engine/layer.h"
#include "engine/reference.h"
#include "engine/store.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/log.h"
#include "base/guess.h"
#include "base/str.h"
#include "base/strv.h"

#include <stdio.h>

void
image_done(struct image *image)
{
	free(image->digest);
	free(image->id);
	strv_free(image->names);
	oci_free(&oci_manifest_type, image->manifest);
	oci_free(&oci_image_type, image->config);
	*image = (struct image){ 0 };
}

void
images_done(struct images *list)
{
	for (size_t i = 0; i < list->n; i++)
		image_done(&list->at[i]);
	free(list->at);
	*list = (struct images){ 0 };
}

static size_t
descriptors(struct oci_descriptor *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

struct layer_source *
image_layers(const struct image *image, size_t *n)
{
	struct layer_source *layers;

	*n = strv_len(image->config->rootfs->diff_ids);
	layers = xcalloc(*n + 1, sizeof(*layers));
	for (size_t i = 0; i < *n; i++) {
		const struct oci_descriptor *d = image->manifest->layers[i];

		layers[i] = (struct layer_source){ d->digest, image->config->rootfs->diff_ids[i],
						   d->size.v };
	}
	return layers;
}

/* What is read of it later on holds for all of it. */
static int
check_image(const struct image *image)
{
	char *const *diff_ids = image->config->rootfs->diff_ids;
	size_t n = descriptors(image->manifest->layers);

	if (!streq(image->config->rootfs->type, "layers"))
		return fail(0, "rootfs.type is %s, not layers", image->config->rootfs->type);
	if (strv_len(diff_ids) != n)
		return fail(0, "the manifest has %zu layers, the configuration %zu", n,
			    strv_len(diff_ids));
	for (size_t i = 0; i < n; i++)
		if (!digest_is_valid(diff_ids[i]) ||
		    !digest_is_valid(image->manifest->layers[i]->digest))
			return fail(0, "layer %zu has no digest", i + 1);
	return 0;
}

int
image_read(const struct engine *e, int beside, const char *digest, struct image *image)
{
	int r;

	*image = (struct image){ .digest = xstrdup(digest),
				 .manifest = xcalloc(1, sizeof(struct oci_manifest)),
				 .config = xcalloc(1, sizeof(struct oci_image)) };
	r = blob_read(e, beside, &oci_manifest_type, digest, image->manifest);
	if (r == 0) {
		image->id = xstrdup(image->manifest->config->digest);
		r = blob_read(e, beside, &oci_image_type, image->id, image->config);
	}
	if (r == 0)
		r = check_image(image);
	if (r < 0)
		image_done(image);
	return wrap(r, "image %s", digest);
}

/* What is not unpacked counts nothing. */
static void
add_size(const struct engine *e, struct image *image)
{
	autowords words = err_keep();
	uint64_t size;

	for (char *const *id = image->config->rootfs->diff_ids; id && *id; id++)
		if (layer_size(e, *id, &size) == 0)
			image->size += size;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
complete(const struct engine *e, const struct oci_index *index, struct image *image)
{
	for (struct oci_descriptor *const *d = index->manifests; d && *d; d++) {
		const char *name = index_name(*d);

		if (streq((*d)->digest, image->digest) && name)
			strv_add(&image->names, name);
	}
	if (image->names)
		qsort(image->names, strv_len(image->names), sizeof(*image->names), compare_names);
	add_size(e, image);
	return 0;
}

static int
read_whole(const struct engine *e, const struct oci_index *index, const char *digest,
	   struct image *image)
{
	int r = image_read(e, -EBADF, digest, image);

	return r < 0 ? r : complete(e, index, image);
}

static bool
has_digest(const struct images *list, const char *digest)
{
	for (size_t i = 0; i < list->n; i++)
		if (streq(list->at[i].digest, digest))
			return true;
	return false;
}

/* RFC 3339 in UTC sorts by its letters; what is absent is oldest. */
static int
compare_age(const void *a, const void *b)
{
	const struct image *x = a, *y = b;
	int n = strcmp(y->config->created ? y->config->created : "",
		       x->config->created ? x->config->created : "");

	return n ? n : strcmp(x->digest, y->digest);
}

static int
add_image(const struct engine *e, const struct oci_index *index, const char *digest,
	  struct images *list)
{
	struct image image;
	int r;

	if (has_digest(list, digest))
		return 0;
	r = read_whole(e, index, digest, &image);
	if (r < 0)
		return r;
	list->at = xrealloc(list->at, list->n + 1, sizeof(*list->at));
	list->at[list->n++] = image;
	return 0;
}

int
images_of(const struct engine *e, const struct oci_index *index, struct images *list)
{
	int r = 0;

	*list = (struct images){ 0 };
	for (struct oci_descriptor *const *d = index->manifests; r == 0 && d && *d; d++) {
		r = add_image(e, index, (*d)->digest, list);
		r = image_is_broken(r) ? 0 : r;
	}
	if (r < 0)
		images_done(list);
	else if (list->n)
		qsort(list->at, list->n, sizeof(*list->at), compare_age);
	return r;
}

static void
index_free(struct oci_index *index)
{
	oci_done(&oci_index_type, index);
}

int
images_list(const struct engine *e, struct images *list)
{
	auto_(index_free) struct oci_index index;
	int r = index_read(e, &index);

	*list = (struct images){ 0 };
	return r < 0 ? r : images_of(e, &index, list);
}

void
image_tell(const struct engine *e, const char *action, const char *id, const char *name)
{
	autofree char *familiar = reference_familiar(name);

	event_add(e, "image", action, id, "name", familiar, NULL);
}

/* --- to find one --- */

/* NAME, as docker.io/library/NAME or as localhost/NAME: whole, or NULL; free() takes it. */
static char *
known_name(const struct oci_index *index, const struct reference *ref)
{
	autofree char *whole = reference_whole(ref), *local = NULL;
	const char *alone = str_after(ref->path, "library/");

	if (index_find(index, whole))
		return take(whole);
	if (!streq(ref->domain, "docker.io"))
		return NULL;
	local = xasprintf("localhost/%s:%s", alone ? alone : ref->path, ref->tag ? ref->tag : "");
	return index_find(index, local) ? take(local) : NULL;
}

char *
index_whole_name(const struct oci_index *index, const char *name)
{
	auto_(reference_done) struct reference ref = { 0 };
	autowords words = err_keep();

	if (reference_parse(name, &ref) < 0 || ref.digest)
		return NULL;
	return known_name(index, &ref);
}

static const char *
id_digits(const char *name)
{
	const char *digits = str_after(name, "sha256:");

	digits = digits ? digits : name;
	return *digits && strspn(digits, "0123456789abcdef") == strlen(digits) &&
	       strlen(digits) <= 64 ? digits : NULL;
}

/* The image whose ID or digest begins so; 0 none, 1 one, -EINVAL several. */
static int
match_id(const struct images *list, const char *name, size_t *at)
{
	const char *digits = id_digits(name), *found = NULL;

	for (size_t i = 0; digits && i < list->n; i++) {
		const struct image *image = &list->at[i];
		bool by_digest = streq(digest_hex(image->digest), digits);

		if (!by_digest && !str_after(digest_hex(image->id), digits))
			continue;
		if (found && !streq(found, image->id))
			return fail(0, "%s: several image IDs begin so", name);
		if (!found || by_digest)
			*at = i;
		found = image->id;
	}
	return found != NULL;
}

/* NAME@DIGEST: by the digest alone, which says all. */
static int
match_digest(const struct images *list, const char *name, size_t *at)
{
	const char *digest = strchr(name, '@');

	for (size_t i = 0; digest && i < list->n; i++)
		if (streq(list->at[i].digest, digest + 1)) {
			*at = i;
			return 1;
		}
	return 0;
}

static void
consider(struct guess *g, const char *said, const char *familiar)
{
	autofree char *repository = reference_familiar_repository(familiar);
	const char *slash = strrchr(repository, '/');

	guess_consider(g, said, familiar);
	guess_consider(g, said, repository);
	/* Of a longer name people know the end. */
	if (slash && streq(slash + 1, said))
		*g = (struct guess){ .word = familiar };
}

/* With the nearest name that there is. */
static int
fail_absent(const struct images *list, const char *name)
{
	int r = fail_plain(ENOENT, "no such image: %s", name);

	for (size_t i = 0; i < list->n; i++)
		for (char *const *n = list->at[i].names; n && *n; n++) {
			autofree char *familiar = reference_familiar(*n);
			struct guess g = { 0 };

			consider(&g, name, familiar);
			if (g.word)
				return hint(r, "did you mean %s?", familiar);
		}
	return hint(r, list->n ? "\"servin images\" lists those that are here" :
				 "there is none yet: \"servin load -i FILE\" reads an archive");
}

static int
find_in(const struct images *list, const char *name, size_t *at)
{
	int r = match_digest(list, name, at);

	if (r == 0)
		r = match_id(list, name, at);
	return r != 0 ? r : fail_absent(list, name);
}

static int
find_id(const struct engine *e, const struct oci_index *index, const char *name,
	struct image *image)
{
	auto_(images_done) struct images list = { 0 };
	size_t at = 0;
	int r = images_of(e, index, &list);

	if (r == 0)
		r = find_in(&list, name, &at);
	if (r < 0)
		return r;
	*image = list.at[at];
	list.at[at] = list.at[--list.n];
	return 0;
}

int
image_find_in(const struct engine *e, const struct oci_index *index, const char *name,
	      struct image *image)
{
	autofree char *whole = index_whole_name(index, name);

	if (whole)
		return read_whole(e, index, index_find(index, whole)->digest, image);
	return find_id(e, index, name, image);
}

int
image_find(const struct engine *e, const char *name, struct image *image)
{
	auto_(index_free) struct oci_index index;
	int r = index_read(e, &index);

	*image = (struct image){ 0 };
	if (r == 0)
		r = image_find_in(e, &index, name, image);
	if (r == 0)
		debug("image %s: manifest %s, configuration %s", name, image->digest, image->id);
	return r;
}
