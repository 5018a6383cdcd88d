/*
 * view [wait|hook]: what the walker compares.  Prints what the cgroup of the
 * container says, then becomes /probe, which prints the rest.  With `wait` it
 * prints nothing and stays; as a hook it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
print_value(const char *path)
{
	char text[1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	for (char *line = text, *end; n > 0 && (end = memchr(line, '\n', (size_t)n)); line = end + 1) {
		printf("limit %s %.*s\n", path, (int)(end - line), line);
		n -= end + 1 - line;
	}
	if (fd >= 0)
		close(fd);
}

/* A node of the image that no rule allows: EPERM, and ENXIO if the rules are not in force. */
static void
print_device(void)
{
	int fd = open("/forbidden", O_RDONLY | O_CLOEXEC);

	printf("device %s\n", fd < 0 ? strerror(errno) : "open");
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char **argv)
{
	static const char *const files[] = {
		"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/pids/pids.max",
		"/sys/fs/cgroup/cpu/cpu.shares", "/sys/fs/cgroup/devices/devices.list",
		"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/cpu.weight",
	};
	static char *const sections[] = {
		"probe", "namespaces", "mounts", "capabilities", "security", "limits", "ids", "args",
		"fds", "cgroups", "names", "nodes", "interfaces", "process", "sysctls", "signals", NULL,
	};

	if (argc > 1 && !strcmp(argv[1], "hook"))
		return 0;
	if (argc > 1 && !strcmp(argv[1], "wait"))
		for (;;)
			pause();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		print_value(files[i]);
	print_device();
	fflush(stdout);
	execv("/probe", sections);
	return 1;
}
