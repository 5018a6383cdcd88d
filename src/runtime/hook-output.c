#include "runtime/hook-output.h"

#include "runtime/annotations.h"

#include "base/err.h"
#include "base/str.h"

#include <fcntl.h>

/* Through /dev a socket could not be opened, and a file would be written from its beginning. */
static int
own_stream(const char *path)
{
	if (streq(path, "/dev/stdout"))
		return STDOUT_FILENO;
	return streq(path, "/dev/stderr") ? STDERR_FILENO : -EBADF;
}

static int
open_file(const char *path)
{
	int own = own_stream(path);
	/* A FIFO that nobody reads must not keep us waiting. */
	const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	autoclose int fd = own >= 0 ? fcntl(own, F_DUPFD_CLOEXEC, 3) : open(path, flags, 0644);

	if (fd < 0)
		return fail(errno, "open %s", path);
	if (own < 0 && fcntl(fd, F_SETFL, O_APPEND) < 0)
		return fail(errno, "open %s", path);
	return take_fd(fd);
}

static int
open_named(int *fd, struct oci_pair *const *annotations, const char *name)
{
	const char *path = annotation_value(annotations, name);

	if (!path)
		return 0;
	*fd = open_file(path);
	return *fd < 0 ? wrap(*fd, "annotation %s", name) : 0;
}

int
hook_output_open(struct hook_output *o, struct oci_pair *const *annotations)
{
	int r = open_named(&o->out, annotations, ANNOTATION_HOOKS_STDOUT);

	return r < 0 ? r : open_named(&o->err, annotations, ANNOTATION_HOOKS_STDERR);
}

void
hook_output_done(struct hook_output *o)
{
	close_at(&o->out);
	close_at(&o->err);
	*o = (struct hook_output)HOOK_OUTPUT_EMPTY;
}
