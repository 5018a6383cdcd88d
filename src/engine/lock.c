#include "engine/lock.h"

#include "base/err.h"

#include <fcntl.h>

static int
lock_by(int dir, const char *name, enum lock_kind kind, int how)
{
	struct flock lock = { .l_type = kind == LOCK_SHARED ? F_RDLCK : F_WRLCK };
	autoclose int fd = openat(dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return fail(errno, "open %s", name);
	do
		r = fcntl(fd, how, &lock);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		return take_fd(fd);
	return errno == EAGAIN || errno == EACCES ? fail(EAGAIN, "%s is held by another", name) :
						    fail(errno, "lock %s", name);
}

int
lock_at(int dir, const char *name, enum lock_kind kind)
{
	return lock_by(dir, name, kind, F_OFD_SETLKW);
}

int
lock_try_at(int dir, const char *name, enum lock_kind kind)
{
	return lock_by(dir, name, kind, F_OFD_SETLK);
}

int
lock_is_held(int dir, const char *name)
{
	struct flock lock = { .l_type = F_WRLCK };
	autoclose int fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : fail(errno, "open %s", name);
	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return fail(errno, "look at the lock %s", name);
	return lock.l_type != F_UNLCK;
}
