#include "engine/image-add.h"

#include "engine/helper-run.h"
#include "engine/image-index.h"

#include "libocispec/document.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

#include <fcntl.h>
#include <stdio.h>

/* What is being made of a request. */
struct making {
	const struct engine *e;
	const struct image_commit *req;
	const struct image_addition *a;
	struct oci_image config;
	struct oci_manifest manifest;
};

static void
making_done(struct making *m)
{
	oci_done(&oci_image_type, &m->config);
	oci_done(&oci_manifest_type, &m->manifest);
}

/* Adds to a list that ends with NULL. */
static void
push(void ***list, void *element)
{
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	*list = xrealloc(*list, n + 2, sizeof(void *));
	(*list)[n] = element;
	(*list)[n + 1] = NULL;
}

/* Those of the base: blobs, diff ids and history. */
static void
add_base(struct making *m, const struct image *base)
{
	struct oci_image_history **h = base->config->history;

	for (struct oci_descriptor **d = base->manifest->layers; d && *d; d++)
		push((void ***)&m->manifest.layers, oci_copy(&oci_descriptor_type, *d));
	for (char **id = base->config->rootfs->diff_ids; id && *id; id++)
		strv_add(&m->config.rootfs->diff_ids, *id);
	for (; h && *h; h++)
		push((void ***)&m->config.history, oci_copy(&oci_image_history_type, *h));
}

static void
packed_done(struct packed *p)
{
	oci_done(&packed_type, p);
}

/* The tar becomes a blob as it is, without compression: that can be had at a save. */
static int
add_layer(struct making *m)
{
	static const char *const args[] = { "compress", "--compress", "none", NULL };
	autoclose int out = openat(m->a->blobs, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				   0600);
	auto_(packed_done) struct packed said = { 0 };
	struct oci_descriptor *d;
	int r;

	if (out < 0)
		return fail(errno, "create a blob");
	r = helper_run(&(struct helper_job){ .args = args, .in = m->req->layer, .out = out,
					     .dir = -EBADF, .what = "reading",
					     .progress = m->a->progress, .arg = m->a->arg },
		       &packed_type, &said);
	if (r < 0)
		return r;
	autofree char *file = digest_file(said.digest);
	if (renameat(m->a->blobs, "new", m->a->blobs, file) < 0)
		return fail(errno, "rename a blob");
	d = xcalloc(1, sizeof(*d));
	d->media_type = xstrdup(OCI_MEDIA_LAYER);
	d->digest = take(said.digest);
	d->size = said.size;
	push((void ***)&m->manifest.layers, d);
	strv_add(&m->config.rootfs->diff_ids, said.diff_id);
	return 0;
}

static void
add_history(struct making *m)
{
	struct oci_image_history *h = oci_copy(&oci_image_history_type, m->req->history);

	h = h ? h : xcalloc(1, sizeof(*h));
	if (!h->created)
		h->created = xstrdup(m->config.created);
	if (m->req->layer < 0)
		h->empty_layer = (struct oci_bool){ true, true };
	push((void ***)&m->config.history, h);
}

static int
make_parts(struct making *m)
{
	int r = 0;

	oci_merge(&oci_image_type, &m->config, m->req->config);
	oci_free_list(&oci_image_history_type, (void **)m->config.history);
	m->config.history = NULL;
	if (!m->config.created)
		m->config.created = xstrdup(clock_now().s);
	if (m->config.rootfs)
		strv_free(m->config.rootfs->diff_ids);
	else
		m->config.rootfs = xcalloc(1, sizeof(*m->config.rootfs));
	m->config.rootfs->diff_ids = NULL;
	free(m->config.rootfs->type);
	m->config.rootfs->type = xstrdup("layers");
	if (m->req->base)
		add_base(m, m->req->base);
	if (m->req->layer >= 0)
		r = add_layer(m);
	if (r == 0)
		add_history(m);
	return r;
}

static int
write_parts(struct making *m, struct oci_descriptor *manifest)
{
	static struct oci_descriptor *no_layer[1];
	static char *no_id[1];
	autofree char *config = NULL, *text = NULL;
	struct oci_manifest out;
	struct oci_image_rootfs rootfs = *m->config.rootfs;
	struct oci_image image = m->config;
	int r;

	/* An image of nothing says so, by empty lists. */
	if (!rootfs.diff_ids)
		rootfs.diff_ids = no_id;
	image.rootfs = &rootfs;
	config = oci_encode(&oci_image_type, &image, OCI_COMPACT);
	m->manifest.config = xcalloc(1, sizeof(*m->manifest.config));
	r = blob_write(m->a->blobs, OCI_MEDIA_CONFIG, config, m->manifest.config);
	if (r < 0)
		return r;
	m->manifest.schema_version = (struct oci_uint){ 2, true };
	m->manifest.media_type = xstrdup(OCI_MEDIA_MANIFEST);
	out = m->manifest;
	if (!out.layers)
		out.layers = no_layer;
	text = oci_encode(&oci_manifest_type, &out, OCI_COMPACT);
	return blob_write(m->a->blobs, OCI_MEDIA_MANIFEST, text, manifest);
}

static int
commit(const struct engine *e, const struct image_commit *req, const struct image_addition *a,
       char **digest)
{
	auto_(making_done) struct making m = { .e = e, .req = req, .a = a };
	struct oci_descriptor manifest = { 0 };
	char *names[] = { (char *)(uintptr_t)req->whole_name, NULL };
	struct loaded_image one = { .manifest = &manifest, .names = names };
	int r = make_parts(&m);

	if (r == 0)
		r = write_parts(&m, &manifest);
	if (r == 0)
		r = image_addition_commit(e, a, (struct loaded_image *[]){ &one, NULL });
	if (r == 0) {
		*digest = xstrdup(manifest.digest);
		/* A commit is the container's to tell. */
		if (!req->base)
			image_tell(e, "import", m.manifest.config->digest,
				   req->whole_name ? req->whole_name : "");
	}
	oci_done(&oci_descriptor_type, &manifest);
	return r;
}

int
image_commit(const struct engine *e, const struct image_commit *req, char **digest)
{
	struct image_addition a = { .progress = req->progress, .arg = req->arg };
	int r = image_addition_begin(e, &a);

	if (r == 0)
		r = commit(e, req, &a, digest);
	image_addition_done(&a);
	return r;
}
