/*
 * The view of an OCI layout: index.json, which names manifests, or indexes of
 * manifests, of which blobs may be absent.
 *
 * First all images that are there are listed, then one is chosen of each group:
 * those that one name stands for, on several platforms.
 */
#include "servin-image/load.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

#define INDEX_DEPTH_MAX 4

struct candidate {
	struct oci_descriptor *d;
	char **names;
	size_t group;
	char *os, *arch, *variant;
	unsigned score;
};

struct view {
	struct load *load;
	struct candidate *at;
	size_t n, seen, groups, absent;
};

static const char *
annotation(const struct oci_descriptor *d, const char *key)
{
	for (size_t i = 0; d->annotations && d->annotations[i]; i++)
		if (streq(d->annotations[i]->key, key))
			return d->annotations[i]->value;
	return NULL;
}

/* What is said about an image is none itself. */
static bool
is_attestation(const struct oci_descriptor *d)
{
	return annotation(d, "vnd.docker.reference.type") ||
	       (d->platform && streq(d->platform->os, "unknown") &&
		streq(d->platform->architecture, "unknown"));
}

/* containerd writes the whole name beside the tag. */
static char **
names_of(const struct oci_descriptor *d)
{
	const char *whole = annotation(d, "io.containerd.image.name");
	const char *name = whole ? whole : annotation(d, OCI_ANNOTATION_REF_NAME);
	char **names = NULL;

	if (has_text(name))
		strv_add(&names, name);
	return names;
}

static void
add_candidate(struct view *v, const struct oci_descriptor *d, const struct oci_image *config,
	      char *const *names, size_t group)
{
	const struct oci_platform *p = d->platform;
	const char *variant = p ? p->variant : config->variant;

	v->at = xrealloc(v->at, v->n + 1, sizeof(*v->at));
	v->at[v->n++] = (struct candidate){
		.d = oci_copy(&oci_descriptor_type, d), .names = strv_copy(names), .group = group,
		.os = xstrdup(p ? p->os : config->os),
		.arch = xstrdup(p ? p->architecture : config->architecture),
		.variant = variant ? xstrdup(variant) : NULL,
	};
}

/* 1: the configuration and all layers are there; -EINVAL: one is named by no digest. */
static int
is_whole(const struct load *l, const struct oci_manifest *m)
{
	int r = digest_check(m->config->digest, "configuration");
	bool whole = r == 0 && blobs_has(&l->blobs, m->config);

	for (size_t i = 0; r == 0 && m->layers && m->layers[i]; i++) {
		r = digest_check(m->layers[i]->digest, "layer");
		whole = whole && blobs_has(&l->blobs, m->layers[i]);
	}
	return r < 0 ? r : whole;
}

static int
read_document(struct load *l, const struct oci_descriptor *d, const struct type *t,
	      const char *what, void *out)
{
	auto_(blobs_text_done) struct oci_source source = { 0 };
	int r = blobs_read(&l->blobs, d, what, &source);

	return r < 0 ? r : oci_decode(t, &source, out);
}

/* Where the manifest is, the rest may be elsewhere. */
static int
look_at_manifest(struct view *v, const struct oci_descriptor *d, char *const *names, size_t group)
{
	struct oci_manifest m = { 0 };
	struct oci_image config = { 0 };
	int r = read_document(v->load, d, &oci_manifest_type, "manifest", &m);
	bool image = r == 0 && media_is_config(m.config->media_type);
	int whole = image ? is_whole(v->load, &m) : 0;

	if (r == 0)
		r = whole < 0 ? whole : 0;
	if (r == 0 && whole)
		r = read_document(v->load, m.config, &oci_image_type, "configuration", &config);
	if (r == 0 && whole)
		add_candidate(v, d, &config, names, group);
	v->absent += image && !whole;
	oci_done(&oci_image_type, &config);
	oci_done(&oci_manifest_type, &m);
	return r;
}

static int look_at_all(struct view *v, struct oci_descriptor *const *list, char *const *names,
		       size_t group, int depth);

static int
look_at_index(struct view *v, const struct oci_descriptor *d, char *const *names, size_t group,
	      int depth)
{
	struct oci_index index = { 0 };
	int r = read_document(v->load, d, &oci_index_type, "index", &index);

	if (r == 0)
		r = look_at_all(v, index.manifests, names, group, depth + 1);
	oci_done(&oci_index_type, &index);
	return r;
}

static int
look_at(struct view *v, const struct oci_descriptor *d, char *const *names, size_t group, int depth)
{
	bool index = media_is_index(d->media_type);

	if (++v->seen > LAYERS_MAX)
		return fail_plain(E2BIG, "more than %d manifests", LAYERS_MAX);
	if ((!index && !media_is_manifest(d->media_type)) || is_attestation(d))
		return 0;
	if (!blobs_has(&v->load->blobs, d)) {
		v->absent++;
		return digest_check(d->digest, "a manifest");
	}
	if (index)
		return look_at_index(v, d, names, group, depth);
	return look_at_manifest(v, d, names, group);
}

static int
look_at_all(struct view *v, struct oci_descriptor *const *list, char *const *names, size_t group,
	    int depth)
{
	int r = 0;

	if (depth > INDEX_DEPTH_MAX)
		return fail_plain(E2BIG, "indexes in indexes, more than %d", INDEX_DEPTH_MAX);
	for (; r == 0 && list && *list; list++)
		r = look_at(v, *list, names, group, depth);
	return r;
}

/* Those at the top that have one name are one group, and so are those that have none. */
static size_t
group_of(const struct view *v, char *const *names)
{
	for (size_t i = 0; i < v->n; i++) {
		char *const *other = v->at[i].names;

		if ((!other && !names) || (other && names && streq(*other, *names)))
			return v->at[i].group;
	}
	return v->groups;
}

static int
look_at_top(struct view *v, const struct oci_index *index)
{
	int r = 0;

	for (struct oci_descriptor **d = index->manifests; r == 0 && d && *d; d++) {
		autostrv names = names_of(*d);
		size_t group = group_of(v, names);

		r = look_at(v, *d, names, group, 1);
		v->groups += group == v->groups;
	}
	return r;
}

/* The one that suits best; of several that suit as well all, for they are different images. */
static int
take_group(struct view *v, size_t group)
{
	unsigned best = 0;
	size_t all = 0;
	int r = 0;

	for (size_t i = 0; i < v->n; i++)
		if (v->at[i].group == group) {
			best = v->at[i].score > best ? v->at[i].score : best;
			all++;
		}
	for (size_t i = 0; r == 0 && i < v->n; i++) {
		struct candidate *c = v->at + i;

		if (c->group != group)
			continue;
		/* One alone is loaded whatever it is for, unless somebody asks for another. */
		if (c->score == best && (best || (all == 1 && !v->load->platform.asked)))
			r = load_image(v->load, c->d, c->names);
		else if (!best)
			load_pass_over(v->load, c->os, c->arch, c->variant);
	}
	return r;
}

static void
view_done(struct view *v)
{
	for (size_t i = 0; i < v->n; i++) {
		oci_free(&oci_descriptor_type, v->at[i].d);
		strv_free(v->at[i].names);
		free(v->at[i].os);
		free(v->at[i].arch);
		free(v->at[i].variant);
	}
	free(v->at);
}

static int
take_groups(struct view *v)
{
	const struct platform *p = &v->load->platform;
	int r = 0;

	for (size_t i = 0; i < v->n; i++)
		v->at[i].score =
			platform_score(p, v->at[i].os, v->at[i].arch, v->at[i].variant);
	for (size_t group = 0; r == 0 && group < v->groups; group++)
		r = take_group(v, group);
	if (r == 0 && !v->load->n && !v->n && v->absent)
		return fail_plain(ENOENT, "the blobs of the images that it names are not in it");
	return r < 0 || v->load->n ? r : load_none(v->load);
}

int
load_oci(struct load *l, const struct oci_source *source)
{
	auto_(view_done) struct view v = { .load = l };
	struct oci_index index = { 0 };
	int r = oci_decode(&oci_index_type, source, &index);

	if (r == 0)
		r = look_at_top(&v, &index);
	if (r == 0)
		r = take_groups(&v);
	oci_done(&oci_index_type, &index);
	return r;
}
