/*
 * The view of docker save: manifest.json, which names members of the archive
 * for each image's configuration and layers.  It has no OCI manifest, so one is made.
 */
#include "servin-image/load.h"

#include "servin-image/archive.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

/* A member by the name that manifest.json has for it. */
static int
find(struct load *l, const char *name, const char *what, const struct member **m)
{
	autofree char *path = NULL;
	int r = path_clean(name, &path);

	if (r < 0)
		return wrap(r, "%s", what);
	*m = members_find(&l->members, path);
	if (*m && (*m)->digest)
		return 0;
	return fail_plain(ENOENT, "%s %.200s is not in the archive", what, name);
}

/* Names that end with a digest say what the content is: blobs/sha256/HEX and HEX.json. */
static int
check_name(const char *name, const struct member *m)
{
	const char *slash = strrchr(name, '/'), *hex = slash ? slash + 1 : name;
	size_t n = strspn(hex, "0123456789abcdef");

	if (n != 64 || !str_after(m->digest, "sha256:"))
		return 0;
	if (hex[n] ? !streq(hex + n, ".json") : !str_after(name, "blobs/"))
		return 0;
	return strncmp(m->digest + 7, hex, n) == 0 ? 0 :
	       fail_plain(EBADMSG, "%.200s: its content has the digest %s", name, m->digest);
}

static int
media_of_layer(const struct load *l, const struct member *m, char **media)
{
	unsigned char start[8];
	autoclose int fd = blobs_open(&l->blobs, m->digest);
	ssize_t n = fd < 0 ? 0 : read(fd, start, sizeof(start));

	if (fd < 0)
		return fd;
	if (n < 0)
		return fail(errno, "read %s", m->path);
	*media = xasprintf("%s%s", OCI_MEDIA_LAYER, packing_suffix(packing_of(start, (size_t)n)));
	return 0;
}

static struct oci_descriptor *
describe(const struct member *m, char *media)
{
	struct oci_descriptor *d = xcalloc(1, sizeof(*d));

	d->media_type = media;
	d->digest = xstrdup(m->digest);
	d->size = (struct oci_uint){ m->size, true };
	return d;
}

static int
add_layers(struct load *l, const struct docker_archive *row, struct oci_manifest *m)
{
	size_t n = strv_len(row->layers);

	if (n > LAYERS_MAX)
		return fail_plain(E2BIG, "%zu layers, more than %d", n, LAYERS_MAX);
	m->layers = xcalloc(n + 1, sizeof(*m->layers));
	for (size_t i = 0; i < n; i++) {
		const struct member *layer = NULL;
		char *media = NULL;
		int r = find(l, row->layers[i], "layer", &layer);

		if (r == 0)
			r = check_name(row->layers[i], layer);
		if (r == 0)
			r = media_of_layer(l, layer, &media);
		if (r < 0)
			return r;
		m->layers[i] = describe(layer, media);
	}
	return 0;
}

/* Whether the image is one that is wanted; only who asks for a platform passes others over. */
static int
is_wanted(struct load *l, const struct oci_manifest *m)
{
	struct oci_image config = { 0 };
	auto_(blobs_text_done) struct oci_source source = { 0 };
	int r = blobs_read(&l->blobs, m->config, "configuration", &source);

	if (r == 0)
		r = oci_decode(&oci_image_type, &source, &config);
	if (r < 0)
		return r;
	bool wanted = !l->platform.asked || platform_score(&l->platform, config.os,
							   config.architecture, config.variant);
	if (!wanted)
		load_pass_over(l, config.os, config.architecture, config.variant);
	oci_done(&oci_image_type, &config);
	return wanted;
}

/* The OCI view has it already: only the names are new. */
static bool
known(struct load *l, const char *config, char *const *names)
{
	bool found = false;

	for (size_t i = 0; i < l->n; i++) {
		if (!streq(l->configs[i], config))
			continue;
		found = true;
		for (; names && *names; names++)
			if (!strv_has(l->loaded.images[i]->names, *names))
				strv_add(&l->loaded.images[i]->names, *names);
		break;
	}
	return found;
}

static int
load_row(struct load *l, const struct docker_archive *row)
{
	struct oci_manifest *m = xcalloc(1, sizeof(*m));
	const struct member *config;
	int r = find(l, row->config, "configuration", &config);

	if (r == 0)
		r = check_name(row->config, config);
	if (r == 0 && !known(l, config->digest, row->repo_tags)) {
		m->schema_version = (struct oci_uint){ 2, true };
		m->media_type = xstrdup(OCI_MEDIA_MANIFEST);
		m->config = describe(config, xstrdup(OCI_MEDIA_CONFIG));
		r = is_wanted(l, m);
		if (r > 0)
			r = add_layers(l, row, m);
		else if (r == 0)
			r = 1;
		if (r == 0)
			r = load_made(l, m, row->repo_tags);
	}
	oci_free(&oci_manifest_type, m);
	return r < 0 ? r : 0;
}

int
load_docker(struct load *l, const struct oci_source *source)
{
	struct docker_archive **rows = NULL;
	int r = oci_decode_list(&docker_archive_type, source, (void ***)&rows);
	size_t n = 0;

	for (; r == 0 && rows && rows[n]; n++)
		r = n < LAYERS_MAX ? load_row(l, rows[n]) :
				     fail_plain(E2BIG, "more than %d images", LAYERS_MAX);
	oci_free_list(&docker_archive_type, (void **)rows);
	return r < 0 || l->n ? r : load_none(l);
}
