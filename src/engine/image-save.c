#include "engine/image.h"

#include "engine/helper-run.h"
#include "engine/helper.h"
#include "engine/image-index.h"
#include "engine/reference.h"
#include "engine/store.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"

#include <stdio.h>

/* docker's and containerd's word for the whole name. */
#define ANNOTATION_NAME "io.containerd.image.name"

/* An image that is saved: its descriptor, by which of its names. */
struct saved {
	struct image image;
	struct oci_descriptor *manifest;	/* the one that is written */
	char **names;				/* whole; empty: all of no name */
};

struct saving {
	const struct engine *e;
	const struct image_save *req;
	struct store_temp temp;
	struct saved *at;
	size_t n;
	struct str members;			/* lines for the helper */
	char **have;				/* blobs that are members already */
};

static void
saving_done(struct saving *s)
{
	for (size_t i = 0; i < s->n; i++) {
		image_done(&s->at[i].image);
		oci_free(&oci_descriptor_type, s->at[i].manifest);
		strv_free(s->at[i].names);
	}
	free(s->at);
	str_done(&s->members);
	strv_free(s->have);
	store_temp_done(&s->temp);
}

/* --- which --- */

static struct saved *
find_saved(struct saving *s, const char *digest)
{
	for (size_t i = 0; i < s->n; i++)
		if (streq(s->at[i].image.digest, digest))
			return &s->at[i];
	return NULL;
}

static int
add_name(struct saving *s, const struct oci_index *index, const char *name)
{
	autofree char *whole = index_whole_name(index, name);
	struct image image = { 0 };
	struct saved *saved;
	int r = image_find_in(s->e, index, name, &image);

	if (r < 0)
		return r;
	saved = find_saved(s, image.digest);
	if (saved) {
		image_done(&image);
	} else {
		s->at = xrealloc(s->at, s->n + 1, sizeof(*s->at));
		saved = &s->at[s->n++];
		*saved = (struct saved){ .image = image };
	}
	if (whole && !strv_has(saved->names, whole))
		strv_push(&saved->names, take(whole));
	return 0;
}

static int
choose(struct saving *s)
{
	struct oci_index index;
	int r = index_read(s->e, &index);

	if (r < 0)
		return r;
	for (char *const *name = s->req->names; r == 0 && *name; name++)
		r = add_name(s, &index, *name);
	oci_done(&oci_index_type, &index);
	return r;
}

/* --- members of the archive --- */

static void
add_member(struct saving *s, const char *member, const char *file)
{
	str_addf(&s->members, "%s\t%s\n", member, file);
}

static char *
member_of(const char *digest)
{
	return xasprintf("blobs/%.6s/%s", digest, digest_hex(digest));
}

static void
add_blob(struct saving *s, const char *digest)
{
	autofree char *member = member_of(digest), *file = blob_path(digest), *here = NULL;

	if (strv_has(s->have, digest))
		return;
	strv_add(&s->have, digest);
	/* One that was made for the archive. */
	here = digest_file(digest);
	if (faccessat(s->temp.fd, here, F_OK, 0) == 0) {
		free(file);
		file = xasprintf("%s/%s", s->temp.name, here);
	}
	add_member(s, member, file);
}

static int
add_text(struct saving *s, const char *name, const char *text)
{
	autofree char *file = xasprintf("%s/%s", s->temp.name, name);
	int r = file_replace_at(s->temp.fd, name, text, strlen(text), 0600);

	add_member(s, name, file);
	return r;
}

/* --- layers in another compression: other blobs, another manifest --- */

static void
packed_done(struct packed *p)
{
	oci_done(&packed_type, p);
}

static const char *
media_type_of(const char *compress)
{
	return streq(compress, "none") ? OCI_MEDIA_LAYER :
	       streq(compress, "gzip") ? OCI_MEDIA_LAYER "+gzip" : OCI_MEDIA_LAYER "+zstd";
}

static int
compress_layer(struct saving *s, struct oci_descriptor *d, const char *diff_id)
{
	const char *args[] = { "compress", "--compress", s->req->compress, NULL };
	autoclose int in = blob_open(s->e, -EBADF, d->digest);
	autoclose int out = openat(s->temp.fd, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
				   0600);
	auto_(packed_done) struct packed said = { 0 };
	autofree char *file = NULL;
	int r;

	if (in < 0)
		return in;
	if (out < 0)
		return fail(errno, "create a blob");
	r = helper_run(&(struct helper_job){ .args = args, .in = in, .out = out, .dir = -EBADF },
		       &packed_type, &said);
	if (r < 0)
		return r;
	if (!streq(said.diff_id, diff_id))
		return fail_plain(EBADMSG, "its content is %s, not %s", said.diff_id, diff_id);
	file = digest_file(said.digest);
	if (renameat(s->temp.fd, "new", s->temp.fd, file) < 0)
		return fail(errno, "rename a blob");
	free(d->digest);
	free(d->media_type);
	d->digest = take(said.digest);
	d->media_type = xstrdup(media_type_of(s->req->compress));
	d->size = said.size;
	return 0;
}

/* A manifest of docker's kind becomes one of OCI: docker's has no zstd. */
static void
make_oci(struct oci_manifest *m)
{
	free(m->media_type);
	m->media_type = xstrdup(OCI_MEDIA_MANIFEST);
	free(m->config->media_type);
	m->config->media_type = xstrdup(OCI_MEDIA_CONFIG);
}

static int
compress_layers(struct saving *s, struct saved *saved)
{
	struct oci_manifest *m = saved->image.manifest;
	char *const *diff_ids = saved->image.config->rootfs->diff_ids;
	autofree char *text = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && m->layers && m->layers[i]; i++)
		r = wrap(compress_layer(s, m->layers[i], diff_ids[i]), "layer %s", diff_ids[i]);
	if (r < 0)
		return r;
	make_oci(m);
	text = oci_encode(&oci_manifest_type, m, OCI_COMPACT);
	return blob_write(s->temp.fd, OCI_MEDIA_MANIFEST, text, saved->manifest);
}

static int
make_manifest(struct saving *s, struct saved *saved)
{
	const struct image *image = &saved->image;
	const char *type = image->manifest->media_type;
	uint64_t size;
	int r;

	saved->manifest = xcalloc(1, sizeof(*saved->manifest));
	if (s->req->compress)
		return compress_layers(s, saved);
	r = blob_size(s->e, -EBADF, image->digest, &size);
	saved->manifest->media_type = xstrdup(type ? type : OCI_MEDIA_MANIFEST);
	saved->manifest->digest = xstrdup(image->digest);
	saved->manifest->size = (struct oci_uint){ size, true };
	return r;
}

static int
add_image(struct saving *s, struct saved *saved)
{
	int r = make_manifest(s, saved);

	if (r < 0)
		return wrap(r, "image %s", saved->image.id);
	for (struct oci_descriptor **d = saved->image.manifest->layers; d && *d; d++)
		add_blob(s, (*d)->digest);
	add_blob(s, saved->image.id);
	add_blob(s, saved->manifest->digest);
	return 0;
}

/* --- what names them --- */

static struct oci_pair *
pair(const char *key, const char *value)
{
	struct oci_pair *p = xcalloc(1, sizeof(*p));

	p->key = xstrdup(key);
	p->value = xstrdup(value);
	return p;
}

static void
push_descriptor(struct oci_index *index, size_t *n, const struct saved *saved, const char *name)
{
	struct oci_descriptor *d = oci_copy(&oci_descriptor_type, saved->manifest);

	if (name) {
		d->annotations = xcalloc(3, sizeof(*d->annotations));
		d->annotations[0] = pair(ANNOTATION_NAME, name);
		d->annotations[1] = pair(OCI_ANNOTATION_REF_NAME, name);
	}
	index->manifests = xrealloc(index->manifests, *n + 2, sizeof(*index->manifests));
	index->manifests[(*n)++] = d;
	index->manifests[*n] = NULL;
}

static int
add_index(struct saving *s)
{
	struct oci_index index = { .schema_version = { 2, true } };
	autofree char *text = NULL;
	size_t n = 0;

	index.media_type = xstrdup(OCI_MEDIA_INDEX);
	for (size_t i = 0; i < s->n; i++) {
		if (!s->at[i].names)
			push_descriptor(&index, &n, &s->at[i], NULL);
		for (char **name = s->at[i].names; name && *name; name++)
			push_descriptor(&index, &n, &s->at[i], *name);
	}
	text = oci_encode(&oci_index_type, &index, OCI_COMPACT);
	oci_done(&oci_index_type, &index);
	int r = add_text(s, "index.json", text);
	return r < 0 ? r : add_text(s, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
}

static struct docker_archive *
docker_row(const struct saved *saved)
{
	struct docker_archive *row = xcalloc(1, sizeof(*row));

	row->config = member_of(saved->image.id);
	for (char **name = saved->names; name && *name; name++)
		strv_push(&row->repo_tags, reference_familiar(*name));
	row->layers = xcalloc(1, sizeof(char *));
	for (struct oci_descriptor **d = saved->image.manifest->layers; d && *d; d++)
		strv_push(&row->layers, member_of((*d)->digest));
	return row;
}

static int
add_docker(struct saving *s)
{
	struct docker_archive **rows = xcalloc(s->n + 1, sizeof(*rows));
	autofree char *text = NULL;

	for (size_t i = 0; i < s->n; i++)
		rows[i] = docker_row(&s->at[i]);
	text = oci_encode_list(&docker_archive_type, (void *const *)rows, OCI_COMPACT);
	oci_free_list(&docker_archive_type, (void **)rows);
	return add_text(s, "manifest.json", text);
}

static int
write_archive(struct saving *s)
{
	static const char *const args[] = { "archive", NULL };

	return helper_run(&(struct helper_job){ .args = args, .in = -EBADF, .input = s->members.s,
						.out = s->req->out, .dir = s->e->root_fd },
			  NULL, NULL);
}

static int
save(struct saving *s)
{
	int r = store_temp_dir(s->e, &s->temp);

	if (r == 0)
		r = choose(s);
	for (size_t i = 0; r == 0 && i < s->n; i++)
		r = add_image(s, &s->at[i]);
	if (r == 0)
		r = add_index(s);
	/* Both in one, as newer docker does: old and new programs read it. */
	if (r == 0 && s->req->format == IMAGE_DOCKER_ARCHIVE)
		r = add_docker(s);
	return r < 0 ? r : write_archive(s);
}

int
image_save(const struct engine *e, const struct image_save *req)
{
	autoclose int use = store_use(e);
	auto_(saving_done) struct saving s = { .e = e, .req = req, .temp = STORE_TEMP_NONE };

	int r = use < 0 ? use : save(&s);

	for (size_t i = 0; r == 0 && i < s.n; i++)
		image_tell(e, "save", s.at[i].image.id,
			   s.at[i].names ? s.at[i].names[0] : s.at[i].image.id);
	return r;
}
