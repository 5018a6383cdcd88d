#include "engine/image-index.h"

#include "engine/reference.h"
#include "engine/store.h"
#include "engine/users.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

static struct oci_descriptor *
descriptor_of(const struct oci_index *index, const char *digest)
{
	for (struct oci_descriptor *const *d = index->manifests; d && *d; d++)
		if (streq((*d)->digest, digest))
			return *d;
	return NULL;
}

int
image_tag(const struct engine *e, const struct image *image, const char *whole_name)
{
	auto_(index_done) struct index_change c = INDEX_CHANGE_NONE;
	const struct oci_descriptor *d;
	int r = index_begin(e, &c);

	if (r < 0)
		return r;
	d = descriptor_of(&c.index, image->digest);
	if (!d)
		return fail_plain(ENOENT, "no such image: %s", image->id);
	index_add(&c.index, d, whole_name);
	r = index_commit(e, &c);
	if (r == 0)
		image_tell(e, "tag", image->id, whole_name);
	return r;
}

/* --- removal --- */

struct removal {
	const struct engine *e;
	struct index_change change;
	const char *name;		/* as it was given */
	const char *whole;		/* NULL: it was an ID */
	struct image image;
	struct images same;		/* all manifests that are this image */
	enum image_remove how;
	char ***said;
	char **untagged;		/* whole names */
	bool deleted;
};

static void
removal_done(struct removal *r)
{
	index_done(&r->change);
	image_done(&r->image);
	images_done(&r->same);
	strv_free(r->untagged);
}

static int
check_unused(const struct removal *r)
{
	autofree char *id = NULL;
	int n = r->how == IMAGE_REMOVE_FORCE ? 0 : store_image_user(r->e, r->image.id, &id);

	if (n <= 0)
		return n;
	n = fail_plain(EBUSY, "image %s is used by container %.12s", r->name, id);
	return hint(n, "remove the container first, or use --force: it keeps what it has");
}

static void
say_untagged(struct removal *r, const char *whole)
{
	autofree char *familiar = reference_familiar(whole);

	strv_add(&r->untagged, whole);
	strv_push(r->said, xasprintf("Untagged: %s", familiar));
}

/* After the fact. */
static void
tell(const struct removal *r)
{
	for (char **name = r->untagged; name && *name; name++)
		image_tell(r->e, "untag", r->image.id ? r->image.id : "", *name);
	if (r->deleted)
		image_tell(r->e, "delete", r->image.id, r->name);
}

static void
drop_image(struct removal *r)
{
	for (size_t i = 0; i < r->same.n; i++) {
		for (char *const *name = r->same.at[i].names; name && *name; name++)
			say_untagged(r, *name);
		index_remove(&r->change.index, r->same.at[i].digest);
	}
	strv_push(r->said, xasprintf("Deleted: %s", r->image.id));
	r->deleted = true;
}

/* One of several names. */
static void
drop_name(struct removal *r)
{
	index_unname(&r->change.index, r->whole);
	/* The image has other names, by another manifest. */
	if (strv_len(r->image.names) == 1)
		index_remove(&r->change.index, r->image.digest);
	say_untagged(r, r->whole);
}

static size_t
count_names(const struct images *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += strv_len(list->at[i].names);
	return n;
}

static int
remove_it(struct removal *r)
{
	size_t names = count_names(&r->same);
	int n;

	if (r->whole && names > 1) {
		drop_name(r);
		return 0;
	}
	if (names > 1 && r->how != IMAGE_REMOVE_FORCE) {
		n = fail_plain(EBUSY, "image %s has %zu names", r->name, names);
		return hint(n, "remove them one by one, or all with --force");
	}
	n = check_unused(r);
	if (n == 0)
		drop_image(r);
	return n;
}

/* Keeps of the list those of the image. */
static void
keep_same(struct removal *r)
{
	struct images *list = &r->same;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (streq(list->at[i].id, r->image.id))
			list->at[n++] = list->at[i];
		else
			image_done(&list->at[i]);
	list->n = n;
}

/* The name of what cannot be read can go all the same, and the image with its last. */
static int
remove_broken(struct removal *r)
{
	struct oci_index *index = &r->change.index;
	autofree char *digest = xstrdup(index_find(index, r->whole)->digest);

	index_unname(index, r->whole);
	if (!index_has_name(index, digest))
		index_remove(index, digest);
	say_untagged(r, r->whole);
	return 0;
}

static int
find_and_remove(struct removal *r)
{
	int n = image_find_in(r->e, &r->change.index, r->name, &r->image);

	if (r->whole && image_is_broken(n))
		return remove_broken(r);
	if (n == 0)
		n = images_of(r->e, &r->change.index, &r->same);
	if (n < 0)
		return n;
	keep_same(r);
	return remove_it(r);
}

static int
remove_and_commit(struct removal *r)
{
	autofree char *whole = NULL;
	int n = index_begin(r->e, &r->change);

	if (n < 0)
		return n;
	whole = index_whole_name(&r->change.index, r->name);
	r->whole = whole;
	n = find_and_remove(r);
	r->whole = NULL;
	if (n == 0)
		n = index_commit(r->e, &r->change);
	if (n == 0)
		tell(r);
	return n;
}

int
image_remove(const struct engine *e, const char *name, enum image_remove how, char ***said)
{
	auto_(removal_done) struct removal r = { .e = e, .change = INDEX_CHANGE_NONE, .name = name,
						 .how = how, .said = said };

	return remove_and_commit(&r);
}
