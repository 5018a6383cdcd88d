#include "servin-image/tar-out.h"

#include "base/err.h"

#include <stdio.h>
#include <sys/sysmacros.h>

#define BLOCK 512
#define GATHER (256u << 10)

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

/* --- bytes ------------------------------------------------------------------------------------ */

static int
flush(struct tar_out *out)
{
	size_t n = out->n;

	out->n = 0;
	return n ? out->write(out->arg, out->buf, n) : 0;
}

int
tar_put(struct tar_out *out, const void *data, size_t n)
{
	if (!out->buf)
		out->buf = xrealloc(NULL, GATHER, 1);
	if (n > GATHER - out->n) {
		int r = flush(out);

		if (r < 0)
			return r;
	}
	if (n >= GATHER)
		return out->write(out->arg, data, n);
	memcpy(out->buf + out->n, data, n);
	out->n += n;
	return 0;
}

int
tar_put_padding(struct tar_out *out, uint64_t size)
{
	static const char zeros[BLOCK];
	size_t over = size % BLOCK;

	return over ? tar_put(out, zeros, BLOCK - over) : 0;
}

int
tar_put_end(struct tar_out *out)
{
	static const char zeros[2 * BLOCK];
	int r = tar_put(out, zeros, sizeof(zeros));

	return r < 0 ? r : flush(out);
}

void
tar_out_done(struct tar_out *out)
{
	free(take(out->buf));
}

/* --- records ---------------------------------------------------------------------------------- */

void
tar_add_record(struct str *out, const char *key, const void *value, size_t n)
{
	size_t rest = strlen(key) + n + 3, len = rest + 1;
	char digits[24];

	/* The digits of the length count as well. */
	while (len != rest + (size_t)snprintf(digits, sizeof(digits), "%zu", len))
		len = rest + strlen(digits);
	str_addf(out, "%zu %s=", len, key);
	str_addn(out, value, n);
	str_addc(out, '\n');
}

static void
add_text(struct str *out, const char *key, const char *value)
{
	tar_add_record(out, key, value, strlen(value));
}

static void
add_number(struct str *out, const char *key, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	add_text(out, key, text);
}

static void
add_time(struct str *out, struct timespec at)
{
	bool minus = at.tv_sec < 0;
	char text[48];

	/* The fraction is of the whole number, not away from zero. */
	if (minus && at.tv_nsec) {
		at.tv_sec++;
		at.tv_nsec = 1000000000 - at.tv_nsec;
	}
	int n = snprintf(text, sizeof(text), "%s%lld", minus ? "-" : "",
			 minus ? -(long long)at.tv_sec : (long long)at.tv_sec);
	if (at.tv_nsec)
		snprintf(text + n, sizeof(text) - (size_t)n, ".%09ld", at.tv_nsec);
	add_text(out, "mtime", text);
}

/* --- headers ---------------------------------------------------------------------------------- */

/* Octal digits and a NUL fill the field; false if they do not fit. */
static bool
put_octal(char *field, size_t size, uint64_t n)
{
	char text[32];

	if (n >> (3 * (size - 1)))
		return false;
	snprintf(text, sizeof(text), "%0*llo", (int)size - 1, (unsigned long long)n);
	memcpy(field, text, size);
	return true;
}

static void
put_number(struct header *h, struct str *records, char *field, size_t size, const char *key,
	   uint64_t n)
{
	(void)h;
	if (put_octal(field, size, n))
		return;
	put_octal(field, size, 0);
	add_number(records, key, n);
}

/* Whole, or parted at a slash, or the start of it and a record. */
static void
put_path(struct header *h, struct str *records, const char *path)
{
	size_t n = strlen(path);

	if (n <= sizeof(h->name)) {
		memcpy(h->name, path, n);
		return;
	}
	for (const char *slash = path + n - sizeof(h->name) - 1;
	     slash < path + n - 1 && (size_t)(slash - path) <= sizeof(h->prefix); slash++)
		if (*slash == '/' && slash > path) {
			memcpy(h->prefix, path, (size_t)(slash - path));
			memcpy(h->name, slash + 1, strlen(slash + 1));
			return;
		}
	memcpy(h->name, path, sizeof(h->name));
	add_text(records, "path", path);
}

static void
put_link(struct header *h, struct str *records, const char *link)
{
	size_t n = strlen(link);

	memcpy(h->link, link, n < sizeof(h->link) ? n : sizeof(h->link));
	if (n > sizeof(h->link))
		add_text(records, "linkpath", link);
}

static void
put_sum(struct header *h)
{
	const unsigned char *c = (const unsigned char *)h;
	unsigned sum = 0;

	memset(h->sum, ' ', sizeof(h->sum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += c[i];
	put_octal(h->sum, sizeof(h->sum) - 1, sum);
}

static char
type_of(const struct tar_member *m)
{
	static const struct { mode_t kind; char type; } types[] = {
		{ S_IFREG, '0' }, { S_IFLNK, '2' }, { S_IFCHR, '3' }, { S_IFBLK, '4' },
		{ S_IFDIR, '5' }, { S_IFIFO, '6' },
	};

	if (m->hard)
		return '1';
	for (size_t i = 0; i < countof(types); i++)
		if (types[i].kind == (m->st.st_mode & S_IFMT))
			return types[i].type;
	return '0';
}

static void
fill_times(struct header *h, struct str *records, struct timespec at)
{
	if (at.tv_nsec || at.tv_sec < 0 ||
	    !put_octal(h->mtime, sizeof(h->mtime), (uint64_t)at.tv_sec)) {
		add_time(records, at);
		if (at.tv_sec < 0 || !put_octal(h->mtime, sizeof(h->mtime), (uint64_t)at.tv_sec))
			put_octal(h->mtime, sizeof(h->mtime), 0);
	}
}

static void
fill(struct header *h, struct str *records, const struct tar_member *m)
{
	autofree char *path = xasprintf("%s%s", *m->path ? m->path : ".",
					S_ISDIR(m->st.st_mode) ? "/" : "");

	memset(h, 0, sizeof(*h));
	put_path(h, records, path);
	if (m->link)
		put_link(h, records, m->link);
	put_octal(h->mode, sizeof(h->mode), m->st.st_mode & 07777);
	put_number(h, records, h->uid, sizeof(h->uid), "uid", m->st.st_uid);
	put_number(h, records, h->gid, sizeof(h->gid), "gid", m->st.st_gid);
	put_number(h, records, h->size, sizeof(h->size), "size",
		   S_ISREG(m->st.st_mode) && !m->hard ? (uint64_t)m->st.st_size : 0);
	fill_times(h, records, m->st.st_mtim);
	h->type = type_of(m);
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	put_octal(h->major, sizeof(h->major), h->type == '3' || h->type == '4' ?
		  major(m->st.st_rdev) : 0);
	put_octal(h->minor, sizeof(h->minor), h->type == '3' || h->type == '4' ?
		  minor(m->st.st_rdev) : 0);
	put_sum(h);
}

static int
put_records(struct tar_out *out, const struct str *records)
{
	struct tar_member m = { .path = "PaxHeaders", .st = { .st_mode = S_IFREG | 0644,
							      .st_size = (off_t)records->len } };
	struct str none = { 0 };
	struct header h;

	fill(&h, &none, &m);
	h.type = 'x';
	put_sum(&h);
	int r = tar_put(out, &h, sizeof(h));
	if (r == 0)
		r = tar_put(out, records->s, records->len);
	return r < 0 ? r : tar_put_padding(out, records->len);
}

int
tar_put_header(struct tar_out *out, const struct tar_member *m)
{
	autostr records = { 0 };
	struct header h;
	int r = 0;

	fill(&h, &records, m);
	if (m->records.len)
		str_addn(&records, m->records.s, m->records.len);
	if (records.len)
		r = put_records(out, &records);
	return r < 0 ? r : tar_put(out, &h, sizeof(h));
}
