/* Being told that a cgroup is out of memory. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/str.h"
#include "runtime/cgroup/stats-parse.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>

#define TEXT_MAX 4096

void
cgroup_oom_done(struct cgroup_oom *o)
{
	close_at(&o->fd);
	close_at(&o->file);
	*o = (struct cgroup_oom)CGROUP_OOM_EMPTY;
}

/* How often the kernel has killed for want of memory. */
static int
read_kills(const struct cgroup_oom *o, uint64_t *kills)
{
	char text[TEXT_MAX];
	ssize_t n = pread(o->file, text, sizeof(text) - 1, 0);

	if (n < 0)
		return fail(errno, "read the count of out-of-memory kills");
	text[n] = 0;
	*kills = 0;
	return stat_uint(text, "oom_kill", 0, kills);
}

/* v1 writes to an eventfd, when it is out of memory and when the cgroup is removed. */
static int
watch_v1(const struct site *s, const struct cgroupfs_hierarchy *h, struct cgroup_oom *o)
{
	autofree char *path = site_path(s, h, "memory.oom_control");
	char line[32];

	o->file = cgroupfs_open(s->root, path, O_RDONLY);
	if (o->file < 0)
		return o->file;
	o->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (o->fd < 0)
		return fail(errno, "eventfd");
	o->events = POLLIN;
	snprintf(line, sizeof(line), "%d %d", o->fd, o->file);
	return site_write(s, h, "cgroup.event_control", line);
}

/* v2 reports a change of the file since it was read. */
static int
watch_v2(const struct site *s, struct cgroup_oom *o)
{
	autofree char *path = site_path(s, s->fs->h, "memory.events");

	o->fd = cgroupfs_open(s->root, path, O_RDONLY);
	if (o->fd < 0)
		return o->fd;
	o->file = fcntl(o->fd, F_DUPFD_CLOEXEC, 0);
	o->events = POLLPRI;
	return o->file < 0 ? fail(errno, "dup") : read_kills(o, &o->kills);
}

int
cgroup_oom_watch(const struct cgroup *cg, struct cgroup_oom *o)
{
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);
	const struct cgroupfs_hierarchy *h = s.fs->h;

	*o = (struct cgroup_oom)CGROUP_OOM_EMPTY;
	o->kind = cg->kind;
	if (r >= 0 && cg->kind == CGROUP_V1)
		h = cgroupfs_of(s.fs, "memory");
	if (r >= 0 && (!h || cg->kind == CGROUP_NONE))
		r = -ENOENT;
	if (r >= 0)
		r = cg->kind == CGROUP_V1 ? watch_v1(&s, h, o) : watch_v2(&s, o);
	if (r == -ENOENT)
		fail(0, "the container has no memory controller");
	if (r < 0)
		cgroup_oom_done(o);
	return r < 0 ? r : 0;
}

int
cgroup_oom_happened(struct cgroup_oom *o)
{
	uint64_t before = o->kills, n;

	if (o->fd < 0)
		return 0;
	/* A cgroup that was removed has nothing to tell any more. */
	if (read_kills(o, &o->kills) < 0) {
		cgroup_oom_done(o);
		return 0;
	}
	if (o->kind == CGROUP_V1)
		return read(o->fd, &n, sizeof(n)) == sizeof(n);
	return o->kills > before;
}
