#include "engine/image-add.h"

#include "engine/helper-run.h"
#include "engine/image-index.h"
#include "engine/reference.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

static void
loaded_done(struct loaded *l)
{
	oci_done(&loaded_type, l);
}

static int
read_source(const struct image_load *req, const struct image_addition *a, struct loaded *said)
{
	const char *args[] = { "load", req->platform ? "--platform" : NULL, req->platform, NULL };

	return helper_run(&(struct helper_job){ .args = args, .in = req->source, .out = -EBADF,
						.dir = a->blobs, .tells_progress = true,
						.progress = req->progress, .arg = req->arg },
			  &loaded_type, said);
}

/* --- names --- */

static const char *const suffixes[] = {
	".gz", ".zst", ".xz", ".bz2", ".lz4", ".tgz", ".tzst", ".txz", ".tbz2", ".tar", NULL,
};

/* "x.tar.gz" is x. */
static void
cut_suffixes(char *name)
{
	for (const char *const *s = suffixes; *s; s++) {
		size_t n = strlen(name), cut = strlen(*s);

		if (n > cut && streq(name + n - cut, *s))
			name[n - cut] = 0;
	}
}

/* Into a part of a path by the grammar: what does not fit becomes one "-" between what does. */
static char *
valid_part(const char *text)
{
	autostr out = { 0 };
	bool gap = false;

	for (; *text; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		/* One "." or "_" may stay as it is. */
		if (!plain && !gap && out.len && strchr("._", c)) {
			char after = text[1];

			if ((after >= 'a' && after <= 'z') || (after >= '0' && after <= '9') ||
			    (after >= 'A' && after <= 'Z')) {
				str_addc(&out, c);
				continue;
			}
		}
		if (plain && gap && out.len)
			str_addc(&out, '-');
		if (plain)
			str_addc(&out, c);
		gap = !plain;
	}
	return str_take(&out);
}

char *
image_name_of_file(const char *file)
{
	autofree char *path = xstrdup(file), *part = NULL;
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
	char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	cut_suffixes(name);
	part = valid_part(name);
	if (strlen(part) > 200)
		part[200] = 0;
	return xasprintf("localhost/%s:latest", *part ? part : "rootfs");
}

static void
add_whole(const struct reference *ref, char ***names)
{
	autofree char *whole = xasprintf("%s/%s:%s", ref->domain, ref->path, ref->tag);

	if (!strv_has(*names, whole))
		strv_add(names, whole);
}

/* Those that were asked for. */
static int
add_asked(const struct image_load *req, char ***names)
{
	int r = 0;

	for (char *const *name = req->names; r == 0 && *name; name++) {
		auto_(reference_done) struct reference ref = { 0 };

		r = reference_parse(*name, &ref);
		if (r == 0 && !ref.tag)
			r = fail(0, "%s: a new name has a tag, not a digest", *name);
		if (r == 0)
			add_whole(&ref, names);
	}
	return r;
}

/* In a layout a name may be only a tag, of a name that is known elsewhere: by the file's. */
static char *
of_layout(const struct image_load *req, const char *name)
{
	autofree char *file = NULL;

	if (strpbrk(name, "/:@") || streq(req->source_name, "-"))
		return xstrdup(name);
	file = image_name_of_file(req->source_name);
	*strrchr(file, ':') = 0;
	return xasprintf("%s:%s", file, name);
}

/* Those of the archive.  A word there that is no name hinders nobody: the image has its ID. */
static void
add_found(const struct image_load *req, const struct loaded *said, char *const *found,
	  char ***names)
{
	autowords words = err_keep();

	for (; found && *found; found++) {
		auto_(reference_done) struct reference ref = { 0 };
		autofree char *name = str_after(said->kind, "oci-") ? of_layout(req, *found) :
								      xstrdup(*found);

		if (reference_parse(name, &ref) == 0 && ref.tag)
			add_whole(&ref, names);
	}
}

static size_t
count(struct loaded_image *const *images)
{
	size_t n = 0;

	while (images && images[n])
		n++;
	return n;
}

static int
name_images(const struct image_load *req, const struct loaded *said)
{
	bool alone = count(said->images) == 1;
	int r = 0;

	if (req->names && !alone)
		return fail(0, "it has %zu images, which cannot have the same name",
			    count(said->images));
	for (struct loaded_image **i = said->images; r == 0 && i && *i; i++) {
		autostrv names = NULL;

		if (req->names)
			r = add_asked(req, &names);
		else
			add_found(req, said, (*i)->names, &names);
		if (!names && streq(said->kind, "rootfs") && !streq(req->source_name, "-"))
			strv_push(&names, image_name_of_file(req->source_name));
		strv_free((*i)->names);
		(*i)->names = take(names);
	}
	return r;
}

static int
add_said(const struct engine *e, const struct loaded_image *image, struct image_loaded *loaded)
{
	struct image found;

	/* One that is there twice, by more than one name say, is one image. */
	if (!strv_has(loaded->digests, image->manifest->digest))
		strv_add(&loaded->digests, image->manifest->digest);
	for (char **name = image->names; name && *name; name++)
		if (!strv_has(loaded->names, *name))
			strv_add(&loaded->names, *name);
	int r = image_find(e, image->manifest->digest, &found);

	if (r < 0)
		return r;
	if (!image->names && !strv_has(loaded->names, found.id))
		strv_add(&loaded->names, found.id);
	image_tell(e, "load", found.id, image->names ? image->names[0] : found.id);
	image_done(&found);
	return 0;
}

void
image_loaded_done(struct image_loaded *loaded)
{
	strv_free(loaded->digests);
	strv_free(loaded->names);
	*loaded = (struct image_loaded){ 0 };
}

static int
load(const struct engine *e, const struct image_load *req, struct image_addition *a,
     struct image_loaded *loaded)
{
	auto_(loaded_done) struct loaded said = { 0 };
	int r = read_source(req, a, &said);

	if (r == 0 && !count(said.images))
		r = fail(0, "there is no image in it");
	if (r == 0)
		r = name_images(req, &said);
	if (r == 0)
		r = image_addition_commit(e, a, said.images);
	for (struct loaded_image **i = said.images; r == 0 && *i; i++)
		r = add_said(e, *i, loaded);
	return r;
}

int
image_load(const struct engine *e, const struct image_load *req, struct image_loaded *loaded)
{
	struct image_addition a = { .platform = req->platform, .progress = req->progress,
				    .arg = req->arg };
	int r = image_addition_begin(e, &a);

	*loaded = (struct image_loaded){ 0 };
	if (r == 0)
		r = load(e, req, &a, loaded);
	image_addition_done(&a);
	return wrap(r, "%s", streq(req->source_name, "-") ? "standard input" : req->source_name);
}
