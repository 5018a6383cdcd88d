/* What a container uses, by its cgroup: for a runtime that has no answer. */
#include "engine/usage.h"

#include "kernel/cgroupfs.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"

#include <stdio.h>

#define FILE_MAX (64u << 10)

/* --- the files ------------------------------------------------------------------------------ */

/* "max" is no number, and stays 0. */
static uint64_t
number(const char *text)
{
	autowords words = err_keep();
	uint64_t n;

	return parse_uint(text, UINT64_MAX, &n) == 0 ? n : 0;
}

/* Of lines "KEY N" the number of the first such key. */
static uint64_t
keyed(const char *text, const char *key)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		const char *value = str_after(line, key);
		if (value && *value == ' ') {
			autofree char *digits = xstrndup(value + 1, strcspn(value + 1, "\n"));

			return number(digits);
		}
	}
	return 0;
}

static void
cpu_ns(const char *text, struct usage *u)
{
	u->cpu_ns = number(text);
}

static void
cpu_stat(const char *text, struct usage *u)
{
	u->cpu_ns = keyed(text, "usage_usec") * 1000;
}

static void
memory(const char *text, struct usage *u)
{
	u->memory = number(text);
}

static void
limit(const char *text, struct usage *u)
{
	u->memory_limit = number(text);
}

static void
less_cache(uint64_t cache, struct usage *u)
{
	if (cache < u->memory)
		u->memory -= cache;
}

static void
memory_stat_v1(const char *text, struct usage *u)
{
	less_cache(keyed(text, "total_inactive_file"), u);
}

static void
memory_stat(const char *text, struct usage *u)
{
	less_cache(keyed(text, "inactive_file"), u);
}

static void
pids(const char *text, struct usage *u)
{
	u->pids = number(text);
}

/* Of all words BEFORE NUMBER the sum. */
static uint64_t
sum_after(const char *text, const char *before)
{
	uint64_t sum = 0;

	while ((text = strstr(text, before))) {
		text += strlen(before);
		sum += strtoull(text, NULL, 10);
	}
	return sum;
}

/* "8:0 Read 4096" */
static void
io_v1(const char *text, struct usage *u)
{
	u->read = sum_after(text, " Read ");
	u->written = sum_after(text, " Write ");
}

/* "8:0 rbytes=4096 wbytes=0 ..." */
static void
io(const char *text, struct usage *u)
{
	u->read = sum_after(text, " rbytes=");
	u->written = sum_after(text, " wbytes=");
}

/* The memory that is used stands before the cache that is taken from it. */
static const struct source {
	const char *controller;		/* of v1 */
	const char *file;
	void (*read)(const char *text, struct usage *u);
} v1[] = {
	{ "cpuacct", "cpuacct.usage", cpu_ns },
	{ "memory", "memory.usage_in_bytes", memory },
	{ "memory", "memory.limit_in_bytes", limit },
	{ "memory", "memory.stat", memory_stat_v1 },
	{ "pids", "pids.current", pids },
	{ "blkio", "blkio.throttle.io_service_bytes_recursive", io_v1 },
	{ 0 },
}, v2[] = {
	{ "", "cpu.stat", cpu_stat },
	{ "", "memory.current", memory },
	{ "", "memory.max", limit },
	{ "", "memory.stat", memory_stat },
	{ "", "pids.current", pids },
	{ "", "io.stat", io },
	{ 0 },
};

/* --- the cgroup ------------------------------------------------------------------------------ */

/* Whether the list "cpu,cpuacct" has the controller. */
static bool
has_controller(const char *list, size_t n, const char *controller)
{
	size_t len = strlen(controller);

	for (const char *end = list + n; list <= end; list += strcspn(list, ",:") + 1) {
		size_t word = strcspn(list, ",:");

		if (word == len && strncmp(list, controller, len) == 0)
			return true;
		if (list + word >= end)
			break;
	}
	return false;
}

/* From /proc/PID/cgroup, lines "N:CONTROLLERS:PATH"; NULL if it is none of ours. */
static char *
path_of(const char *text, const char *controller)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *list = strchr(line, ':');
		const char *path = list ? strchr(list + 1, ':') : NULL;

		if (!path || !has_controller(list + 1, (size_t)(path - list - 1), controller))
			continue;
		char *found = xstrndup(path + 1, strcspn(path + 1, "\n"));
		if (*found == '/' && !strstr(found, ".."))
			return found;
		free(found);
	}
	return NULL;
}

/* A container without a cgroup of its own is where we are, and what we use is not its. */
static bool
is_own(const char *path, const char *controller)
{
	autofree char *text = NULL, *ours = NULL;
	autowords words = err_keep();

	if (streq(path, "/") ||
	    file_read_at(AT_FDCWD, "/proc/self/cgroup", FILE_MAX, &text, NULL) < 0)
		return false;
	ours = path_of(text, controller);
	return !ours || !streq(path, ours);
}

/* One that this host does not have counts nothing. */
static void
read_one(int root, const char *dir, const char *cgroup, const struct source *s, struct usage *u)
{
	autofree char *path = xasprintf("%s%s/%s", dir, streq(cgroup, "/") ? "" : cgroup, s->file);
	autofree char *text = xcalloc(1, FILE_MAX);
	autowords words = err_keep();

	if (cgroupfs_read(root, path, text, FILE_MAX) >= 0)
		s->read(text, u);
}

int
usage_of_cgroup(pid_t pid, struct usage *u)
{
	autofree char *name = xasprintf("/proc/%d/cgroup", (int)pid), *text = NULL;
	struct cgroupfs fs;
	int r = file_read_at(AT_FDCWD, name, FILE_MAX, &text, NULL);

	if (r == 0)
		r = cgroupfs_find(&fs);
	if (r < 0)
		return r;
	autoclose int root = cgroupfs_open_root();
	if (root < 0)
		return root;
	r = -ENODATA;
	for (const struct source *s = fs.version == CGROUPFS_V1 ? v1 : v2; s->file; s++) {
		const struct cgroupfs_hierarchy *h = fs.version == CGROUPFS_V1 ?
						     cgroupfs_of(&fs, s->controller) : &fs.h[0];
		autofree char *path = h ? path_of(text, s->controller) : NULL;

		if (!path || !is_own(path, s->controller))
			continue;
		read_one(root, h->dir, path, s, u);
		r = 0;
	}
	return r == 0 ? 0 : fail_plain(ENODATA, "it has no cgroup of its own");
}
