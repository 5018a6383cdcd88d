#include "engine/image.h"

#include "engine/layer.h"
#include "engine/platform.h"
#include "engine/source.h"
#include "engine/store.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

#include <fcntl.h>
#include <sys/stat.h>

/* What was loaded, if it is as it was then and the image is still there. */
static int
find_loaded(const struct engine *e, const struct source *s, struct image *image)
{
	autofree char *manifest = NULL;
	autowords words = err_keep();

	return source_find(e, s, &manifest) == 1 && image_find(e, manifest, image) == 0;
}

static int
load_one(const struct engine *e, const struct image_load *req, struct image_loaded *loaded)
{
	int r = image_load(e, req, loaded);

	if (r < 0 || strv_len(loaded->digests) == 1)
		return r;
	r = fail(0, "%s has %zu images", req->source_name, strv_len(loaded->digests));
	return hint(r, "they are loaded now: give the name of one of them");
}

static int
load(const struct engine *e, const struct image_load *req, struct source *s, struct image *image)
{
	auto_(image_loaded_done) struct image_loaded loaded = { 0 };
	autofree char *after = NULL;
	int r = load_one(e, req, &loaded);

	if (r < 0)
		return r;
	/* What changed meanwhile, or did not look the same twice, is loaded anew each time. */
	s->manifest = loaded.digests[0];
	r = source_stamp(req->source, &after);
	if (r == 0 && streq(after, s->stamp))
		r = source_remember(e, s);
	s->manifest = NULL;
	return r < 0 ? r : image_find(e, loaded.digests[0], image);
}

static int
image_of_open(const struct engine *e, const struct image_load *req, const char *path,
	      struct image *image)
{
	struct source s = { .path = (char *)(uintptr_t)path,
			    .platform = (char *)(uintptr_t)req->platform };
	autofree char *stamp = NULL;
	int r = source_stamp(req->source, &stamp);

	if (r < 0)
		return wrap(r, "%s", path);
	s.stamp = stamp;
	return find_loaded(e, &s, image) ? 0 : load(e, req, &s, image);
}

static int
image_of_file(const struct engine *e, const char *name, const struct image_load *req,
	      struct image *image)
{
	autoclose int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	autofree char *path = realpath(name, NULL);
	struct image_load this = req ? *req : (struct image_load){ 0 };
	struct stat st;

	if (fd < 0 || !path || fstat(fd, &st) < 0)
		return fail(errno, "open %s", name);
	this.source = fd;
	this.source_name = name;
	/* A pipe is another one each time. */
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		auto_(image_loaded_done) struct image_loaded loaded = { 0 };
		int r = load_one(e, &this, &loaded);

		return r < 0 ? r : image_find(e, loaded.digests[0], image);
	}
	return image_of_open(e, &this, path, image);
}

/* "./x" and "/x" are files; "x/y" may be one or a name, and an image of that name comes first. */
static bool
is_path(const char *name)
{
	return *name == '/' || streq(name, ".") || streq(name, "..") || str_after(name, "./") ||
	       str_after(name, "../");
}

static int
find_or_load(const struct engine *e, const char *name, const struct image_load *req,
	     struct image *image)
{
	int r;

	if (is_path(name))
		return image_of_file(e, name, req, image);
	r = image_find(e, name, image);
	if (r >= 0 && req)
		return hint(wrap(platform_check(req->platform, image->config), "%s", name),
			    "\"servin load --platform\" reads another from an archive that has it");
	if (r != -ENOENT || faccessat(AT_FDCWD, name, R_OK, 0) < 0)
		return r;
	return image_of_file(e, name, req, image);
}

/* Another program may have put it into the layout, without layers. */
static int
unpack(const struct engine *e, const struct image *image)
{
	size_t n;
	autofree struct layer_source *layers = image_layers(image, &n);

	return layers_ensure(e, layers, n);
}

int
image_of(const struct engine *e, const char *name, const struct image_load *req,
	 struct image *image)
{
	autoclose int use = store_use(e);
	int r = use;

	*image = (struct image){ 0 };
	if (r >= 0)
		r = find_or_load(e, name, req, image);
	if (r >= 0)
		r = unpack(e, image);
	if (r < 0)
		image_done(image);
	return r < 0 ? r : 0;
}
