/*
 * All is done in a mount namespace with a /tmp of its own, and in a network of
 * its own, as subreaper, under names that bear our pid: what is left can be
 * seen, and is nobody else's.
 */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MAX 65536
#define HOST BUNDLE "/host"

/* -- the runtime -- */

struct outcome
command(const struct walker *w, const char *const *words, const char *out,
	const struct fault *fault)
{
	const char *argv[WORDS_MAX + 4] = { RUNTIME, "--root", STATE };

	for (size_t i = 0; i < WORDS_MAX && words[i]; i++)
		argv[3 + i] = strcmp(words[i], "ID") ? words[i] : w->id;
	return inject((char *const *)(void *)argv, out, fault, DEADLINE_MS);
}

void
must(struct outcome o, const char *what, const char *out)
{
	char *file = text("%s.err", out), *said = read_text(file);

	if (o.status)
		die("%s does not work without a fault: status %d: %s", what, o.status, said);
	free(file);
	free(said);
}

char *
read_text(const char *path)
{
	char *buf = calloc(1, TEXT_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;

	for (size_t at = 0; fd >= 0 && n > 0 && at < TEXT_MAX - 1; at += (size_t)n)
		n = read(fd, buf + at, TEXT_MAX - 1 - at);
	if (fd >= 0)
		close(fd);
	return buf;
}

char *
read_view(const struct walker *w, const char *path)
{
	char *view = read_text(path);
	size_t n = strlen(w->id);

	for (char *p = view; (p = strstr(p, w->id));) {
		memmove(p + 2, p + n, strlen(p + n) + 1);
		memcpy(p, "ID", 2);
	}
	return view;
}

/* -- the host -- */

void
host_make(const char *how)
{
	char *line = text(HOST " %s", how);

	if (access(HOST, X_OK) == 0 && system(line) != 0)
		die("%s fails", line);
	free(line);
}

char *
host_show(void)
{
	char *shown = calloc(1, TEXT_MAX);
	FILE *f = access(HOST, X_OK) == 0 ? popen(HOST " show", "re") : NULL;

	if (f && fread(shown, 1, TEXT_MAX - 1, f) == TEXT_MAX - 1)
		die("too much to show");
	if (f && pclose(f) != 0)
		die(HOST " show fails");
	return shown;
}

/* -- the way in -- */

static void
copy_file(int from, const char *to)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	struct stat st;
	off_t at = 0;

	fstat(from, &st);
	while (at < st.st_size)
		if (copy_file_range(from, NULL, fd, NULL, (size_t)(st.st_size - at), 0) <= 0) {
			char buf[65536];
			ssize_t n = pread(from, buf, sizeof(buf), at);

			if (n <= 0 || pwrite(fd, buf, (size_t)n, at) != n)
				die("copy to %s", to);
			at += n;
		} else {
			break;
		}
	close(fd);
}

void
enter_world(const char *runtime_path, const char *bundle_path)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ||
	    unshare(CLONE_NEWNS | CLONE_NEWNET) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("namespaces of its own: %s", strerror(errno));

	/* Both may be in what is about to be covered. */
	int runtime = open(runtime_path, O_RDONLY | O_CLOEXEC);
	int bundle = open(bundle_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *from = text("/proc/self/fd/%d", bundle);

	if (runtime < 0 || bundle < 0)
		die("open %s and %s: %s", runtime_path, bundle_path, strerror(errno));
	if (mount("walk", TOP, "tmpfs", MS_NOSUID, "mode=1777") < 0 || mkdir(BUNDLE, 0755) < 0 ||
	    mount(from, BUNDLE, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(TOP) < 0)
		die("a /tmp of its own: %s", strerror(errno));
	mkdir(STATE, 0700);
	copy_file(runtime, RUNTIME);
	close(runtime);
	close(bundle);
	free(from);
}
