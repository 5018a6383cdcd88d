#include "servin-image/load.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

/* Docker's words for the same things. */
#define DOCKER "application/vnd.docker."

static bool
is_one_of(const char *s, const char *const *list)
{
	while (s && *list && !streq(s, *list))
		list++;
	return s && *list;
}

bool
media_is_index(const char *media_type)
{
	return is_one_of(media_type, (const char *const[]){
		OCI_MEDIA_INDEX, DOCKER "distribution.manifest.list.v2+json", NULL });
}

bool
media_is_manifest(const char *media_type)
{
	return is_one_of(media_type, (const char *const[]){
		OCI_MEDIA_MANIFEST, DOCKER "distribution.manifest.v2+json", NULL });
}

bool
media_is_config(const char *media_type)
{
	return is_one_of(media_type, (const char *const[]){
		OCI_MEDIA_CONFIG, DOCKER "container.image.v1+json", NULL });
}

static size_t
count(struct oci_descriptor *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static int
check_config(const struct oci_image *config, const struct oci_manifest *m, const char *id)
{
	char **ids = config->rootfs->diff_ids;
	size_t layers = count(m->layers), n = strv_len(ids);

	if (!streq(config->rootfs->type, "layers"))
		return fail(0, "image %s: the type of its root file system is %.80s instead of"
			       " layers", id, config->rootfs->type);
	if (n != layers)
		return fail(0, "image %s: its configuration has %zu layers and its manifest %zu",
			    id, n, layers);
	if (layers > LAYERS_MAX)
		return fail_plain(E2BIG, "image %s: %zu layers, more than %d", id, layers,
				  LAYERS_MAX);
	for (; ids && *ids; ids++)
		if (digest_check(*ids, "a diff id") < 0)
			return wrap(-EINVAL, "image %s", id);
	return 0;
}

static int
need_all(struct load *l, const struct oci_manifest *m, struct oci_image *config)
{
	autofree char *text = NULL;
	struct oci_source source = { 0 };
	int r = blobs_read(&l->blobs, m->config, "configuration", &source);

	text = (char *)(uintptr_t)source.text;
	if (r == 0)
		r = oci_decode(&oci_image_type, &source, config);
	if (r == 0)
		r = check_config(config, m, m->config->digest);
	for (size_t i = 0; r == 0 && m->layers && m->layers[i]; i++)
		r = blobs_need(&l->blobs, m->layers[i], "layer");
	return r;
}

static int
keep_all(struct load *l, const struct oci_manifest *m, const struct oci_descriptor *d)
{
	int r = blobs_keep(&l->blobs, d->digest);

	if (r == 0)
		r = blobs_keep(&l->blobs, m->config->digest);
	for (size_t i = 0; r == 0 && m->layers && m->layers[i]; i++)
		r = blobs_keep(&l->blobs, m->layers[i]->digest);
	return r;
}

/* Only what a list of images needs to say: names are told apart from it. */
static struct oci_descriptor *
plain_descriptor(const struct oci_descriptor *d, const struct oci_image *config)
{
	struct oci_platform platform = {
		.architecture = config->architecture, .os = config->os,
		.os_version = config->os_version,
		.variant = has_text(config->variant) ? config->variant : NULL,
	};
	struct oci_descriptor plain = { .media_type = d->media_type, .digest = d->digest,
					.size = d->size, .platform = &platform };

	return oci_copy(&oci_descriptor_type, &plain);
}

static void
add_image(struct load *l, struct oci_descriptor *d, char *const *names, const char *config)
{
	struct loaded_image *image = xcalloc(1, sizeof(*image));

	image->manifest = d;
	image->names = strv_copy(names);
	l->loaded.images = xrealloc(l->loaded.images, l->n + 2, sizeof(*l->loaded.images));
	l->loaded.images[l->n++] = image;
	l->loaded.images[l->n] = NULL;
	strv_add(&l->configs, config);
}

static int
take_image(struct load *l, const struct oci_descriptor *d, const struct oci_manifest *m,
	   char *const *names)
{
	struct oci_image config = { 0 };
	int r = need_all(l, m, &config);

	if (r == 0)
		r = keep_all(l, m, d);
	if (r == 0)
		add_image(l, plain_descriptor(d, &config), names, m->config->digest);
	oci_done(&oci_image_type, &config);
	return r;
}

int
load_image(struct load *l, const struct oci_descriptor *d, char *const *names)
{
	struct oci_manifest m = { 0 };
	auto_(blobs_text_done) struct oci_source source = { 0 };
	int r = blobs_read(&l->blobs, d, "manifest", &source);

	if (r == 0)
		r = oci_decode(&oci_manifest_type, &source, &m);
	if (r == 0)
		r = take_image(l, d, &m, names);
	oci_done(&oci_manifest_type, &m);
	return r;
}

int
load_made(struct load *l, const struct oci_manifest *m, char *const *names)
{
	autofree char *text = oci_encode(&oci_manifest_type, m, OCI_COMPACT);
	autofree char *digest = NULL;
	int r = blobs_put(&l->blobs, text, strlen(text), &digest);
	struct oci_descriptor d = { .media_type = m->media_type, .digest = digest,
				    .size = { strlen(text), true } };

	return r < 0 ? r : take_image(l, &d, m, names);
}

void
load_forget(struct load *l)
{
	oci_done(&loaded_type, &l->loaded);
	strv_free(take(l->configs));
	strv_free(take(l->passed_over));
	l->n = 0;
}

void
load_done(struct load *l)
{
	load_forget(l);
	members_done(&l->members);
	platform_done(&l->platform);
}

void
load_pass_over(struct load *l, const char *os, const char *arch, const char *variant)
{
	autofree char *platform = platform_text(os, arch, variant);

	if (!strv_has(l->passed_over, platform))
		strv_add(&l->passed_over, platform);
}

int
load_none(struct load *l)
{
	autofree char *wants = platform_text(l->platform.os, l->platform.arch, l->platform.variant);
	autostr list = { 0 };

	for (char **p = l->passed_over; p && *p; p++)
		str_addf(&list, "%s%s", list.len ? ", " : "", *p);
	if (!list.len)
		return fail_plain(ENOENT, "there is no image in it");
	return fail(0, "there is no image for %s in it, but for %s: choose one with --platform",
		    wants, list.s);
}
