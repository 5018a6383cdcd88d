/*
 * view [wait|hook]: what the walker compares.  Prints what the cgroup of the
 * container says, then becomes /probe, which prints the rest.  With `wait` it
 * prints nothing and stays; as a hook it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
print_value(const char *path)
{
	char text[1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (n > 0)
		text[n - 1] = '\0';	/* the last newline */
	for (char *line = n > 0 ? strtok(text, "\n") : NULL; line; line = strtok(NULL, "\n"))
		printf("limit %s %s\n", path, line);
	if (fd >= 0)
		close(fd);
}

/*
 * Hierarchies where we are not in the cgroup of the container: its path leads
 * out of the namespace, or the namespace was made at the host's own root,
 * which alone has this file on v1, and lacks that one on v2.
 */
static void
print_outside(void)
{
	static const char *const names[] = {
		"blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "hugetlb", "memory",
		"net_cls", "net_prio", "perf_event", "pids", "rdma", "systemd",
	};
	char line[1024], path[64];
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, ":/.."))
			printf("outside %s", line);
	if (f)
		fclose(f);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/release_agent", names[i]);
		if (access(path, F_OK) == 0)
			printf("outside %s\n", names[i]);
	}
	if (access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0 &&
	    access("/sys/fs/cgroup/cgroup.type", F_OK) < 0)
		printf("outside v2\n");
	if (access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) == 0 &&
	    access("/sys/fs/cgroup/unified/cgroup.type", F_OK) < 0)
		printf("outside unified\n");
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

/* The calls that the filters of `run` here are about. */
static void
print_calls(void)
{
	printf("call getpgid %s\n", syscall(SYS_getpgid, 0) < 0 ? strerror(errno) : "goes through");
	printf("call getppid %s\n", syscall(SYS_getppid) < 0 ? strerror(errno) : "goes through");
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
		"probe", "namespaces", "mounts", "capabilities", "security", "limits",
		"ids", "args", "fds", "names", "nodes", "interfaces", "process", "sysctls",
		"signals", "attributes", NULL,
	};

	if (argc > 1 && !strcmp(argv[1], "hook"))
		return 0;
	if (argc > 1 && !strcmp(argv[1], "wait"))
		for (;;)
			pause();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		print_value(files[i]);
	print_outside();
	print_device();
	print_calls();
	fflush(stdout);
	execv("/probe", sections);
	return 1;
}
