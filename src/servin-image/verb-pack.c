#include "servin-image/archive.h"
#include "servin-image/pack.h"
#include "servin-image/verbs.h"

#include "engine/helper.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/strv.h"
#include "base/words.h"
#include "kernel/resolve.h"

#include <stdio.h>

/* A layer on its way out: the digest of the tar, compression, and the digest of the blob. */
struct out {
	struct hash *tar, *blob;
	struct packer *packer;
	uint64_t size;
};

static int
out_blob(void *arg, const void *data, size_t n)
{
	struct out *out = arg;

	hash_add(out->blob, data, n);
	out->size += n;
	return fd_write_all(OUT_FD, "the output", data, n);
}

static int
out_tar(void *arg, const void *data, size_t n)
{
	struct out *out = arg;

	hash_add(out->tar, data, n);
	return packer_add(out->packer, data, n);
}

static void
out_done(struct out *out)
{
	packer_close(out->packer);
	hash_free(out->tar);
	hash_free(out->blob);
}

static int
out_open(struct out *out, const char *how)
{
	static const struct word packings[] = {
		{ "none", PACKING_NONE }, { "gzip", PACKING_GZIP }, { "zstd", PACKING_ZSTD }, { 0 },
	};
	uint64_t packing = PACKING_NONE;

	if (how && !word_number(packings, how, &packing))
		return fail(0, "--compress %s: not none, gzip or zstd", how);
	*out = (struct out){ .tar = hash_new("sha256"), .blob = hash_new("sha256") };
	return packer_open(&out->packer, (enum packing)packing, out_blob, out);
}

static int
out_end(struct out *out)
{
	int r = packer_end(out->packer);
	autofree char *digest = hash_end(out->blob), *diff_id = hash_end(out->tar);
	struct packed packed = { .digest = digest, .diff_id = diff_id,
				 .size = { out->size, true } };
	struct stat st;

	if (r < 0)
		return r;
	/* Who does not open it does not want to know. */
	return fstat(ANSWER_FD, &st) < 0 ? 0 : answer(ANSWER_FD, &packed_type, &packed);
}

int
verb_pack(const struct verb_opts *o, char **args)
{
	auto_(out_done) struct out out = { 0 };
	struct progress progress = { .fd = o->progress.set ? (int)o->progress.v : -EBADF,
				     .what = "pack" };
	struct pack pack = { .dir = WORK_FD, .only = args[0], .name = o->name_in_tar,
			     .overlay = o->overlay, .progress = &progress,
			     .out = { .write = out_tar, .arg = &out } };
	int r;

	if (pack.only && (!*pack.only || strchr(pack.only, '/') || streq(pack.only, "..")))
		return fail(0, "%s: not a name", pack.only);
	r = out_open(&out, o->compress);
	if (r == 0)
		r = pack_tree(&pack);
	progress_end(&progress);
	return r < 0 ? r : out_end(&out);
}

int
verb_compress(const struct verb_opts *o, char **args)
{
	auto_(out_done) struct out out = { 0 };
	auto_(file_source_done) struct file_source file = { 0 };
	struct unpacked_source *plain = NULL;
	struct tap tap;
	int r = out_open(&out, o->compress);

	(void)args;
	if (r == 0)
		r = file_source_init(&file, IN_FD, "the layer");
	if (r == 0)
		r = unpacked_source_open(&plain, &file.source);
	if (r == 0) {
		tap_init(&tap, unpacked_source(plain));
		tap.keep = out_tar;
		tap.arg = &out;
		r = source_drain(&tap.source);
	}
	unpacked_source_close(plain);
	return r < 0 ? r : out_end(&out);
}

/* --- archive ---------------------------------------------------------------------------------- */

static int
copy_file(struct tar_out *out, int fd, const char *name, uint64_t size)
{
	autofree char *buf = xrealloc(NULL, PIECE_MAX, 1);
	uint64_t done = 0;
	ssize_t n;
	int r = 0;

	while (r == 0 && done < size && (n = read(fd, buf, PIECE_MAX)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (uint64_t)n > size - done)
			return fail(n < 0 ? errno : ESTALE, "read %s", name);
		r = tar_put(out, buf, (size_t)n);
		done += (uint64_t)n;
	}
	if (r == 0 && done < size)
		return fail(ESTALE, "read %s", name);
	return r < 0 ? r : tar_put_padding(out, size);
}

static int
add_file(struct tar_out *out, const char *member, const char *name)
{
	autoclose int fd = resolve_open(WORK_FD, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct tar_member m = { .path = member };
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return fail(0, "%s: not a file", name);
	m.st.st_mode = S_IFREG | 0644;
	m.st.st_size = st.st_size;
	int r = tar_put_header(out, &m);
	return r < 0 ? r : copy_file(out, fd, name, (uint64_t)st.st_size);
}

static int
add_line(struct tar_out *out, char *line)
{
	char *tab = strchr(line, '\t');

	if (!tab || tab == line || !tab[1])
		return fail(0, "%.200s: not a member, a tab and a file", line);
	*tab = 0;
	return add_file(out, line, tab + 1);
}

static int
write_out(void *arg, const void *data, size_t n)
{
	(void)arg;
	return fd_write_all(OUT_FD, "the output", data, n);
}

#define LIST_MAX (16u << 20)

int
verb_archive(const struct verb_opts *o, char **args)
{
	struct tar_out out = { .write = write_out };
	autofree char *text = NULL;
	autostrv lines = NULL;
	int r = fd_read_all(IN_FD, "the list", LIST_MAX, &text, NULL);

	(void)o, (void)args;
	if (r == 0)
		lines = strv_split(text, '\n');
	for (char **line = lines; r == 0 && line && *line; line++)
		r = add_line(&out, *line);
	if (r == 0)
		r = tar_put_end(&out);
	tar_out_done(&out);
	return r;
}
