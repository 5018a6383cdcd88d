/*
 * A root file system that is no image yet: it becomes one of a single layer.
 *
 * The same file gives the same image: what the configuration says comes from it.
 */
#include "servin-image/load.h"

#include "servin-image/archive.h"
#include "servin-image/pack.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/resolve.h"

/* What is known of the tree. */
struct rootfs {
	time_t newest;
	const char *arch;	/* of its shell; NULL: unknown */
	const char *any_arch;	/* of any of its programs */
	bool shell;
};

/* --- the configuration ------------------------------------------------------------------------ */

static time_t
time_made(const struct rootfs *fs)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t n;

	if (epoch && parse_uint(epoch, INT32_MAX * 100ull, &n) == 0)
		return (time_t)n;
	return fs->newest;
}

static char *
config_of(const struct load *l, const struct rootfs *fs, char *diff_id)
{
	struct clock_text created = clock_text(&(struct timespec){ .tv_sec = time_made(fs) });
	char *cmd[] = { (char[]){ "/bin/sh" }, NULL }, *ids[] = { diff_id, NULL };
	char *env[] = { (char[]){ "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
				  "/bin" }, NULL };
	const char *arch = fs->arch ? fs->arch : fs->any_arch ? fs->any_arch : l->platform.arch;
	struct oci_image_execution execution = { .cmd = fs->shell ? cmd : NULL, .env = env };
	struct oci_image_rootfs rootfs = { .type = (char[]){ "layers" }, .diff_ids = ids };
	struct oci_image_history history = { .created = created.s,
					     .created_by = (char[]){ "imported" } };
	struct oci_image image = {
		.created = created.s, .architecture = (char *)(uintptr_t)arch,
		.os = (char[]){ "linux" }, .config = &execution, .rootfs = &rootfs,
		.history = (struct oci_image_history *[]){ &history, NULL },
	};

	return oci_encode(&oci_image_type, &image, OCI_COMPACT);
}

static int
add_image(struct load *l, const struct rootfs *fs, char *layer, uint64_t size)
{
	autofree char *config = config_of(l, fs, layer), *id = NULL;
	int r = blobs_put(&l->blobs, config, strlen(config), &id);
	struct oci_descriptor d = { .media_type = (char[]){ OCI_MEDIA_CONFIG }, .digest = id,
				    .size = { strlen(config), true } };
	struct oci_descriptor of_layer = { .media_type = (char[]){ OCI_MEDIA_LAYER },
					   .digest = layer, .size = { size, true } };
	struct oci_manifest m = {
		.schema_version = { 2, true }, .media_type = (char[]){ OCI_MEDIA_MANIFEST },
		.config = &d, .layers = (struct oci_descriptor *[]){ &of_layer, NULL },
	};

	return r < 0 ? r : load_made(l, &m, NULL);
}

/* --- from a tar ------------------------------------------------------------------------------- */

struct scan {
	struct rootfs fs;
	struct members found;	/* links, and programs with their architecture as digest */
	uint64_t entries;
};

static bool
is_program_dir(const char *path)
{
	static const char *const dirs[] = { "bin/", "sbin/", "usr/bin/", "usr/sbin/" };

	for (size_t i = 0; i < countof(dirs); i++) {
		const char *name = str_after(path, dirs[i]);

		if (name && *name && !strchr(name, '/'))
			return true;
	}
	return false;
}

static bool
is_dir_link(const char *path)
{
	return streq(path, "bin") || streq(path, "usr") || streq(path, "usr/bin") ||
	       streq(path, "sbin");
}

/* A program is known by its first bytes. */
static int
scan_program(struct scan *s, struct tar *t, const char *path)
{
	struct tar_piece piece = { 0 };
	int r = tar_data(t, &piece);
	const char *arch = r > 0 ? platform_of_elf(piece.data, piece.len) : NULL;

	if (r < 0)
		return r;
	if (arch && !s->fs.any_arch)
		s->fs.any_arch = arch;
	return members_add(&s->found, (struct member){ .path = xstrdup(path),
						       .digest = xstrdup(arch ? arch : "") });
}

/* 9999-12-31, behind which there is no way to write a date. */
#define TIME_MAX 253402300799

static int
scan_entry(struct scan *s, struct tar *t, const struct tar_entry *e)
{
	autofree char *path = NULL;
	int r = path_clean(e->path, &path);

	if (r < 0)
		return r;
	if (e->mtime.tv_nsec != UTIME_OMIT && e->mtime.tv_sec > s->fs.newest &&
	    e->mtime.tv_sec <= TIME_MAX)
		s->fs.newest = e->mtime.tv_sec;
	/* Enough of them to find a shell. */
	if (s->found.n >= MEMBERS_MAX - 1 || (!is_program_dir(path) && !is_dir_link(path)))
		return 0;
	if (e->link) {
		char *to = e->hard ? path_of_link("", e->link) : path_of_link(path, e->link);

		return !to ? 0 : members_add(&s->found, (struct member){ .path = take(path),
									 .link = to });
	}
	return S_ISREG(e->mode) ? scan_program(s, t, path) : 0;
}

/* One step of the way to where a path leads: through a link that it is, or a directory of it. */
static char *
follow(struct members *found, const char *path)
{
	autofree char *dir = xstrdup(path);
	const struct member *m = members_at(found, dir);
	char *slash;

	while ((!m || !m->link) && (slash = strrchr(dir, '/'))) {
		*slash = 0;
		m = members_at(found, dir);
	}
	return m && m->link ? xasprintf("%s%s", m->link, path + strlen(dir)) : NULL;
}

#define STEPS_MAX 16

static const struct member *
find_shell(struct members *found)
{
	autofree char *path = xstrdup("bin/sh");

	for (int i = 0; path && i < STEPS_MAX; i++) {
		const struct member *m = members_at(found, path);

		if (m && !m->link)
			return m;
		char *next = follow(found, path);
		free(path);
		path = next;
	}
	return NULL;
}

static int
scan_all(struct load *l, struct scan *s, struct source *of)
{
	struct tar *t = NULL;
	struct tar_entry e;
	int r = tar_open(&t, of);

	while (r == 0 && (r = tar_next(t, &e)) > 0) {
		if (++s->entries > l->max_entries)
			r = fail_plain(E2BIG, "more entries than --max-entries allows");
		else
			r = wrap(scan_entry(s, t, &e), "%.200s", e.path);
	}
	tar_close(t);
	if (r == 0 && !s->entries)
		r = fail(0, "there is nothing in it");
	return r < 0 ? r : source_drain(of);
}

static void
scan_end(struct scan *s)
{
	const struct member *shell = find_shell(&s->found);

	s->fs.shell = shell != NULL;
	if (shell && has_text(shell->digest))
		s->fs.arch = platform_of_name(shell->digest);
}

int
load_rootfs_tar(struct load *l, int fd)
{
	auto_(file_source_done) struct file_source file = { 0 };
	auto_(blob_done) struct blob layer = { 0 };
	struct unpacked_source *plain = NULL;
	struct scan s = { 0 };
	struct tap tap = { 0 };
	autofree char *digest = NULL;
	int r = file_source_init(&file, fd, "the archive");

	file.progress = l->progress;
	if (r == 0)
		r = unpacked_source_open(&plain, &file.source);
	if (r == 0)
		r = blob_begin(&l->blobs, "sha256", &layer);
	if (r == 0) {
		tap_init(&tap, unpacked_source(plain));
		tap.keep = blob_write;
		tap.arg = &layer;
		r = scan_all(l, &s, &tap.source);
	}
	if (r == 0)
		r = blob_end(&layer, &digest);
	if (r == 0) {
		scan_end(&s);
		r = add_image(l, &s.fs, digest, layer.size);
	}
	members_done(&s.found);
	unpacked_source_close(plain);
	return r;
}

/* --- from a directory ----------------------------------------------------------------------- */

static void
look_at_shell(int dir, struct rootfs *fs)
{
	autowords words = err_keep();
	autoclose int fd = resolve_open(dir, "bin/sh", O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char start[ELF_START];

	fs->shell = fd >= 0;
	if (fd >= 0 && pread(fd, start, sizeof(start), 0) == (ssize_t)sizeof(start))
		fs->arch = platform_of_elf(start, sizeof(start));
}

int
load_rootfs_dir(struct load *l, int dir)
{
	auto_(blob_done) struct blob layer = { 0 };
	autofree char *digest = NULL;
	struct rootfs fs = { 0 };
	struct pack pack = { .dir = dir, .out = { .write = blob_write, .arg = &layer },
			     .root = true, .progress = l->progress };
	int r = blob_begin(&l->blobs, "sha256", &layer);

	if (r == 0)
		r = pack_tree(&pack);
	if (r == 0)
		r = blob_end(&layer, &digest);
	if (r < 0)
		return r;
	fs.newest = pack.newest;
	look_at_shell(dir, &fs);
	return add_image(l, &fs, digest, layer.size);
}
