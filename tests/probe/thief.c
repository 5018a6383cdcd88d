/*
 * thief MODE ...: what a process of a container may try against the runtime, and what came of it.
 *
 * thief exe FILE	until FILE exists: opens /proc/PID/exe of every other process; what is
 *			neither this program nor the one given by THIEF_KNOWN, it tries to write
 *			to, by each way that it knows, also when nobody executes it any more
 * thief trace FILE	until FILE exists: traces, reads and enters every other process that has not
 *			executed the program given by THIEF_KNOWN
 * thief type TTY	pushes a letter into the input of a terminal
 * thief fds		prints the numbers of its open files and what they are
 *
 * It prints one line, "tried N, NAME N, ...": how often each way worked.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT_MAX 64

/* Programs of the runtime that were opened. */
static struct {
	int fd[KEPT_MAX];
	int n;
} kept;

static struct stat known[2];

static int
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int
is_known(const struct stat *st)
{
	return same_file(st, &known[0]) || same_file(st, &known[1]);
}

static void
learn(void)
{
	const char *name = getenv("THIEF_KNOWN");

	stat("/proc/self/exe", &known[0]);
	if (!name || stat(name, &known[1]) < 0)
		known[1] = known[0];
}

/* Calls act for each other process, until the file exists. */
static void
for_each_process(const char *until, void (*act)(pid_t pid))
{
	do {
		DIR *d = opendir("/proc");
		struct dirent *e;

		while (d && (e = readdir(d))) {
			pid_t pid = atoi(e->d_name);

			if (pid > 0 && pid != getpid() && pid != getppid())
				act(pid);
		}
		if (d)
			closedir(d);
	} while (access(until, F_OK) < 0);
}

/* -- exe ------------------------------------------------------------------------------ */

static struct { unsigned tried, write, truncate, unsealed, cloned; } exe;

static int
opens_for_writing(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int w = open(path, O_WRONLY | O_CLOEXEC);
	if (w < 0)
		w = open(path, O_RDWR | O_CLOEXEC);
	if (w >= 0)
		close(w);
	return w >= 0;
}

static int
make_writable(int fd)
{
	struct mount_attr attr = { .attr_clr = MOUNT_ATTR_RDONLY };

	return syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0;
}

static int
writable_by_clone(int fd)
{
	int mount = (int)syscall(SYS_open_tree, fd, "",
				 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	int r = mount >= 0 && make_writable(mount) && opens_for_writing(mount);

	if (mount >= 0)
		close(mount);
	return r;
}

static void
write_to(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	exe.tried++;
	exe.write += opens_for_writing(fd);
	exe.truncate += truncate(path, 0) == 0;
	exe.unsealed += make_writable(fd) && opens_for_writing(fd);
	exe.cloned += writable_by_clone(fd);
}

static void
steal_exe(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fstat(fd, &st) < 0 || is_known(&st)) {
		close(fd);
		return;
	}
	write_to(fd);
	if (kept.n < KEPT_MAX)
		kept.fd[kept.n++] = fd;
	else
		close(fd);
}

static int
mode_exe(const char *until)
{
	for_each_process(until, steal_exe);
	/* While it was executed each was busy; by now perhaps no more. */
	for (int i = 0; i < kept.n; i++)
		write_to(kept.fd[i]);
	printf("tried %u, write %u, truncate %u, unsealed %u, cloned %u\n", exe.tried, exe.write,
	       exe.truncate, exe.unsealed, exe.cloned);
	return 0;
}

/* -- trace ---------------------------------------------------------------------------- */

static struct { unsigned tried, ptrace, mem, vm, files, root, cwd, exe, environ; } trace;

static int
opens(pid_t pid, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return 0;

	/* Open is easy; what counts is what can be read. */
	char buf[64];
	int r = flags & O_DIRECTORY || flags & O_PATH || read(fd, buf, sizeof(buf)) > 0;
	close(fd);
	return r;
}

/* Whether it still is the runtime; one that has ended has no program at all. */
static int
is_runtime(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return stat(path, &st) == 0 ? !is_known(&st) : errno == EACCES;
}

/* A success counts only if the process was the runtime's afterwards as well. */
static void
count(unsigned *n, int worked, pid_t pid)
{
	*n += worked && is_runtime(pid);
}

/* One that is traced tells only its tracer that it ends, so none is kept. */
static void
try_ptrace(pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return;
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	waitpid(pid, NULL, __WALL);
	count(&trace.ptrace, 1, pid);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static void
enter(pid_t pid)
{
	char buf[16], name[PATH_MAX], path[64];
	struct iovec mine = { buf, sizeof(buf) }, its = { (void *)0x400000, sizeof(buf) };

	if (!is_runtime(pid))
		return;
	trace.tried++;
	try_ptrace(pid);
	count(&trace.vm, process_vm_readv(pid, &mine, 1, &its, 1, 0) > 0, pid);
	count(&trace.mem, opens(pid, "mem", O_RDWR), pid);
	count(&trace.environ, opens(pid, "environ", O_RDONLY), pid);
	count(&trace.files, opens(pid, "fd/0", O_PATH), pid);
	count(&trace.root, opens(pid, "root", O_DIRECTORY), pid);
	count(&trace.cwd, opens(pid, "cwd", O_DIRECTORY), pid);
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	count(&trace.exe, readlink(path, name, sizeof(name)) > 0, pid);
}

static int
mode_trace(const char *until)
{
	for_each_process(until, enter);
	printf("tried %u, ptrace %u, mem %u, vm %u, ", trace.tried, trace.ptrace, trace.mem,
	       trace.vm);
	printf("files %u, root %u, cwd %u, exe %u, environ %u\n", trace.files, trace.root,
	       trace.cwd, trace.exe, trace.environ);
	return 0;
}

/* -- the small ones ------------------------------------------------------------------- */

static int
mode_type(const char *tty)
{
	int fd = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);

	printf("tried 1, typed %d\n", ioctl(fd < 0 ? 0 : fd, TIOCSTI, "x") == 0);
	return 0;
}

static int
mode_fds(void)
{
	char path[64], name[PATH_MAX];

	for (int fd = 0; fd < 1024; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		ssize_t n = readlink(path, name, sizeof(name));

		if (n >= 0)
			printf("%d %.*s\n", fd, (int)n, name);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	learn();
	if (!strcmp(mode, "exe") && argc == 3)
		return mode_exe(argv[2]);
	if (!strcmp(mode, "trace") && argc == 3)
		return mode_trace(argv[2]);
	if (!strcmp(mode, "type") && argc == 3)
		return mode_type(argv[2]);
	if (!strcmp(mode, "fds"))
		return mode_fds();
	fprintf(stderr, "usage: thief exe FILE | trace FILE | type TTY | fds\n");
	return 2;
}
