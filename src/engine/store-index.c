#include "engine/store.h"

#include "engine/lock.h"
#include "engine/reference.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <stdio.h>

static const char layout[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

/* Written once, and then on the disk: without it the directory is no layout to others. */
static int
make_layout(const struct engine *e)
{
	if (faccessat(e->root_fd, "oci/oci-layout", F_OK, 0) == 0)
		return 0;
	return file_replace_at(e->root_fd, "oci/oci-layout", layout, sizeof(layout) - 1, 0644);
}

static int
check_index(const struct oci_index *index)
{
	for (struct oci_descriptor *const *d = index->manifests; d && *d; d++)
		if (!digest_is_valid((*d)->digest))
			return fail_plain(EBADMSG, "index.json: %s is no digest", (*d)->digest);
	return 0;
}

int
index_read(const struct engine *e, struct oci_index *index)
{
	autofree char *text = NULL;
	size_t len;
	int r = file_read_at(e->root_fd, "oci/index.json", OCI_DOCUMENT_MAX, &text, &len);

	*index = (struct oci_index){ 0 };
	if (r == -ENOENT)	/* no image yet */
		return 0;
	if (r == 0)
		r = oci_decode(&oci_index_type, &(struct oci_source){ "index.json", text, len },
			       index);
	if (r < 0)
		return wrap(r, "%s/oci", e->root);
	r = check_index(index);
	if (r < 0)
		oci_done(&oci_index_type, index);
	return r;
}

int
index_begin(const struct engine *e, struct index_change *c)
{
	*c = (struct index_change)INDEX_CHANGE_NONE;
	c->lock = lock_at(e->root_fd, "index.lock", LOCK_WHOLE);
	return c->lock < 0 ? c->lock : index_read(e, &c->index);
}

void
index_done(struct index_change *c)
{
	oci_done(&oci_index_type, &c->index);
	close_at(&c->lock);
	c->lock = -EBADF;
}

static int
replace_index(const struct engine *e, const char *text)
{
	int r = file_replace_synced_at(e->root_fd, "oci/index.json", text, strlen(text), 0644);

	return r < 0 ? r : store_sync_dir(e, "oci");
}

int
index_commit(const struct engine *e, const struct index_change *c)
{
	static struct oci_descriptor *none[1];
	struct oci_index index = c->index;
	autofree char *text = NULL;
	int r = make_layout(e);

	index.schema_version = (struct oci_uint){ 2, true };
	index.media_type = (char[]){ OCI_MEDIA_INDEX };
	if (!index.manifests)
		index.manifests = none;
	text = oci_encode(&oci_index_type, &index, OCI_COMPACT);
	return r < 0 ? r : wrap(replace_index(e, text), "%s", e->root);
}

static struct oci_pair *
name_of(const struct oci_descriptor *d)
{
	for (struct oci_pair *const *p = d->annotations; p && *p; p++)
		if (streq((*p)->key, OCI_ANNOTATION_REF_NAME))
			return *p;
	return NULL;
}

const char *
index_name(const struct oci_descriptor *d)
{
	const struct oci_pair *name = name_of(d);

	return name && has_text(name->value) ? name->value : NULL;
}

struct oci_descriptor *
index_find(const struct oci_index *index, const char *whole_name)
{
	for (struct oci_descriptor *const *d = index->manifests; d && *d; d++) {
		const char *name = index_name(*d);

		if (name && streq(name, whole_name))
			return *d;
	}
	return NULL;
}

static size_t
count(const struct oci_index *index)
{
	size_t n = 0;

	while (index->manifests && index->manifests[n])
		n++;
	return n;
}

static void
append(struct oci_index *index, struct oci_descriptor *d)
{
	size_t n = count(index);

	index->manifests = xrealloc(index->manifests, n + 2, sizeof(struct oci_descriptor *));
	index->manifests[n] = d;
	index->manifests[n + 1] = NULL;
}

static void
drop(struct oci_index *index, struct oci_descriptor *gone)
{
	struct oci_descriptor **to = index->manifests;

	for (struct oci_descriptor **d = index->manifests; *d; d++)
		if (*d != gone)
			*to++ = *d;
	*to = NULL;
	oci_free(&oci_descriptor_type, gone);
}

static size_t
count_of(const struct oci_index *index, const char *digest)
{
	size_t n = 0;

	for (struct oci_descriptor *const *d = index->manifests; d && *d; d++)
		n += streq((*d)->digest, digest);
	return n;
}

/* The same manifest with a name, or without. */
static struct oci_descriptor *
with_name(const struct oci_descriptor *manifest, const char *whole_name)
{
	struct oci_descriptor *d = xcalloc(1, sizeof(*d));

	d->media_type = xstrdup(manifest->media_type);
	d->digest = xstrdup(manifest->digest);
	d->size = manifest->size;
	if (whole_name) {
		d->annotations = xcalloc(2, sizeof(*d->annotations));
		d->annotations[0] = xcalloc(1, sizeof(**d->annotations));
		d->annotations[0]->key = xstrdup(OCI_ANNOTATION_REF_NAME);
		d->annotations[0]->value = xstrdup(whole_name);
	}
	return d;
}

void
index_unname(struct oci_index *index, const char *whole_name)
{
	struct oci_descriptor *d = index_find(index, whole_name);

	if (!d)
		return;
	if (count_of(index, d->digest) == 1)
		append(index, with_name(d, NULL));
	drop(index, d);
}

static struct oci_descriptor *
find_nameless(const struct oci_index *index, const char *digest)
{
	for (struct oci_descriptor *const *d = index->manifests; d && *d; d++)
		if (streq((*d)->digest, digest) && !index_name(*d))
			return *d;
	return NULL;
}

void
index_add(struct oci_index *index, const struct oci_descriptor *manifest, const char *whole_name)
{
	struct oci_descriptor *had = whole_name ? index_find(index, whole_name) : NULL, *nameless;

	if (had && streq(had->digest, manifest->digest))
		return;
	if (had)
		index_unname(index, whole_name);
	if (!whole_name && count_of(index, manifest->digest))
		return;
	append(index, with_name(manifest, whole_name));
	nameless = whole_name ? find_nameless(index, manifest->digest) : NULL;
	if (nameless)
		drop(index, nameless);
}

bool
index_has_name(const struct oci_index *index, const char *digest)
{
	return count_of(index, digest) > 0 && !find_nameless(index, digest);
}

void
index_remove(struct oci_index *index, const char *digest)
{
	struct oci_descriptor **d = index->manifests;

	while (d && *d)
		if (streq((*d)->digest, digest))
			drop(index, *d);
		else
			d++;
}
