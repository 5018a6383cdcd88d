#include "servin-image/archive.h"

#include "base/err.h"
#include "base/str.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <sys/sysmacros.h>

static const struct {
	enum packing packing;
	const char *magic;
	size_t n;
	const char *suffix;
	int filter;
} packings[] = {
	{ PACKING_GZIP, "\x1f\x8b\x08", 3, "+gzip", ARCHIVE_FILTER_GZIP },
	{ PACKING_ZSTD, "\x28\xb5\x2f\xfd", 4, "+zstd", ARCHIVE_FILTER_ZSTD },
	{ PACKING_XZ, "\xfd\x37zXZ\0", 6, "+xz", ARCHIVE_FILTER_XZ },
	{ PACKING_BZIP2, "BZh", 3, "+bzip2", ARCHIVE_FILTER_BZIP2 },
};

/* A frame that says nothing, which may stand in front of others. */
static bool
zstd_skippable(const unsigned char *c, size_t n)
{
	return n >= 4 && (c[0] & 0xf0) == 0x50 && c[1] == 0x2a && c[2] == 0x4d && c[3] == 0x18;
}

enum packing
packing_of(const void *start, size_t n)
{
	for (size_t i = 0; i < countof(packings); i++)
		if (n >= packings[i].n && !memcmp(start, packings[i].magic, packings[i].n))
			return packings[i].packing;
	return zstd_skippable(start, n) ? PACKING_ZSTD : PACKING_NONE;
}

const char *
packing_suffix(enum packing p)
{
	return p == PACKING_NONE ? "" : packings[p - 1].suffix;
}

/* --- from a source of ours to libarchive, and its words back -------------------------------- */

struct feed {
	struct source *of;
	const void *first;	/* a piece that was looked at before */
	ssize_t n_first;
	int broken;		/* -errno: the words are there already */
};

static ssize_t
feed_next(struct feed *f, const void **piece)
{
	ssize_t n = f->n_first;

	if (n > 0) {
		*piece = f->first;
		f->n_first = 0;
		return n;
	}
	n = f->of->next(f->of, piece);
	if (n < 0)
		f->broken = (int)n;
	return n;
}

static la_ssize_t
feed_archive(struct archive *a, void *arg, const void **piece)
{
	ssize_t n = feed_next(arg, piece);

	if (n < 0)
		archive_set_error(a, (int)-n, "%s", "see the words");
	return n < 0 ? ARCHIVE_FATAL : n;
}

static int
fail_archive(struct archive *a, const struct feed *f)
{
	const char *said = archive_error_string(a);
	autofree char *words = xstrdup(said ? said : "it is damaged");

	if (f && f->broken)
		return f->broken;
	if (str_after(words, "Unrecognized archive"))
		return fail(0, "it is not a tar archive");
	if (!isupper((unsigned char)words[1]))
		words[0] = (char)tolower((unsigned char)words[0]);
	return fail(0, "%s", words);
}

/* --- uncompressed ------------------------------------------------------------------------- */

struct unpacked_source {
	struct source source;
	struct feed feed;
	enum packing packing;
	struct archive *a;
	bool end;
};

static ssize_t
unpacked_next(struct source *s, const void **piece)
{
	struct unpacked_source *u = (struct unpacked_source *)s;
	size_t n = 0;
	la_int64_t at;
	int r;

	if (!u->a)
		return feed_next(&u->feed, piece);
	do
		r = u->end ? ARCHIVE_EOF : archive_read_data_block(u->a, piece, &n, &at);
	while (r == ARCHIVE_OK && n == 0);
	u->end = r == ARCHIVE_EOF;
	if (u->end)
		return 0;
	return r == ARCHIVE_OK ? (ssize_t)n : wrap(fail_archive(u->a, &u->feed), "uncompress");
}

static int
open_filter(struct unpacked_source *u)
{
	struct archive_entry *e;
	int r;

	u->a = archive_read_new();
	if (!u->a)
		out_of_memory();
	/* An empty tar, compressed, is what the raw format calls the end. */
	if (archive_read_append_filter(u->a, packings[u->packing - 1].filter) != ARCHIVE_OK ||
	    archive_read_support_format_raw(u->a) != ARCHIVE_OK ||
	    archive_read_support_format_empty(u->a) != ARCHIVE_OK ||
	    archive_read_open(u->a, &u->feed, NULL, feed_archive, NULL) != ARCHIVE_OK ||
	    archive_errno(u->a))	/* what cannot be uncompressed looks empty as well */
		return wrap(fail_archive(u->a, &u->feed), "uncompress");
	r = archive_read_next_header(u->a, &e);
	u->end = r == ARCHIVE_EOF;
	return r >= ARCHIVE_OK ? 0 : wrap(fail_archive(u->a, &u->feed), "uncompress");
}

int
unpacked_source_open(struct unpacked_source **out, struct source *of)
{
	struct unpacked_source *u = xcalloc(1, sizeof(*u));
	int r = 0;

	u->source.next = unpacked_next;
	u->feed.of = of;
	u->feed.n_first = of->next(of, &u->feed.first);
	if (u->feed.n_first < 0)
		r = (int)u->feed.n_first;
	else
		u->packing = packing_of(u->feed.first, (size_t)u->feed.n_first);
	if (r == 0 && u->packing != PACKING_NONE)
		r = open_filter(u);
	if (r < 0)
		unpacked_source_close(take(u));
	*out = u;
	return r;
}

struct source *
unpacked_source(struct unpacked_source *u)
{
	return &u->source;
}

enum packing
unpacked_source_packing(const struct unpacked_source *u)
{
	return u->packing;
}

void
unpacked_source_close(struct unpacked_source *u)
{
	if (!u)
		return;
	archive_read_free(u->a);
	free(u);
}

/* --- tar -------------------------------------------------------------------------------------- */

struct tar {
	struct feed feed;
	struct archive *a;
	struct archive_entry *e;
	bool empty;
};

int
tar_open(struct tar **out, struct source *of)
{
	struct tar *t = xcalloc(1, sizeof(*t));

	*out = t;
	t->feed.of = of;
	t->feed.n_first = of->next(of, &t->feed.first);
	if (t->feed.n_first < 0)
		return (int)t->feed.n_first;
	t->empty = t->feed.n_first == 0;
	if (t->empty)
		return 0;
	t->a = archive_read_new();
	if (!t->a)
		out_of_memory();
	if (archive_read_support_format_tar(t->a) != ARCHIVE_OK ||
	    archive_read_open(t->a, &t->feed, NULL, feed_archive, NULL) != ARCHIVE_OK)
		return fail_archive(t->a, &t->feed);
	return 0;
}

void
tar_close(struct tar *t)
{
	if (!t)
		return;
	archive_read_free(t->a);
	free(t);
}

static int
take_xattrs(struct archive_entry *from, struct tar_entry *e)
{
	int n = archive_entry_xattr_reset(from);

	if (n > XATTRS_MAX)
		return fail_plain(E2BIG, "%d extended attributes, more than %d", n, XATTRS_MAX);
	for (e->n_xattrs = 0; e->n_xattrs < (size_t)n; e->n_xattrs++) {
		struct xattr *x = e->xattr + e->n_xattrs;

		if (archive_entry_xattr_next(from, &x->name, &x->value, &x->len) != ARCHIVE_OK)
			break;
		if (!x->name || strlen(x->name) > XATTR_NAME_MAX || x->len > XATTR_VALUE_MAX)
			return fail_plain(E2BIG, "extended attribute %.80s is too large",
					  x->name ? x->name : "");
	}
	return 0;
}

static struct timespec
time_of(bool set, time_t s, long ns)
{
	return set ? (struct timespec){ s, ns } : (struct timespec){ 0, UTIME_OMIT };
}

static int
take_entry(struct archive_entry *from, struct tar_entry *e)
{
	const char *hard = archive_entry_hardlink(from), *path = archive_entry_pathname(from);

	e->path = path ? path : "";
	e->hard = hard != NULL;
	e->link = hard ? hard : archive_entry_symlink(from);
	e->mode = hard ? S_IFREG : archive_entry_mode(from);
	e->uid = archive_entry_uid(from);
	e->gid = archive_entry_gid(from);
	e->size = archive_entry_size(from) > 0 ? (uint64_t)archive_entry_size(from) : 0;
	e->device = makedev(archive_entry_rdevmajor(from), archive_entry_rdevminor(from));
	e->mtime = time_of(archive_entry_mtime_is_set(from), archive_entry_mtime(from),
			   archive_entry_mtime_nsec(from));
	e->atime = e->mtime;
	if (archive_entry_atime_is_set(from))
		e->atime = time_of(true, archive_entry_atime(from),
				   archive_entry_atime_nsec(from));
	return wrap(take_xattrs(from, e), "%.200s", e->path);
}

/* Names that are no ASCII are said not to fit the locale; they are kept as they are, as we want. */
static bool
harmless(struct archive *a)
{
	const char *said = archive_error_string(a);

	return !said || strncmp(said, "Ignoring malformed", 18) != 0;
}

int
tar_next(struct tar *t, struct tar_entry *e)
{
	if (t->empty)
		return 0;
	int r = archive_read_next_header(t->a, &t->e);
	if (r == ARCHIVE_EOF)
		return 0;
	if (r != ARCHIVE_OK && !(r == ARCHIVE_WARN && harmless(t->a)))
		return fail_archive(t->a, &t->feed);
	r = take_entry(t->e, e);
	return r < 0 ? r : 1;
}

int
tar_data(struct tar *t, struct tar_piece *piece)
{
	la_int64_t at = 0;
	int r = archive_read_data_block(t->a, &piece->data, &piece->len, &at);

	if (r == ARCHIVE_EOF)
		return 0;
	piece->at = (uint64_t)at;
	return r == ARCHIVE_OK ? 1 : fail_archive(t->a, &t->feed);
}

/* --- compress --------------------------------------------------------------------------------- */

struct packer {
	packer_out out;
	void *arg;
	int broken;
	struct archive *a;		/* NULL: nothing to compress */
	struct archive_entry *e;
};

static la_ssize_t
packer_write(struct archive *a, void *arg, const void *data, size_t n)
{
	struct packer *p = arg;
	int r = p->out(p->arg, data, n);

	if (r >= 0)
		return (la_ssize_t)n;
	p->broken = r;
	archive_set_error(a, -r, "%s", "see the words");
	return -1;
}

static int
packer_fail(struct packer *p)
{
	return p->broken ? p->broken : wrap(fail_archive(p->a, NULL), "compress");
}

static int
add_filter(struct archive *a, enum packing how)
{
	if (how == PACKING_ZSTD)
		return archive_write_add_filter_zstd(a);
	int r = archive_write_add_filter_gzip(a);
	/* The same bytes each time. */
	return r == ARCHIVE_OK ? archive_write_set_filter_option(a, "gzip", "timestamp", NULL) : r;
}

int
packer_open(struct packer **out, enum packing how, packer_out to, void *arg)
{
	struct packer *p = *out = xcalloc(1, sizeof(*p));

	p->out = to;
	p->arg = arg;
	if (how == PACKING_NONE)
		return 0;
	p->a = archive_write_new();
	p->e = archive_entry_new();
	if (!p->a || !p->e)
		out_of_memory();
	archive_entry_set_filetype(p->e, AE_IFREG);
	archive_entry_set_pathname(p->e, "layer");
	if (archive_write_set_format_raw(p->a) != ARCHIVE_OK ||
	    add_filter(p->a, how) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(p->a, 0) != ARCHIVE_OK ||
	    archive_write_open(p->a, p, NULL, packer_write, NULL) != ARCHIVE_OK ||
	    archive_write_header(p->a, p->e) != ARCHIVE_OK)
		return packer_fail(p);
	return 0;
}

int
packer_add(struct packer *p, const void *data, size_t n)
{
	if (!p->a)
		return p->out(p->arg, data, n);
	return archive_write_data(p->a, data, n) == (la_ssize_t)n ? 0 : packer_fail(p);
}

int
packer_end(struct packer *p)
{
	return !p->a || archive_write_close(p->a) == ARCHIVE_OK ? 0 : packer_fail(p);
}

void
packer_close(struct packer *p)
{
	if (!p)
		return;
	archive_entry_free(p->e);
	archive_write_free(p->a);
	free(p);
}
