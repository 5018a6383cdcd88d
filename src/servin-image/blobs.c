#include "servin-image/blobs.h"

#include "servin-image/source.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/resolve.h"

#include <stdio.h>
#include <sys/stat.h>

/* The mode tells what is kept from what is not. */
#define MODE_NEW  0600
#define MODE_KEPT 0444

int
blob_begin(struct blobs *b, const char *algorithm, struct blob *out)
{
	*out = (struct blob){ .of = b, .hash = hash_new(algorithm) };
	snprintf(out->temporary, sizeof(out->temporary), "new.%u", b->made++);
	out->fd = openat(b->dir, out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE_NEW);
	return out->fd < 0 ? fail(errno, "create a blob") : 0;
}

int
blob_write(void *blob, const void *data, size_t n)
{
	struct blob *w = blob;

	if (n > w->of->left)
		return fail_plain(EFBIG, "the images are larger than --max-size allows");
	w->of->left -= n;
	w->size += n;
	hash_add(w->hash, data, n);
	return fd_write_all(w->fd, "a blob", data, n);
}

int
blob_end(struct blob *w, char **digest)
{
	autofree char *is = hash_end(w->hash);

	if (renameat(w->of->dir, w->temporary, w->of->dir, blob_name(is).s) < 0)
		return fail(errno, "name blob %s", is);
	w->temporary[0] = 0;
	*digest = take(is);
	return 0;
}

void
blob_done(struct blob *w)
{
	if (w->of && w->temporary[0])
		unlinkat(w->of->dir, w->temporary, 0);
	if (w->of)
		close_at(&w->fd);
	hash_free(w->hash);
	*w = (struct blob){ .fd = -EBADF };
}

int
blobs_put(struct blobs *b, const void *data, size_t n, char **digest)
{
	auto_(blob_done) struct blob w = { 0 };
	int r = blob_begin(b, "sha256", &w);

	if (r == 0)
		r = blob_write(&w, data, n);
	return r < 0 ? r : blob_end(&w, digest);
}

/* In a layout: blobs/ALGORITHM/HEX. */
static char *
path_in_layout(const char *digest)
{
	return xasprintf("blobs/%.*s/%s", 6, digest, digest + 7);
}

static int
open_in_layout(const struct blobs *b, const char *digest)
{
	autofree char *path = path_in_layout(digest);

	if (b->from < 0)
		return fail(ENOENT, "open %s", path);
	return resolve_open(b->from, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

bool
blobs_has(const struct blobs *b, const struct oci_descriptor *d)
{
	if (!digest_fits(d->digest))
		return false;
	if (d->data || faccessat(b->dir, blob_name(d->digest).s, F_OK, 0) == 0)
		return true;
	autowords words = err_keep();
	autoclose int fd = open_in_layout(b, d->digest);
	return fd >= 0;
}

static int
check_digest(const char *is, const char *should, const char *what)
{
	if (streq(is, should))
		return 0;
	return fail_plain(EBADMSG, "%s %s: its content has the digest %s", what, should, is);
}

/* Copies one of the layout; nothing of it is believed. */
static int
fetch(struct blobs *b, const struct oci_descriptor *d, const char *what)
{
	autoclose int fd = open_in_layout(b, d->digest);
	auto_(blob_done) struct blob w = { 0 };
	auto_(file_source_done) struct file_source from = { 0 };
	auto_(tap_done) struct tap tap = { 0 };
	autofree char *is = NULL;
	struct stat st;
	int r = fd < 0 ? fd : fstat(fd, &st) < 0 ? fail(errno, "stat") : 0;

	if (r == 0 && !S_ISREG(st.st_mode))
		r = fail(0, "not a file");
	if (r == 0 && (uint64_t)st.st_size != d->size.v)
		return fail_plain(EBADMSG, "%s %s has %lld bytes instead of %llu", what, d->digest,
			    (long long)st.st_size, (unsigned long long)d->size.v);
	if (r == 0)
		r = file_source_init(&from, fd, d->digest);
	if (r == 0)
		r = blob_begin(b, d->digest, &w);
	if (r < 0)
		return wrap(r, "%s %s", what, d->digest);
	tap_init(&tap, &from.source);
	tap.keep = blob_write;
	tap.arg = &w;
	r = source_drain(&tap.source);
	if (r == 0)
		r = blob_end(&w, &is);
	return r < 0 ? wrap(r, "%s %s", what, d->digest) : check_digest(is, d->digest, what);
}

/* The descriptor brings it along. */
static int
embedded(struct blobs *b, const struct oci_descriptor *d, const char *what)
{
	auto_(blob_done) struct blob w = { 0 };
	autofree void *data = NULL;
	autofree char *is = NULL;
	size_t n;
	int r = base64_decode(d->data, &data, &n);

	if (r == 0)
		r = blob_begin(b, d->digest, &w);
	if (r == 0)
		r = blob_write(&w, data, n);
	if (r == 0)
		r = blob_end(&w, &is);
	return r < 0 ? wrap(r, "%s %s", what, d->digest) : check_digest(is, d->digest, what);
}

int
blobs_need(struct blobs *b, const struct oci_descriptor *d, const char *what)
{
	struct stat st;
	int r = digest_check(d->digest, what);

	if (r < 0)
		return r;
	const struct blob_name name = blob_name(d->digest);
	if (faccessat(b->dir, name.s, F_OK, 0) < 0) {
		r = d->data ? embedded(b, d, what) : fetch(b, d, what);
		if (r < 0)
			return r;
	}
	if (fstatat(b->dir, name.s, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "%s %s", what, d->digest);
	if ((uint64_t)st.st_size != d->size.v)
		return fail_plain(EBADMSG, "%s %s has %lld bytes instead of %llu", what, d->digest,
			    (long long)st.st_size, (unsigned long long)d->size.v);
	return 0;
}

int
blobs_read(struct blobs *b, const struct oci_descriptor *d, const char *what,
	   struct oci_source *out)
{
	char *text;
	int r = blobs_need(b, d, what);

	if (r == 0)
		r = wrap(file_read_at(b->dir, blob_name(d->digest).s, JSON_MAX, &text, &out->len),
			 "%s", what);
	if (r < 0)
		return r;
	out->name = what;
	out->text = text;
	return 0;
}

int
blobs_open(const struct blobs *b, const char *digest)
{
	int fd = openat(b->dir, blob_name(digest).s, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(errno, "open blob %s", digest) : fd;
}

int
blobs_keep(const struct blobs *b, const char *digest)
{
	if (fchmodat(b->dir, blob_name(digest).s, MODE_KEPT, 0) < 0)
		return fail(errno, "keep blob %s", digest);
	return 0;
}

int
blobs_sweep(const struct blobs *b)
{
	int fd = openat(b->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	struct stat st;

	if (!dir)
		return fail(errno, "list the blobs");
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.' ||
		    fstatat(b->dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    (st.st_mode & 07777) == MODE_KEPT)
			continue;
		if (unlinkat(b->dir, d->d_name, 0) < 0)
			return fail(errno, "remove %s", d->d_name);
	}
	return 0;
}
