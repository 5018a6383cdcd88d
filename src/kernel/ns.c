#include "kernel/ns.h"

#include "base/err.h"
#include "base/file.h"

#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

const struct word ns_words[] = {
	{ "mount", CLONE_NEWNS },
	{ "cgroup", CLONE_NEWCGROUP },
	{ "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },
	{ "user", CLONE_NEWUSER },
	{ "pid", CLONE_NEWPID },
	{ "network", CLONE_NEWNET },
	{ "time", CLONE_NEWTIME },
	{ 0 },
};

int
ns_open(const char *path, uint64_t kind)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return fail(errno, "open %s", path);
	int is = ioctl(fd, NS_GET_NSTYPE);
	if (is < 0)
		return fail(0, "%s: not a namespace", path);
	if ((uint64_t)is != kind)
		return fail(0, "%s: a %s namespace, not a %s one", path,
			    number_word(ns_words, (uint64_t)is), number_word(ns_words, kind));
	return take_fd(fd);
}

bool
ns_is_ours(const char *path, uint64_t kind)
{
	static const struct word files[] = {
		{ "net", CLONE_NEWNET }, { "ipc", CLONE_NEWIPC }, { "uts", CLONE_NEWUTS },
		{ "user", CLONE_NEWUSER }, { 0 },
	};
	autofree char *own = xasprintf("/proc/self/ns/%s", number_word(files, kind));
	struct stat a, b;

	if (stat(path, &a) < 0 || stat(own, &b) < 0)	/* by path: the host's */
		return false;
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool
ns_in_user(void)
{
	autofree char *map = NULL;
	unsigned from, to, size;

	if (file_read_at(AT_FDCWD, "/proc/self/uid_map", 1 << 20, &map, NULL) < 0)
		return false;
	return sscanf(map, "%u %u %u", &from, &to, &size) != 3 || from != 0 || to != 0 ||
	       size != UINT32_MAX;
}

int
ns_join(int fd, uint64_t kinds)
{
	if (setns(fd, (int)kinds) < 0)
		return fail(errno, "setns");
	return 0;
}

int
ns_loopback_up(void)
{
	struct ifreq req = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	autoclose int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (sock < 0)
		return fail(errno, "socket");
	if (ioctl(sock, SIOCSIFFLAGS, &req) < 0)
		return fail(errno, "set the flags of lo");
	return 0;
}
