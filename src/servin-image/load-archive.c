/*
 * An archive of images or of a root file system?  Its members tell, in one pass:
 * as long as all look like those of an archive of images each becomes a blob.
 * The first that does not, before there was a manifest.json or an oci-layout,
 * says that it is a root file system, and so does the end of an archive without these.
 */
#include "servin-image/load.h"

#include "servin-image/archive.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/resolve.h"

#include <fcntl.h>
#include <fnmatch.h>

struct documents {
	struct oci_source manifest, index, layout;	/* the text NULL: there is none */
};

#define DOCUMENTS { .manifest = { .name = "manifest.json" }, .index = { .name = "index.json" }, \
		    .layout = { .name = "oci-layout" } }

/* What the writers of such archives call their members. */
static const char *const names_of_images[] = {
	"manifest.json", "index.json", "oci-layout", "repositories", "version", "*/layer.tar",
	"*/VERSION", "*/json", "*.json", "*.tar", "*.tar.gz", "*.tgz", "sha256:*",
};

static bool
looks_like_images(const char *path, const struct tar_entry *e)
{
	if (S_ISDIR(e->mode))
		return !strchr(path, '/') || !strncmp(path, "blobs/", 6);
	if (!S_ISREG(e->mode) && !S_ISLNK(e->mode))
		return false;
	if (str_after(path, "blobs/"))
		return true;
	for (size_t i = 0; i < countof(names_of_images); i++)
		if (fnmatch(names_of_images[i], path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

static struct oci_source *
document_of(struct documents *all, const char *path)
{
	struct oci_source *const list[] = { &all->manifest, &all->index, &all->layout };

	for (size_t i = 0; i < countof(list); i++)
		if (streq(list[i]->name, path))
			return list[i];
	return NULL;
}

static int
read_whole(struct load *l, const char *digest, struct oci_source *out)
{
	char *text;
	int r = file_read_at(l->blobs.dir, blob_name(digest).s, JSON_MAX, &text, &out->len);

	if (r < 0)
		return r;
	free((char *)(uintptr_t)out->text);
	out->text = text;
	return 0;
}

/* Blobs of a layout are named by a digest of their own kind. */
static const char *
algorithm_of(const char *path)
{
	return str_after(path, "blobs/sha512/") ? "sha512" : "sha256";
}

static int
copy_content(struct tar *t, struct blob *out)
{
	struct tar_piece piece;
	int r;

	while ((r = tar_data(t, &piece)) > 0) {
		if (piece.at != out->size)
			return fail(0, "it has holes, which no blob has");
		r = blob_write(out, piece.data, piece.len);
		if (r < 0)
			return r;
	}
	return r;
}

static int
take_file(struct load *l, struct tar *t, const char *path, struct documents *docs)
{
	auto_(blob_done) struct blob out = { 0 };
	struct member m = { .path = xstrdup(path) };
	struct oci_source *document = document_of(docs, path);
	int r = blob_begin(&l->blobs, algorithm_of(path), &out);

	if (r == 0)
		r = copy_content(t, &out);
	if (r == 0)
		r = blob_end(&out, &m.digest);
	if (r == 0 && document)
		r = read_whole(l, m.digest, document);
	m.size = out.size;
	int added = members_add(&l->members, m);
	return r < 0 ? r : added;
}

static int
take_link(struct load *l, const char *path, const struct tar_entry *e)
{
	char *to = e->hard ? path_of_link("", e->link) : path_of_link(path, e->link);

	if (!to)
		return fail(0, "a link out of the archive, to %.200s", e->link);
	return members_add(&l->members, (struct member){ .path = xstrdup(path), .link = to });
}

static int
take_member(struct load *l, struct tar *t, const char *path, const struct tar_entry *e,
	    struct documents *docs)
{
	if (S_ISDIR(e->mode))
		return 0;
	if (e->hard || S_ISLNK(e->mode))
		return e->link ? take_link(l, path, e) : 0;
	return S_ISREG(e->mode) ? take_file(l, t, path, docs) : 0;
}

/* 1: an archive of images, 0: none. */
static int
read_members(struct load *l, struct tar *t, struct documents *docs)
{
	struct tar_entry e;
	int r;

	while ((r = tar_next(t, &e)) > 0) {
		autofree char *path = NULL;

		r = path_clean(e.path, &path);
		if (r < 0)
			return r;
		if (!docs->manifest.text && !docs->layout.text && !looks_like_images(path, &e))
			return 0;
		r = take_member(l, t, path, &e, docs);
		if (r < 0)
			return wrap(r, "%s", path);
	}
	return r < 0 ? r : docs->manifest.text || (docs->index.text && docs->layout.text);
}

static int
check_layout(const struct oci_source *source)
{
	struct oci_layout layout = { 0 };
	int r = oci_decode(&oci_layout_type, source, &layout);

	if (r == 0 && strncmp(layout.version, "1.", 2) != 0)
		r = fail(0, "oci-layout: version %.40s of the layout, which is not 1.0.0",
			 layout.version);
	oci_done(&oci_layout_type, &layout);
	return r;
}

static int
take_layout(struct load *l, const struct documents *docs)
{
	int r = check_layout(&docs->layout);

	return r < 0 ? r : load_oci(l, &docs->index);
}

/*
 * Docker's newer archives have both views.  That of OCI has the manifests as
 * they were made, the other one the names; where the former does not fit
 * together the latter alone counts.
 */
static int
take_images(struct load *l, const struct documents *docs)
{
	bool docker = docs->manifest.text, layout = docs->layout.text && docs->index.text;
	int r = layout ? take_layout(l, docs) : 0;

	if (docker && r < 0)
		load_forget(l);
	if (docker)
		r = load_docker(l, &docs->manifest);
	l->loaded.kind = xstrdup(docker ? "docker-archive" : "oci-archive");
	return r;
}

static void
documents_done(struct documents *docs)
{
	free((char *)(uintptr_t)docs->manifest.text);
	free((char *)(uintptr_t)docs->index.text);
	free((char *)(uintptr_t)docs->layout.text);
}

static void
unpacked_close_at(struct unpacked_source **u)
{
	unpacked_source_close(*u);
}

static void
tar_close_at(struct tar **t)
{
	tar_close(*t);
}

int
load_archive(struct load *l, int fd)
{
	auto_(file_source_done) struct file_source file = { 0 };
	auto_(unpacked_close_at) struct unpacked_source *plain = NULL;
	auto_(tar_close_at) struct tar *t = NULL;
	auto_(documents_done) struct documents docs = DOCUMENTS;
	int r = file_source_init(&file, fd, "the archive");

	file.progress = l->progress;
	if (r == 0)
		r = unpacked_source_open(&plain, &file.source);
	if (r == 0)
		r = tar_open(&t, unpacked_source(plain));
	if (r == 0)
		r = read_members(l, t, &docs);
	if (r != 0)
		return r < 0 ? r : take_images(l, &docs);
	if (members_at(&l->members, "repositories"))
		return fail(0, "it has no manifest.json: a docker before 1.10 saved it, which is"
			       " too old");
	if (l->progress)
		l->progress->done = 0;
	l->loaded.kind = xstrdup("rootfs");
	return load_rootfs_tar(l, fd);
}

static bool
has(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int
read_document(int dir, struct oci_source *out)
{
	autoclose int fd = resolve_open(dir, out->name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char *text;
	int r = fd < 0 ? fd : fd_read_all(fd, out->name, JSON_MAX, &text, &out->len);

	if (r < 0)
		return r;
	out->text = text;
	return 0;
}

int
load_directory(struct load *l, int dir)
{
	auto_(documents_done) struct documents docs = DOCUMENTS;
	int r;

	if (!has(dir, "oci-layout") || !has(dir, "index.json")) {
		if (has(dir, "config.json") && has(dir, "rootfs"))
			return fail(0, "it is an OCI bundle, not an image: its root file system is "
				       "the directory rootfs in it");
		l->loaded.kind = xstrdup("rootfs");
		return load_rootfs_dir(l, dir);
	}
	l->loaded.kind = xstrdup("oci-layout");
	l->blobs.from = dir;
	r = read_document(dir, &docs.layout);
	if (r == 0)
		r = read_document(dir, &docs.index);
	if (r == 0)
		r = check_layout(&docs.layout);
	return r < 0 ? r : load_oci(l, &docs.index);
}
