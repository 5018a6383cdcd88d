#include "engine/store.h"

#include "engine/lock.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <inttypes.h>
#include <sys/random.h>
#include <sys/stat.h>

/*
 * NAME.lock is there before NAME and goes after it.  Whoever gets the lock of
 * another may remove both; so a lock counts only if its file is still there.
 */
static bool
is_linked(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

static char *
random_name(void)
{
	uint64_t n = 0;

	if (getrandom(&n, sizeof(n), 0) != sizeof(n))
		n = (uint64_t)getpid();
	return xasprintf("tmp/%016" PRIx64, n);
}

static int
try_name(const struct engine *e, struct store_temp *t)
{
	autofree char *name = random_name();
	autofree char *lock_name = xasprintf("%s.lock", name);
	autoclose int lock = lock_at(e->root_fd, lock_name, LOCK_WHOLE);

	if (lock < 0)
		return lock;
	if (!is_linked(lock) || (mkdirat(e->root_fd, name, 0700) < 0 && errno == EEXIST))
		return -EAGAIN;
	t->fd = openat(e->root_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->fd < 0) {
		int code = errno;

		unlinkat(e->root_fd, lock_name, 0);
		return fail(code, "make %s/%s", e->root, name);
	}
	t->lock = take_fd(lock);
	t->name = take(name);
	return 0;
}

int
store_temp_dir(const struct engine *e, struct store_temp *t)
{
	int r;

	*t = (struct store_temp)STORE_TEMP_NONE;
	t->e = e;
	do
		r = try_name(e, t);
	while (r == -EAGAIN);
	return r;
}

/* A directory that may be full or gone, and then its lock. */
static int
remove_temp(int root, const char *name)
{
	autofree char *lock_name = xasprintf("%s.lock", name);
	int r = tree_remove_at(root, name);

	if (r == 0)
		unlinkat(root, lock_name, 0);
	return r;
}

void
store_temp_done(struct store_temp *t)
{
	autowords words = err_keep();

	/* What cannot be removed now is for the next one who sweeps. */
	if (t->name)
		remove_temp(t->e->root_fd, t->name);
	close_at(&t->fd);
	close_at(&t->lock);
	free(t->name);
	*t = (struct store_temp)STORE_TEMP_NONE;
}

/* Who locks NAME.lock now was not there when we listed, or is dead. */
static void
sweep_name(int root, const char *entry)
{
	size_t n = strlen(entry);
	autofree char *lock_name = xasprintf("tmp/%s", entry), *name = NULL;
	autoclose int lock = -EBADF;

	if (n <= 5 || !streq(entry + n - 5, ".lock"))
		return;
	lock = lock_try_at(root, lock_name, LOCK_WHOLE);
	name = xstrndup(lock_name, strlen(lock_name) - 5);
	if (lock >= 0)
		remove_temp(root, name);
}

void
store_temp_sweep(const struct engine *e)
{
	autowords words = err_keep();
	int fd = openat(e->root_fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir)
		close_at(&fd);
	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			sweep_name(e->root_fd, entry->d_name);
}

int
store_sync(const struct engine *e)
{
	return syncfs(e->root_fd) < 0 ? fail(errno, "sync %s", e->root) : 0;
}

int
store_sync_dir(const struct engine *e, const char *name)
{
	autoclose int fd = openat(e->root_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? fail(errno, "sync %s/%s", e->root, name) : 0;
}
