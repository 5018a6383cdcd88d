#include "fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIDS_MAX 65536

char *
text(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	if (vasprintf(&s, format, args) < 0)
		abort();
	va_end(args);
	return s;
}

void
die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("walk: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	_exit(2);
}

/* Takes *to, gives back it and more. */
static void
append(char **to, const char *more)
{
	char *s = text("%s%s ", *to, more);

	free(*to);
	*to = s;
}

/* -- processes -- */

static struct process { pid_t pid, parent; char state; } processes[PIDS_MAX];

static bool
read_process(const char *name, struct process *p)
{
	char path[300], line[512], *at;
	snprintf(path, sizeof(path), "/proc/%s/stat", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	line[n] = 0;
	at = strrchr(line, ')');
	p->pid = atoi(name);
	return at && sscanf(at, ") %c %d", &p->state, &p->parent) == 2;
}

static size_t
read_processes(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	while (dir && (e = readdir(dir)) && n < PIDS_MAX)
		n += atoi(e->d_name) > 0 && read_process(e->d_name, processes + n);
	if (dir)
		closedir(dir);
	return n;
}

static pid_t
parent_of(pid_t pid, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (processes[i].pid == pid)
			return processes[i].parent;
	return 0;
}

/* Calls for each living descendant of ours. */
static unsigned
each_descendant(void (*call)(pid_t))
{
	size_t n = reap() ? read_processes() : 0;
	unsigned found = 0;

	for (size_t i = 0; i < n; i++) {
		pid_t p = processes[i].parent;

		if (strchr("ZX", processes[i].state))
			continue;
		while (p > 1 && p != getpid())
			p = parent_of(p, n);
		if (p != getpid())
			continue;
		found++;
		if (call)
			call(processes[i].pid);
	}
	return found;
}

static pid_t found_child;

static void
keep_child(pid_t pid)
{
	found_child = pid;
}

int
any_child(void)
{
	found_child = 0;
	each_descendant(keep_child);
	return found_child;
}

/* -- mounts -- */

static unsigned
count_mounts(void)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	unsigned n = 0;
	int c;

	while (f && (c = getc(f)) != EOF)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

/* -- cgroups: the container's bears its name, at the top of a hierarchy -- */

static void
each_cgroup_in(const char *dir, const char *id, void (*call)(void *, const char *), void *arg)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_type == DT_DIR && strstr(e->d_name, id)) {
			char *path = text("%s/%s", dir, e->d_name);

			call(arg, path);
			free(path);
		}
	if (d)
		closedir(d);
}

static void
each_cgroup(const char *id, void (*call)(void *, const char *), void *arg)
{
	static const char root[] = "/sys/fs/cgroup";
	DIR *d = opendir(root);
	struct dirent *e;

	each_cgroup_in(root, id, call, arg);
	if (access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0) {	/* v2 alone */
		closedir(d);
		return;
	}
	while (d && (e = readdir(d)))
		if (e->d_type == DT_DIR && *e->d_name != '.') {
			char *path = text("%s/%s", root, e->d_name);

			each_cgroup_in(path, id, call, arg);
			free(path);
		}
	if (d)
		closedir(d);
}

static void
name_cgroup(void *list, const char *path)
{
	append(list, path);
}

/* -- files -- */

static struct { const char *state, *id; struct sight *sight; } tree;

static int
see_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
	size_t n = strlen(path), root = strlen(tree.state);
	bool below = strncmp(path, tree.state, root) == 0 && path[root] == '/';

	(void)st, (void)type, (void)where;
	/* It is for the next container, not of this one. */
	if (below && strncmp(path + root, "/.cache", 7) == 0) {
		tree.sight->half |= n > 4 && strcmp(path + n - 4, ".tmp") == 0;
		return 0;
	}
	if (below && strncmp(path + root + 1, tree.id, strlen(tree.id)) == 0) {
		tree.sight->state = true;
		tree.sight->temporary |= n > 4 && strcmp(path + n - 4, ".tmp") == 0;
		return 0;
	}
	/* criu makes this directory, empty, and cannot remove it when it is killed with us. */
	if (strstr(path, "/.criu.mntns."))
		return 0;
	append(&tree.sight->files, path);
	return 0;
}

struct sight
look(const char *top, const char *state, const char *id)
{
	struct sight s = { .cgroups = text("%s", ""), .files = text("%s", "") };

	s.processes = each_descendant(NULL);
	s.mounts = count_mounts();
	each_cgroup(id, name_cgroup, &s.cgroups);
	tree.state = state;
	tree.id = id;
	tree.sight = &s;
	nftw(top, see_file, 16, FTW_PHYS | FTW_MOUNT);
	return s;
}

void
sight_done(struct sight *s)
{
	free(s->cgroups);
	free(s->files);
}

/* The words of one list that are not in the other. */
static void
add_new_words(char **to, const char *list, const char *old, const char *what)
{
	char *copy = text("%s", list), *padded = text(" %s", old), *save = NULL;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *in = text(" %s ", w);

		if (!strstr(padded, in)) {
			char *said = text("%s %s", what, w);

			append(to, said);
			free(said);
		}
		free(in);
	}
	free(copy);
	free(padded);
}

char *
sight_more(const struct sight *now, const struct sight *before)
{
	char *words = text("%s", "");

	if (now->processes > before->processes)
		append(&words, "process");
	if (now->mounts > before->mounts)
		append(&words, "mount");
	if (now->state && !before->state)
		append(&words, "state");
	if (now->temporary)
		append(&words, "temporary-file-in-state");
	add_new_words(&words, now->cgroups, before->cgroups, "cgroup");
	add_new_words(&words, now->files, before->files, "file");
	return words;
}

static void
end_process(pid_t pid)
{
	kill(pid, SIGKILL);
}

static void
remove_cgroup(void *arg, const char *path)
{
	(void)arg;
	rmdir(path);
}

void
clear_away(const char *id)
{
	for (int i = 0; i < 100 && each_descendant(end_process); i++)
		usleep(10000);
	each_cgroup(id, remove_cgroup, NULL);
}
