#include "engine/layer-make.h"

#include "engine/helper-run.h"
#include "engine/helper.h"
#include "engine/reference.h"
#include "engine/store.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

static char *
layer_dir(const char *diff_id)
{
	autofree char *file = digest_file(diff_id);

	return xasprintf("layers/%s", file);
}

char *
layer_path(const char *diff_id)
{
	autofree char *dir = layer_dir(diff_id);

	return xasprintf("%s/diff", dir);
}

static bool
is_there(const struct engine *e, const char *diff_id)
{
	autofree char *dir = layer_dir(diff_id);

	return faccessat(e->root_fd, dir, F_OK, 0) == 0;
}

static int
check_diff_id(const char *diff_id)
{
	return digest_is_valid(diff_id) ? 0 : fail(0, "%s is no digest", diff_id);
}

int
layer_size(const struct engine *e, const char *diff_id, uint64_t *size)
{
	autofree char *dir = NULL, *file = NULL, *text = NULL;
	int r = check_diff_id(diff_id);

	if (r < 0)
		return r;
	dir = layer_dir(diff_id);
	file = xasprintf("%s/size", dir);
	r = file_read_at(e->root_fd, file, 32, &text, NULL);
	return wrap(r < 0 ? r : parse_uint(text, UINT64_MAX, size), "layer %s", diff_id);
}

bool
layer_is_opaque(const struct engine *e, const char *diff_id)
{
	autofree char *dir = layer_dir(diff_id), *file = xasprintf("%s/opaque", dir);

	return faccessat(e->root_fd, file, F_OK, 0) == 0;
}

/* The blob into an open directory. */
static int
unpack(const struct engine *e, const struct layer_making *m, const struct layer_source *layer,
       bool merge, struct unpacked *said)
{
	autoclose int blob = blob_open(e, m->blobs, layer->digest);
	autofree char *what = xasprintf("unpacking %.12s", digest_hex(layer->diff_id));
	const char *args[] = { "unpack", "--digest", layer->digest, "--diff-id", layer->diff_id,
			       NULL, NULL, NULL };
	int n = 5;

	if (blob < 0)
		return blob;
	if (e->rootless)
		args[n++] = "--rootless";
	if (merge)
		args[n++] = "--merge";
	return helper_run(&(struct helper_job){ .args = args, .in = blob, .out = -EBADF,
						.dir = m->dir, .what = what,
						.progress = m->progress, .arg = m->arg },
			  &unpacked_type, said);
}

/* A directory that is empty and has the mode, whatever the umask. */
static int
make_dir(int at, const char *name, mode_t mode)
{
	autoclose int fd = -EBADF;

	if (mkdirat(at, name, mode) < 0)
		return fail(errno, "make %s", name);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode) < 0)
		return fail(errno, "make %s", name);
	return take_fd(fd);
}

static int
make_layer(const struct engine *e, const struct layer_making *m, const struct layer_source *layer)
{
	autofree char *name = digest_file(layer->diff_id), *size = NULL;
	/* For us alone: there are set-user-ID programs in it, which nobody here has chosen. */
	autoclose int dir = make_dir(m->dir, name, 0700);
	autoclose int diff = dir < 0 ? dir : make_dir(dir, "diff", 0755);
	struct layer_making in = { .dir = diff, .blobs = m->blobs, .progress = m->progress,
				   .arg = m->arg };
	struct unpacked said = { 0 };
	int r = diff < 0 ? diff : unpack(e, &in, layer, false, &said);

	if (r < 0)
		return r;
	if (said.opaque.v)
		r = file_replace_at(dir, "opaque", "", 0, 0444);
	if (r < 0)
		return r;
	size = xasprintf("%" PRIu64, said.size.v);
	return file_replace_at(dir, "size", size, strlen(size), 0444);
}

static bool
is_made(const struct layer_making *m, const char *diff_id)
{
	autofree char *name = digest_file(diff_id);

	return faccessat(m->dir, name, F_OK, 0) == 0;
}

int
layers_make(const struct engine *e, const struct layer_making *m,
	    const struct layer_source *layers, size_t n)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		r = check_diff_id(layers[i].diff_id);
		if (r < 0 || is_there(e, layers[i].diff_id) || is_made(m, layers[i].diff_id))
			continue;
		r = wrap(make_layer(e, m, &layers[i]), "layer %s", layers[i].diff_id);
	}
	return r;
}

static int
adopt(const struct engine *e, const struct layer_making *m, const char *diff_id)
{
	autofree char *name = digest_file(diff_id), *dir = layer_dir(diff_id);

	if (renameat(m->dir, name, e->root_fd, dir) == 0)
		return 0;
	/* There was no need to make it, or another one was faster. */
	if (errno == ENOENT || errno == EEXIST || errno == ENOTEMPTY)
		return 0;
	return fail(errno, "move layer %s to its place", diff_id);
}

int
layers_adopt(const struct engine *e, const struct layer_making *m,
	     const struct layer_source *layers, size_t n)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = adopt(e, m, layers[i].diff_id);
	return r < 0 ? r : store_sync_dir(e, "layers");
}

static int
ensure_in(const struct engine *e, const struct layer_making *m, const struct layer_source *layers,
	  size_t n)
{
	int r = layers_make(e, m, layers, n);

	if (r >= 0)
		r = store_sync(e);
	return r < 0 ? r : layers_adopt(e, m, layers, n);
}

static bool
are_there(const struct engine *e, const struct layer_source *layers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!digest_is_valid(layers[i].diff_id) || !is_there(e, layers[i].diff_id))
			return false;
	return true;
}

int
layers_ensure(const struct engine *e, const struct layer_source *layers, size_t n)
{
	struct store_temp t;
	int r;

	if (are_there(e, layers, n))
		return 0;
	r = store_temp_dir(e, &t);
	if (r == 0)
		r = ensure_in(e, &(struct layer_making){ .dir = t.fd, .blobs = -EBADF }, layers, n);
	store_temp_done(&t);
	return r < 0 ? r : 0;
}

int
layers_unpack(const struct engine *e, const struct layer_source *layers, size_t n, int into)
{
	struct layer_making m = { .dir = into, .blobs = -EBADF };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct unpacked said = { 0 };

		r = wrap(unpack(e, &m, &layers[i], true, &said), "layer %s", layers[i].diff_id);
	}
	return r;
}

static void
packed_done(struct packed *p)
{
	oci_done(&packed_type, p);
}

/* What overlayfs would make of a layer goes by way of its tar. */
static int
copy_layer(const struct engine *e, const struct store_temp *t, const char *diff_id, int into)
{
	static const char *const pack[] = { "pack", "--overlay", NULL };
	autofree char *path = layer_path(diff_id);
	autoclose int dir = openat(e->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int tar = openat(t->fd, "tar", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	auto_(packed_done) struct packed said = { 0 };
	autofree char *file = NULL;
	int r;

	if (dir < 0 || tar < 0)
		return fail(errno, "open %s", dir < 0 ? path : "tar");
	r = helper_run(&(struct helper_job){ .args = pack, .in = -EBADF, .out = tar, .dir = dir },
		       &packed_type, &said);
	if (r < 0)
		return r;
	file = digest_file(said.digest);
	if (renameat(t->fd, "tar", t->fd, file) < 0)
		return fail(errno, "rename tar");
	r = unpack(e, &(struct layer_making){ .dir = into, .blobs = t->fd },
		   &(struct layer_source){ said.digest, said.diff_id, 0 }, true,
		   &(struct unpacked){ 0 });
	unlinkat(t->fd, file, 0);
	return r;
}

int
layers_copy(const struct engine *e, char *const *layers, int into)
{
	struct store_temp t;
	int r = store_temp_dir(e, &t);

	for (; r >= 0 && layers && *layers; layers++) {
		r = check_diff_id(*layers);
		if (r == 0)
			r = wrap(copy_layer(e, &t, *layers, into), "layer %s", *layers);
	}
	store_temp_done(&t);
	return r;
}
