#include "engine/rootless.h"

#include "engine/lock.h"

#include "kernel/idtool.h"
#include "kernel/ns.h"
#include "kernel/pidfd.h"
#include "kernel/userns.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/prctl.h>

#define FILE_BYTES (4u << 20)

/* --- the maps -------------------------------------------------------------------------------- */

/* "NAME:START:COUNT" */
static bool
is_range_of(char *const *parts, const char *name, const char *number, uint64_t *start,
	    uint64_t *count)
{
	if (strv_len(parts) != 3 || (!streq(parts[0], number) && !(name && streq(parts[0], name))))
		return false;
	return parse_uint(parts[1], UINT32_MAX - 1, start) == 0 &&
	       parse_uint(parts[2], UINT32_MAX - 1, count) == 0 && *count > 0;
}

char *
subids_map(const char *text, const char *name, unsigned id)
{
	autofree char *number = xasprintf("%u", id);
	autostrv lines = strv_split(text, '\n');
	uint64_t inside = 1, start, count;
	struct str map = { 0 };

	str_addf(&map, "0 %u 1\n", id);
	for (char **l = lines; l && *l; l++) {
		autostrv parts = strv_split(*l, ':');

		if (!is_range_of(parts, name, number, &start, &count))
			continue;
		str_addf(&map, "%u %u %u\n", (unsigned)inside, (unsigned)start, (unsigned)count);
		inside += count;
	}
	return str_take(&map);
}

/* The name of a user, from the file alone; free() takes it. */
static char *
name_of(uid_t uid)
{
	autofree char *text = NULL, *number = xasprintf("%u", (unsigned)uid);
	const char *user = getenv("USER");

	if (file_read_at(AT_FDCWD, "/etc/passwd", FILE_BYTES, &text, NULL) == 0) {
		autostrv lines = strv_split(text, '\n');

		for (char **l = lines; l && *l; l++) {
			autostrv parts = strv_split(*l, ':');

			if (strv_len(parts) > 2 && streq(parts[2], number))
				return xstrdup(parts[0]);
		}
	}
	return user ? xstrdup(user) : NULL;
}

static char *
map_of(const char *file, const char *name, unsigned name_id, unsigned id)
{
	autofree char *text = NULL, *ranges = NULL;

	if (file_read_at(AT_FDCWD, file, FILE_BYTES, &text, NULL) < 0)
		return xasprintf("0 %u 1\n", id);
	ranges = subids_map(text, name, name_id);
	/* /etc/subgid names users, too; what is mapped to 0 is the group. */
	return xasprintf("0 %u 1\n%s", id, strchr(ranges, '\n') + 1);
}

int
rootless_maps(struct rootless_maps *maps)
{
	autofree char *name = name_of(getuid());

	maps->uids = map_of("/etc/subuid", name, getuid(), getuid());
	maps->gids = map_of("/etc/subgid", name, getuid(), getgid());
	maps->ranges = strchr(maps->uids, '\n')[1] && strchr(maps->gids, '\n')[1];
	return 0;
}

void
rootless_maps_done(struct rootless_maps *maps)
{
	free(maps->uids);
	free(maps->gids);
}

static int
write_own(pid_t pid)
{
	autofree char *uids = xasprintf("0 %u 1\n", (unsigned)getuid());
	autofree char *gids = xasprintf("0 %u 1\n", (unsigned)getgid());
	int r = userns_write(pid, USERNS_SETGROUPS, "deny");

	if (r == 0)
		r = userns_write(pid, USERNS_GID_MAP, gids);
	return r < 0 ? r : userns_write(pid, USERNS_UID_MAP, uids);
}

static int
write_maps(pid_t pid)
{
	auto_(rootless_maps_done) struct rootless_maps maps = { 0 };
	int r = rootless_maps(&maps);

	if (!maps.ranges)
		return write_own(pid);
	if (r == 0)
		r = idtool_map(pid, USERNS_GID_MAP, maps.gids);
	return r < 0 ? r : idtool_map(pid, USERNS_UID_MAP, maps.uids);
}

/* --- the keeper ------------------------------------------------------------------------------- */

/* STATE has nothing but what is always there. */
static bool
has_containers(const struct engine *e)
{
	autoclose int fd = openat(e->state_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		return false;
	take_fd(fd);
	for (struct dirent *d; (d = readdir(dir));)
		if (strlen(d->d_name) == 64)
			return true;
	return false;
}

static void
await_removal(int watch)
{
	_Alignas(struct inotify_event) char events[4096];

	while (read(watch, events, sizeof(events)) < 0 && errno == EINTR)
		;
}

static _Noreturn void
keep(const struct engine *e)
{
	int watch = inotify_init1(IN_CLOEXEC);
	int lock;

	if (watch < 0 || inotify_add_watch(watch, e->state, IN_DELETE | IN_MOVED_FROM) < 0)
		_exit(1);
	/* As long as a command is there this waits, and behind it for the containers. */
	while ((lock = lock_at(e->state_fd, "keeper.lock", LOCK_WHOLE)) >= 0 && has_containers(e)) {
		close(lock);
		await_removal(watch);
	}
	unlinkat(e->state_fd, "keeper", 0);
	_exit(0);
}

/* Whoever waits for our output to end is not to wait for this one. */
static void
part(const struct engine *e)
{
	int null = open("/dev/null", O_RDWR), fd = e->state_fd;

	setsid();
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		dup2(null, i);
	if (fd > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0u, 0);
	prctl(PR_SET_NAME, "servin-keeper");
}

/* The namespace, and what is written there by the other side when it is mapped. */
static _Noreturn void
be_keeper(const struct engine *e, int ready, int mapped)
{
	char byte = 0;

	/* Its files in /proc are to be written by the one who maps: they must be the user's. */
	userns_show(true);
	if (unshare(CLONE_NEWUSER) < 0 || write(ready, &byte, 1) != 1 ||
	    read(mapped, &byte, 1) != 1)
		_exit(1);
	if (userns_become_root(0, 0, USERNS_DROP) < 0)
		_exit(1);
	part(e);
	keep(e);
}

static int
map_keeper(pid_t pid, int ready, int mapped)
{
	char byte;
	int r;

	if (read(ready, &byte, 1) != 1)
		return fail(EPERM, "make a user namespace (user.max_user_namespaces, or"
				   " kernel.unprivileged_userns_clone, forbids it)");
	r = write_maps(pid);
	return r == 0 && write(mapped, &byte, 1) != 1 ? fail(errno, "tell the keeper") : r;
}

static int
write_keeper(const struct engine *e, pid_t pid)
{
	struct proc_stat st;
	int r = proc_stat(pid, &st);
	autofree char *text = xasprintf("%d %llu\n", (int)pid, (unsigned long long)st.start);

	return r < 0 ? r : file_replace_at(e->state_fd, "keeper", text, strlen(text), 0600);
}

static int
make_keeper(const struct engine *e, pid_t *pid)
{
	int ready[2], mapped[2], r;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	autoclose int ready_in = ready[0], ready_out = ready[1];
	if (pipe2(mapped, O_CLOEXEC) < 0)
		return fail(errno, "pipe");
	autoclose int mapped_in = mapped[0], mapped_out = mapped[1];
	*pid = fork();
	if (*pid < 0)
		return fail(errno, "fork");
	if (*pid == 0)
		be_keeper(e, ready_out, mapped_in);
	close(take_fd(ready_out));
	r = map_keeper(*pid, ready_in, mapped_out);
	if (r == 0)
		r = write_keeper(e, *pid);
	if (r < 0)
		kill(*pid, SIGKILL);
	return r;
}

/* --- going there ----------------------------------------------------------------------------- */

/* The pid of the keeper that lives; -ESRCH. */
static int
find_keeper(const struct engine *e, pid_t *pid)
{
	autofree char *text = NULL;
	unsigned long long start;
	int n;

	if (file_read_at(e->state_fd, "keeper", 64, &text, NULL) < 0 ||
	    sscanf(text, "%d %llu", &n, &start) != 2)
		return -ESRCH;
	autoclose int process = pidfd_open_started(n, start);
	*pid = n;
	return process < 0 ? -ESRCH : 0;
}

static int
find_or_make_keeper(const struct engine *e, pid_t *pid)
{
	autoclose int whole = -EBADF;

	if (find_keeper(e, pid) == 0)
		return 0;
	whole = lock_at(e->state_fd, "keeper.lock", LOCK_WHOLE);
	if (whole < 0)
		return whole;
	return find_keeper(e, pid) == 0 ? 0 : make_keeper(e, pid);
}

static int
join(pid_t keeper)
{
	autoclose int ns = userns_of(keeper);
	int r = ns < 0 ? ns : ns_join(ns, CLONE_NEWUSER);

	if (r == 0)
		r = userns_become_root(0, 0, USERNS_KEEP);
	if (r == 0 && unshare(CLONE_NEWNS) < 0)
		r = fail(errno, "make a mount namespace");
	return r;
}

int
rootless_enter(const struct engine *e)
{
	for (;;) {
		autoclose int lock = -EBADF;
		pid_t before, keeper;
		int r = find_or_make_keeper(e, &before);

		if (r == 0)
			lock = r = lock_at(e->state_fd, "keeper.lock", LOCK_SHARED);
		if (r < 0)
			return wrap(r, "user namespace");
		/* It may have left before we had the lock; with it, it stays. */
		if (find_keeper(e, &keeper) < 0)
			continue;
		r = join(keeper);
		return r < 0 ? wrap(r, "user namespace") : take_fd(lock);
	}
}
