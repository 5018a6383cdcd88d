#include "servin/archive-out.h"

#include "base/err.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* A device or a pipe. */
static bool
is_special(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && !S_ISREG(st.st_mode);
}

static int
write_special(const char *file, int (*write)(void *, int), void *arg)
{
	autoclose int fd = open(file, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? fail(errno, "open %s", file) : write(arg, fd);
}

static int
write_file(const char *file, int (*write)(void *, int), void *arg)
{
	/* A new file: in a directory of many users one that is there may be another user's. */
	autofree char *part = xasprintf("%s.%d.part", file, (int)getpid());
	autoclose int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int r = fd < 0 ? fail(errno, "create %s", part) : write(arg, fd);

	if (r == 0 && rename(part, file) < 0)
		r = fail(errno, "rename %s to %s", part, file);
	if (r < 0 && fd >= 0)
		unlink(part);
	return r;
}

int
archive_out(const char *file, int (*write)(void *arg, int out), void *arg)
{
	if (file && !streq(file, "-"))
		return is_special(file) ? write_special(file, write, arg) :
					  write_file(file, write, arg);
	if (isatty(STDOUT_FILENO))
		return hint(fail(0, "an archive is nothing for a terminal"),
			    "name a file, or lead standard output to one");
	return write(arg, STDOUT_FILENO);
}
