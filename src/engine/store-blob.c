#include "engine/store.h"

#include "engine/reference.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

char *
digest_file(const char *digest)
{
	return xasprintf("%s%s", str_after(digest, "sha512:") ? "sha512-" : "", digest_hex(digest));
}

char *
blob_path(const char *digest)
{
	return xasprintf("oci/blobs/%.6s/%s", digest, digest_hex(digest));
}

static int
open_beside(int beside, const char *digest)
{
	autofree char *file = digest_file(digest);

	return openat(beside, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

int
blob_open(const struct engine *e, int beside, const char *digest)
{
	autofree char *path = NULL;
	int fd = -1;

	if (!digest_is_valid(digest))
		return fail(0, "%s is no digest", digest);
	if (beside >= 0)
		fd = open_beside(beside, digest);
	if (fd < 0) {
		path = blob_path(digest);
		fd = openat(e->root_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd >= 0)
		return fd;
	return errno == ENOENT ? fail_plain(ENOENT, "the content of %s is absent", digest) :
				 fail(errno, "open %s", digest);
}

int
blob_size(const struct engine *e, int beside, const char *digest, uint64_t *size)
{
	autoclose int fd = blob_open(e, beside, digest);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return fail(errno, "stat %s", digest);
	*size = (uint64_t)st.st_size;
	return 0;
}

/* servin-image checked those of sha512 when they came. */
static int
check_digest(const char *digest, const char *text, size_t len)
{
	const char *hex = str_after(digest, "sha256:");
	struct sha256_sum sum = sha256(text, len);

	if (!hex || streq(hex, sha256_text(&sum).s))
		return 0;
	return fail_plain(EBADMSG, "%s: the content has another digest, sha256:%s", digest,
		    sha256_text(&sum).s);
}

int
blob_read(const struct engine *e, int beside, const struct type *t, const char *digest, void *out)
{
	autoclose int fd = blob_open(e, beside, digest);
	autofree char *text = NULL;
	size_t len;

	if (fd < 0)
		return fd;
	int r = fd_read_all(fd, digest, STORE_JSON_MAX, &text, &len);
	if (r == 0)
		r = check_digest(digest, text, len);
	return r < 0 ? r : oci_decode(t, &(struct oci_source){ digest, text, len }, out);
}

int
blob_write(int dir, const char *media_type, const char *text, struct oci_descriptor *d)
{
	size_t len = strlen(text);
	struct sha256_sum sum = sha256(text, len);
	struct sha256_text hex = sha256_text(&sum);
	autoclose int fd = openat(dir, hex.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);

	if (fd < 0)
		return fail(errno, "create %s", hex.s);
	d->media_type = xstrdup(media_type);
	d->digest = xasprintf("sha256:%s", hex.s);
	d->size = (struct oci_uint){ len, true };
	return fd_write_all(fd, hex.s, text, len);
}

int
blob_adopt(const struct engine *e, int beside, const char *digest)
{
	autofree char *file = digest_file(digest), *path = blob_path(digest);
	autoclose int fd = openat(beside, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || faccessat(e->root_fd, path, F_OK, 0) == 0)
		return 0;
	/* servin-image wrote it as nobody. */
	if (fchown(fd, geteuid(), getegid()) < 0 || fchmod(fd, 0444) < 0)
		return fail(errno, "write %s", digest);
	if (str_after(digest, "sha512:") &&
	    mkdirat(e->root_fd, "oci/blobs/sha512", 0711) < 0 && errno != EEXIST)
		return fail(errno, "make blobs/sha512");
	if (renameat(beside, file, e->root_fd, path) < 0)
		return fail(errno, "move %s to its place", digest);
	return 0;
}
