#include "engine/monitor/monitor.h"

#include "kernel/cgroupfs.h"

#include "base/file.h"
#include "base/parse.h"
#include "base/strv.h"

#include <stdio.h>

/* Of "N:CONTROLLERS:PATH" the path, if it is about memory. */
static const char *
memory_path(const char *line, bool v2)
{
	const char *controllers = strchr(line, ':'), *path;

	if (!controllers || !(path = strchr(controllers + 1, ':')))
		return NULL;
	if (v2)
		return str_after(line, "0::");
	autofree char *names = xstrndup(controllers + 1, (size_t)(path - controllers - 1));
	autostrv list = strv_split(names, ',');
	return strv_has(list, "memory") ? path + 1 : NULL;
}

static char *
path_in(const struct cgroupfs *fs, const char *text)
{
	const struct cgroupfs_hierarchy *h = fs->version == CGROUPFS_V2 ? &fs->h[0] :
					     cgroupfs_of(fs, "memory");
	autostrv lines = strv_split(text, '\n');

	for (char **l = lines; h && l && *l; l++) {
		const char *path = memory_path(*l, fs->version == CGROUPFS_V2);

		if (path)
			return xasprintf("%s%s/%s", h->dir, path, h->v2 ? "memory.events" :
									  "memory.oom_control");
	}
	return NULL;
}

static char *
file_of(pid_t pid)
{
	autofree char *name = xasprintf("/proc/%d/cgroup", (int)pid), *text = NULL;
	struct cgroupfs fs;

	if (cgroupfs_find(&fs) < 0 || fs.version == CGROUPFS_NONE)
		return NULL;
	if (file_read_at(AT_FDCWD, name, 64u << 10, &text, NULL) < 0)
		return NULL;
	return path_in(&fs, text);
}

/* Each start has a cgroup anew. */
void
oom_watch(struct monitor *m)
{
	free(m->oom_file);
	m->oom_file = m->c->host->memory.v > 0 ? file_of((pid_t)m->status.pid.v) : NULL;
}

bool
oom_happened(const struct monitor *m)
{
	autoclose int root = m->oom_file ? cgroupfs_open_root() : -EBADF;
	char text[1024];

	if (root < 0 || cgroupfs_read(root, m->oom_file, text, sizeof(text)) < 0)
		return false;
	autostrv lines = strv_split(text, '\n');
	for (char **l = lines; l && *l; l++) {
		const char *count = str_after(*l, "oom_kill ");
		uint64_t n;

		if (count && parse_uint(count, UINT64_MAX, &n) == 0)
			return n > 0;
	}
	return false;
}
