#include "engine/tar.h"

#include "engine/errand.h"
#include "engine/helper-run.h"
#include "engine/helper.h"

#include "libocispec/document.h"

#include "base/err.h"

#include <fcntl.h>

int
tar_pack(const struct tar_packing *p)
{
	const char *args[8] = { "pack" };
	size_t n = 1;

	if (p->overlay)
		args[n++] = "--overlay";
	if (p->overlay && p->rootless)
		args[n++] = "--rootless";
	if (p->name) {
		args[n++] = "--name-in-tar";
		args[n++] = p->name;
	}
	if (p->leaf) {
		args[n++] = "--";
		args[n++] = p->leaf;
	}
	return helper_run(&(struct helper_job){ .args = args, .in = -EBADF, .out = p->out,
						.dir = p->dir }, NULL, NULL);
}

int
tar_extract(const struct tar_extraction *x)
{
	const char *const args[] = { "extract", x->owners ? "--owners" : NULL, NULL };
	struct unpacked said = { 0 };

	return helper_run(&(struct helper_job){ .args = args, .in = x->in, .out = -EBADF,
						.dir = x->dir }, &unpacked_type, &said);
}

/* --- from one to the other ------------------------------------------------------------ */

struct piping {
	const struct tar_packing *from;
	int read, write;
};

static int
pack_beside(void *arg, int *fd)
{
	struct piping *p = arg;
	struct tar_packing packing = *p->from;

	(void)fd;
	/* Else we would never notice that nobody reads any more. */
	close(p->read);
	packing.out = p->write;
	return tar_pack(&packing);
}

/* The writer failed because the reader had. */
static bool
is_lost_reader(const char *words)
{
	return strstr(words, "broken pipe") || strstr(words, "killed by signal 13");
}

int
tar_copy(const struct tar_packing *from, const struct tar_extraction *to)
{
	struct tar_extraction extraction = *to;
	struct errand packer;
	int ends[2], r, packed;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	r = errand_begin(&packer, pack_beside, &(struct piping){ from, ends[0], ends[1] });
	close(ends[1]);
	extraction.in = ends[0];
	if (r == 0)
		r = tar_extract(&extraction);
	close(ends[0]);
	if (packer.pid <= 0)
		return r;
	autofree char *words = r < 0 ? xstrdup(err_words()) : NULL;
	packed = errand_end(&packer, NULL);
	/* Half a tar is hard to understand for who reads it: the cause is on the other side. */
	if (r == 0 || (packed < 0 && !is_lost_reader(err_words())))
		return packed;
	return fail_plain(-r, "%s", words);
}
