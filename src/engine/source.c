#include "engine/source.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/str.h"
#include "base/strv.h"

#include <inttypes.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 128 };

static TYPE(source, "source",
	F_STRING(source, path, "path", .must = true),
	F_STRING(source, platform, "platform"),
	F_STRING(source, stamp, "stamp", .must = true),
	F_STRING(source, manifest, "manifest", .must = true),
);

static void
source_done(struct source *s)
{
	oci_done(&source_type, s);
}

static void
add_stat(struct sha256 *h, const char *name, const struct stat *st)
{
	autofree char *text = xasprintf("%s %ju %ju %o %ju %jd.%09ld %jd.%09ld", name,
		(uintmax_t)st->st_dev, (uintmax_t)st->st_ino, st->st_mode, (uintmax_t)st->st_size,
		(intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		(intmax_t)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);

	sha256_add(h, text, strlen(text) + 1);
}

static int add_dir(struct sha256 *h, int fd, unsigned depth);

static int
add_entry(struct sha256 *h, int dir, const char *name, unsigned depth)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "stat %s", name);
	add_stat(h, name, &st);
	if (!S_ISDIR(st.st_mode))
		return 0;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open %s", name) : add_dir(h, fd, depth + 1);
}

/* Closes fd.  In the order that the file system gives: an unchanged directory keeps it. */
static int
add_dir(struct sha256 *h, int fd, unsigned depth)
{
	autodir dir = fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!dir) {
		close_at(&fd);
		return fail(errno, "read a directory");
	}
	if (depth > DEPTH_MAX)
		return fail_plain(ELOOP, "more than %d directories in one another", DEPTH_MAX);
	while (r == 0 && (entry = readdir(dir)))
		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			r = add_entry(h, dirfd(dir), entry->d_name, depth);
	return r;
}

int
source_stamp(int fd, char **stamp)
{
	struct sha256 h = SHA256_EMPTY;
	struct stat st;
	int r = 0;

	if (fstat(fd, &st) < 0)
		return fail(errno, "stat");
	add_stat(&h, "", &st);
	if (S_ISDIR(st.st_mode)) {
		int dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		r = dir < 0 ? fail(errno, "open") : add_dir(&h, dir, 0);
	}
	struct sha256_sum sum = sha256_end(&h);
	*stamp = r < 0 ? NULL : xstrdup(sha256_text(&sum).s);
	return r;
}

static char *
file_of(const struct source *s)
{
	autofree char *key = xasprintf("%s\n%s", s->path, s->platform ? s->platform : "");
	struct sha256_sum sum = sha256(key, strlen(key));

	return xasprintf("sources/%s", sha256_text(&sum).s);
}

static int
read_source(const struct engine *e, const char *file, struct source *s)
{
	autofree char *text = NULL;
	size_t len;
	int r = file_read_at(e->root_fd, file, 1 << 16, &text, &len);

	return r < 0 ? r : oci_decode(&source_type, &(struct oci_source){ file, text, len }, s);
}

int
source_find(const struct engine *e, const struct source *s, char **manifest)
{
	autofree char *file = file_of(s);
	auto_(source_done) struct source old = { 0 };
	autowords words = err_keep();

	/* One that cannot be read is written anew. */
	if (read_source(e, file, &old) < 0 || !streq(old.stamp, s->stamp))
		return 0;
	*manifest = take(old.manifest);
	return 1;
}

int
source_remember(const struct engine *e, const struct source *s)
{
	autofree char *file = file_of(s), *text = oci_encode(&source_type, s, OCI_COMPACT);

	return file_replace_at(e->root_fd, file, text, strlen(text), 0600);
}

int
source_collect(const struct engine *e, char *const *manifests)
{
	int fd = openat(e->root_fd, "sources", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		close_at(&fd);
		return fail(errno, "open %s/sources", e->root);
	}
	while ((entry = readdir(dir))) {
		autofree char *file = xasprintf("sources/%s", entry->d_name);
		auto_(source_done) struct source s = { 0 };
		autowords words = err_keep();

		if (*entry->d_name == '.' ||
		    (read_source(e, file, &s) == 0 && strv_has(manifests, s.manifest)))
			continue;
		unlinkat(e->root_fd, file, 0);
	}
	return 0;
}
