#include "servin-image/load.h"
#include "servin-image/verbs.h"

#include "base/err.h"
#include "base/file.h"

int
answer(int fd, const struct type *t, const void *record)
{
	autofree char *text = oci_encode(t, record, OCI_COMPACT);
	autofree char *line = xasprintf("%s\n", text);

	return fd_write_all(fd, "the answer", line, strlen(line));
}

static int
load_any(struct load *l)
{
	struct stat st;

	if (fstat(IN_FD, &st) < 0)
		return fail(errno, "stat the archive");
	if (S_ISDIR(st.st_mode))
		return load_directory(l, IN_FD);

	int fd = seekable(IN_FD, WORK_FD, l->max_size, l->progress);
	int r = fd < 0 ? fd : load_archive(l, fd);
	if (fd > IN_FD)
		close(fd);
	return r;
}

int
verb_load(const struct verb_opts *o, char **args)
{
	struct progress progress = { .fd = o->progress.set ? (int)o->progress.v : -EBADF,
				     .what = "load" };
	auto_(load_done) struct load l = {
		.blobs = { .dir = WORK_FD, .from = -EBADF, .left = o->size_max },
		.progress = &progress, .max_size = o->size_max, .max_entries = o->entries_max,
	};
	int r = platform_init(&l.platform, o->platform);

	(void)args;
	if (r == 0)
		r = load_any(&l);
	if (r == 0)
		r = blobs_sweep(&l.blobs);
	progress_end(&progress);
	return r < 0 ? r : answer(OUT_FD, &loaded_type, &l.loaded);
}
