#include "servin-image/tree.h"
#include "servin-image/verbs.h"

#include "engine/helper.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/str.h"

/* A blob on its way into a tree: its own digest, and that of the tar in it. */
struct layer {
	struct progress progress;
	struct file_source file;
	struct tap blob, tar;
	struct unpacked_source *plain;
};

static void
layer_done(struct layer *l)
{
	unpacked_source_close(l->plain);
	tap_done(&l->blob);
	tap_done(&l->tar);
	file_source_done(&l->file);
}

static int
layer_open(struct layer *l, const struct verb_opts *o)
{
	struct stat st;
	int r = file_source_init(&l->file, IN_FD, "the layer");

	l->progress = (struct progress){ .fd = o->progress.set ? (int)o->progress.v : -EBADF,
					 .what = "unpack" };
	if (fstat(IN_FD, &st) == 0 && S_ISREG(st.st_mode))
		l->progress.total = (uint64_t)st.st_size;
	l->file.progress = &l->progress;
	tap_init(&l->blob, &l->file.source);
	/* One hash is enough where there is nothing to uncompress. */
	if (o->digest && !(o->diff_id && streq(o->digest, o->diff_id)))
		l->blob.hash = hash_new(o->digest);
	if (r == 0)
		r = unpacked_source_open(&l->plain, &l->blob.source);
	if (r < 0)
		return r;
	tap_init(&l->tar, unpacked_source(l->plain));
	if (o->diff_id)
		l->tar.hash = hash_new(o->diff_id);
	return 0;
}

static int
check(struct tap *t, const char *should, const char *what)
{
	if (!t->hash)
		return 0;
	autofree char *is = hash_end(t->hash);
	return streq(is, should) ? 0 :
	       fail_plain(EBADMSG, "the layer's %s is %s instead of %s", what, is, should);
}

/* Also what stands behind the end of a compressed layer belongs to the blob. */
static int
layer_check(struct layer *l, const struct verb_opts *o)
{
	int r = source_drain(&l->blob.source);

	if (r == 0)
		r = check(&l->blob, o->digest, "digest");
	return r < 0 ? r : check(&l->tar, o->diff_id, "diff id");
}

static int
unpack_into(struct tree *t, const struct verb_opts *o)
{
	auto_(layer_done) struct layer l = { 0 };
	int r = layer_open(&l, o);

	t->rootless = o->rootless;
	t->max_size = o->size_max;
	t->max_entries = o->entries_max;
	umask(0);
	if (r == 0)
		r = tree_add_all(t, &l.tar.source);
	if (r == 0)
		r = layer_check(&l, o);
	progress_end(&l.progress);
	return r;
}

static int
say_unpacked(const struct tree *t)
{
	struct unpacked done = { .size = { t->size, true }, .entries = { t->entries, true },
				 .skipped = { t->skipped, t->skipped > 0 },
				 .opaque = { true, t->opaque } };

	return answer(OUT_FD, &unpacked_type, &done);
}

int
verb_unpack(const struct verb_opts *o, char **args)
{
	auto_(tree_done) struct tree t;
	int r;

	(void)args;
	tree_init(&t, WORK_FD, o->merge ? TREE_MERGE : TREE_OVERLAY);
	if (!o->digest || !o->diff_id)
		return fail(0, "unpack needs --digest and --diff-id");
	r = digest_check(o->digest, "--digest");
	if (r == 0)
		r = digest_check(o->diff_id, "--diff-id");
	if (r == 0)
		r = unpack_into(&t, o);
	return r < 0 ? r : say_unpacked(&t);
}

int
verb_extract(const struct verb_opts *o, char **args)
{
	auto_(tree_done) struct tree t;

	(void)args;
	tree_init(&t, WORK_FD, TREE_PLAIN);
	t.owners = o->owners;
	t.rename = o->rename;
	if (o->rename && (!*o->rename || strchr(o->rename, '/') || streq(o->rename, ".") ||
			  streq(o->rename, "..")))
		return fail(0, "--rename %s: not a name", o->rename);
	int r = unpack_into(&t, o);
	return r < 0 ? r : say_unpacked(&t);
}
