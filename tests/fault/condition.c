#include "walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOUNTS_MAX 256

/* Takes *to, gives back it and more. */
static void
append(char **to, const char *what, char *more)
{
	char *s = text("%s%s%s\n", *to, what, more);

	free(*to);
	free(more);
	*to = s;
}

/* -- limits -- */

/* What the updates of `run` here are about, and what the runtime sets with it. */
static const char *const limit_files[] = {
	"memory.limit_in_bytes", "memory.soft_limit_in_bytes", "memory.memsw.limit_in_bytes",
	"cpu.shares", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpuset.cpus", "pids.max",
	"devices.list", "memory.max", "memory.low", "memory.swap.max", "cpu.weight", "cpu.max",
	"blkio.throttle.read_bps_device", "blkio.throttle.write_iops_device", "io.max",
};

/* The files, and what the state directory knows of them. */
char *
limits_condition(struct walker *w)
{
	struct sight s = look(TOP, STATE, w->id);
	char *all = text("%s", ""), *path = text(STATE "/%s/config.json", w->id), *save = NULL;

	for (char *dir = strtok_r(s.cgroups, " ", &save); dir; dir = strtok_r(NULL, " ", &save))
		for (size_t i = 0; i < sizeof(limit_files) / sizeof(limit_files[0]); i++) {
			char *file = text("%s/%s", dir, limit_files[i]);

			append(&all, limit_files[i], read_text(file));
			free(file);
		}
	append(&all, "config.json ", read_view(w, path));
	free(path);
	sight_done(&s);
	return all;
}

/* -- mounts -- */

static long
init_pid(const struct walker *w)
{
	char *path = text(STATE "/%s/state.json", w->id), *record = read_text(path);
	char *at = strstr(record, "\"pid\":");
	long pid = at ? strtol(at + strlen("\"pid\":"), NULL, 10) : 0;

	free(record);
	free(path);
	return pid;
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes the text. */
static char *
sort_lines(char *all)
{
	char *line[MOUNTS_MAX], *sorted = text("%s", ""), *save = NULL;
	size_t n = 0;

	for (char *l = strtok_r(all, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (n == MOUNTS_MAX)
			die("more than %d mounts", MOUNTS_MAX);
		line[n++] = l;
	}
	qsort(line, n, sizeof(*line), compare_lines);
	for (size_t i = 0; i < n; i++)
		append(&sorted, "", text("%s", line[i]));
	free(all);
	return sorted;
}

/* Where, with what options, of what type; their numbers change, and with these their order. */
char *
mounts_condition(struct walker *w)
{
	char *path = text("/proc/%ld/mountinfo", init_pid(w)), *all = text("%s", "");
	char line[4096], place[1024], options[256], type[64];
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f)) {
		char *behind = strstr(line, " - ");

		if (behind && sscanf(line, "%*s %*s %*s %*s %1023s %255s", place, options) == 2 &&
		    sscanf(behind, " - %63s", type) == 1)
			append(&all, "", text("%s %s %s", place, options, type));
	}
	if (f)
		fclose(f);
	free(path);
	return sort_lines(all);
}

/* -- status -- */

char *
status_condition(struct walker *w)
{
	struct outcome o = COMMAND(w, "state", "ID");
	char *said = read_text(OUT_COMMAND), *at = strstr(said, "\"status\"");
	char *status = o.status || !at ? text("state: %d", o.status) :
					 text("%.*s", (int)strcspn(at, ",\n"), at);

	free(said);
	return status;
}
