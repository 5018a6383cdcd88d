/*
 * probe [SECTION...]: what a process in a container was given, one fact a line.
 *
 * Each line begins with the name of its section.  What differs from run to run
 * by nature (numbers of inodes, processes, devices of mounts) is left out, so
 * that the output under two runtimes can be compared.  Nothing but files below
 * /proc and /dev and harmless system calls: it runs in any container.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* As main() found it: a section must not see what another one did. */
static struct given {
	int argc;
	char **argv, **env;
	mode_t umask;
} given;

/* One line of a file without its newline, "?" if it cannot be read. */
static const char *
file_line(const char *path)
{
	static char line[4096];
	FILE *f = fopen(path, "re");

	if (!f || !fgets(line, sizeof(line), f))
		snprintf(line, sizeof(line), "? (%s)", strerror(errno));
	if (f)
		fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static const char *
link_text(const char *path)
{
	static char text[PATH_MAX];
	ssize_t n = readlink(path, text, sizeof(text) - 1);

	if (n < 0)
		n = snprintf(text, sizeof(text), "? (%s)", strerror(errno));
	text[n] = '\0';
	return text;
}

/* The lines of /proc/self/status whose key is in the list, in the order of the file. */
static void
print_status(const char *section, const char *const *keys, size_t n)
{
	char line[1024];
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f)) {
		size_t length = strcspn(line, ":");

		for (size_t i = 0; i < n; i++)
			if (strlen(keys[i]) == length && !strncmp(line, keys[i], length))
				printf("%s %.*s %s", section, (int)length, line,
				       line + length + 1 + strspn(line + length + 1, " \t"));
	}
	if (!f)
		printf("%s ? (no /proc)\n", section);
	else
		fclose(f);
}

static void
print_process(void)
{
	int death = -1;

	prctl(PR_GET_PDEATHSIG, &death);
	printf("process pid %s\n", getpid() == 1 ? "1" : "other");
	printf("process parent %s\n", getppid() == 0 ? "outside" : "inside");
	printf("process session %s\n", getsid(0) == getpid() ? "leader" : "member");
	printf("process group %s\n", getpgrp() == getpid() ? "leader" : "member");
	printf("process death-signal %d\n", death);
	printf("process personality %x\n", personality(0xffffffff));
	printf("process nice %d policy %d\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
	printf("process oom_score_adj %s\n", file_line("/proc/self/oom_score_adj"));
}

/* sched_setattr(2)'s struct, of which no libc header can be relied on. */
struct sched_attributes {
	unsigned size, policy;
	unsigned long long flags;
	int nice;
	unsigned priority;
	unsigned long long runtime, deadline, period;
	unsigned util_min, util_max;
};

static void
print_set(const char *name, const unsigned long *set, size_t size)
{
	const char *separator = " ";

	printf("%s", name);
	for (size_t i = 0; i < size * 8; i++) {
		if (set[i / (8 * sizeof(*set))] >> i % (8 * sizeof(*set)) & 1) {
			printf("%s%zu", separator, i);
			separator = ",";
		}
	}
	printf("\n");
}

static void
print_memory_policy(void)
{
	unsigned long nodes[512] = { 0 };
	int mode = -1;

	if (syscall(SYS_get_mempolicy, &mode, nodes, sizeof(nodes) * 8, NULL, 0) < 0)
		printf("attributes memory-policy ? (%s)\n", strerror(errno));
	printf("attributes memory-policy %#x\n", mode);
	print_set("attributes memory-nodes", nodes, sizeof(nodes));
}

static void
print_key_label(void)
{
	char label[512] = "";
	long n = syscall(SYS_keyctl, KEYCTL_GET_SECURITY, KEY_SPEC_SESSION_KEYRING, label,
			 sizeof(label) - 1);

	printf("attributes key-label %s\n", n <= 1 ? "none" : label);
}

static void
print_attributes(void)
{
	struct sched_attributes s = { .size = sizeof(s) };
	unsigned long cpus[1024] = { 0 };
	long io = syscall(SYS_ioprio_get, 1, 0);	/* IOPRIO_WHO_PROCESS */
	struct utsname uts;

	syscall(SYS_sched_getattr, 0, &s, sizeof(s), 0);
	syscall(SYS_sched_getaffinity, 0, sizeof(cpus), cpus);
	uname(&uts);
	printf("attributes policy %u flags %#llx nice %d priority %u\n", s.policy, s.flags, s.nice,
	       s.priority);
	printf("attributes runtime %llu deadline %llu period %llu\n", s.runtime, s.deadline,
	       s.period);
	printf("attributes io class %ld level %ld\n", io >> 13, io & 0x1fff);
	print_set("attributes cpus", cpus, sizeof(cpus));
	printf("attributes personality %x machine %s\n", personality(0xffffffff), uts.machine);
	print_memory_policy();
	print_key_label();
}

static void
print_signals(void)
{
	static const char *const keys[] = { "SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd" };

	print_status("signals", keys, ARRAY_SIZE(keys));
}

/* The first namespaces of a machine have fixed inodes, just below those that are given out. */
static int
fixed(ino_t inode)
{
	return inode >= 0xeffffff0 && inode <= 0xefffffff;
}

static void
print_namespaces(void)
{
	static const char *const types[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user",
					     "uts" };
	char path[64];
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", types[i]);
		printf("namespace %s %s\n", types[i],
		       stat(path, &st) < 0 ? "?" : fixed(st.st_ino) ? "initial" : "own");
	}
	printf("namespace uid_map %s\n", file_line("/proc/self/uid_map"));
	printf("namespace gid_map %s\n", file_line("/proc/self/gid_map"));
}

/*
 * 36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 * Propagation is told without the numbers of the peer groups.
 */
static void
print_mount(char *line)
{
	char *save, *root, *point, *options, *word, *type, *source;
	char propagation[64] = "";

	strtok_r(line, " \n", &save);
	strtok_r(NULL, " \n", &save);
	strtok_r(NULL, " \n", &save);
	root = strtok_r(NULL, " \n", &save);
	point = strtok_r(NULL, " \n", &save);
	options = strtok_r(NULL, " \n", &save);
	while ((word = strtok_r(NULL, " \n", &save)) && strcmp(word, "-")) {
		word[strcspn(word, ":")] = '\0';
		strncat(propagation, propagation[0] ? "," : "", 2);
		strncat(propagation, word, 16);
	}
	type = strtok_r(NULL, " \n", &save);
	source = strtok_r(NULL, " \n", &save);
	printf("mount %s type %s root %s source %s options %s super %s propagation %s\n", point,
	       type, root, source, options, strtok_r(NULL, " \n", &save),
	       propagation[0] ? propagation : "private");
}

static void
print_mounts(void)
{
	char line[8192];
	FILE *f = fopen("/proc/self/mountinfo", "re");

	while (f && fgets(line, sizeof(line), f))
		print_mount(line);
	if (f)
		fclose(f);
}

static void
print_capabilities(void)
{
	static const char *const keys[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };

	print_status("capabilities", keys, ARRAY_SIZE(keys));
	printf("capabilities securebits %x\n", prctl(PR_GET_SECUREBITS));
}

static void
print_security(void)
{
	static const char *const keys[] = { "NoNewPrivs", "Seccomp", "Seccomp_filters" };
	char name[512] = "?";
	long ring = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	long n = syscall(SYS_keyctl, KEYCTL_DESCRIBE, ring, name, sizeof(name) - 1);

	print_status("security", keys, ARRAY_SIZE(keys));
	printf("security keyring %s\n", n < 0 ? "?" : strrchr(name, ';') + 1);
	printf("security label %s\n", file_line("/proc/self/attr/current"));
}

static const char *
limit_text(rlim_t n, char *text, size_t size)
{
	if (n == RLIM_INFINITY)
		return "unlimited";
	snprintf(text, size, "%llu", (unsigned long long)n);
	return text;
}

static void
print_limits(void)
{
	static const char *const names[RLIM_NLIMITS] = {
		[RLIMIT_CPU] = "cpu", [RLIMIT_FSIZE] = "fsize", [RLIMIT_DATA] = "data",
		[RLIMIT_STACK] = "stack", [RLIMIT_CORE] = "core", [RLIMIT_RSS] = "rss",
		[RLIMIT_NPROC] = "nproc", [RLIMIT_NOFILE] = "nofile",
		[RLIMIT_MEMLOCK] = "memlock", [RLIMIT_AS] = "as", [RLIMIT_LOCKS] = "locks",
		[RLIMIT_SIGPENDING] = "sigpending", [RLIMIT_MSGQUEUE] = "msgqueue",
		[RLIMIT_NICE] = "nice", [RLIMIT_RTPRIO] = "rtprio", [RLIMIT_RTTIME] = "rttime",
	};
	char soft[32], hard[32];
	struct rlimit limit;

	for (int i = 0; i < (int)RLIM_NLIMITS; i++)
		if (getrlimit(i, &limit) == 0)
			printf("limit %s %s %s\n", names[i],
			       limit_text(limit.rlim_cur, soft, sizeof(soft)),
			       limit_text(limit.rlim_max, hard, sizeof(hard)));
}

static void
print_ids(void)
{
	gid_t groups[256];
	uid_t r, e, s;
	gid_t rg, eg, sg;
	int n = getgroups(ARRAY_SIZE(groups), groups);

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	printf("ids uid %u %u %u\n", r, e, s);
	printf("ids gid %u %u %u\n", rg, eg, sg);
	printf("ids groups");
	for (int i = 0; i < n; i++)
		printf(" %u", groups[i]);
	printf("\nids umask %04o\n", given.umask);
}

static void
print_args(void)
{
	char cwd[PATH_MAX];

	for (int i = 0; i < given.argc; i++)
		printf("args %d %s\n", i, given.argv[i]);
	printf("cwd %s\n", getcwd(cwd, sizeof(cwd)) ? cwd : "?");
}

static void
print_env(void)
{
	for (char **e = given.env; *e; e++)
		printf("env %s\n", *e);
}

static void
print_fd(int dir, const char *name)
{
	int mode = fcntl(atoi(name), F_GETFL) & O_ACCMODE;
	char path[300];
	const char *text;

	if (atoi(name) == dir || name[0] == '.')
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%s", name);
	text = link_text(path);
	/* pipe:[123] is a pipe, whichever */
	printf("fd %s %.*s %s\n", name, text[0] == '/' ? PATH_MAX : (int)strcspn(text, "["), text,
	       mode == O_RDONLY ? "r" : mode == O_WRONLY ? "w" : "rw");
}

static void
print_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		print_fd(dirfd(dir), entry->d_name);
	if (dir)
		closedir(dir);
}

static void
print_cgroups(void)
{
	char line[4096];
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && fgets(line, sizeof(line), f))
		printf("cgroup %s", line + strcspn(line, ":") + 1);
	if (f)
		fclose(f);
}

static void
print_names(void)
{
	struct utsname uts;

	uname(&uts);
	printf("name host %s\n", uts.nodename);
	printf("name domain %s\n", uts.domainname);
}

static const char *
kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR: return "directory";
	case S_IFCHR: return "char";
	case S_IFBLK: return "block";
	case S_IFIFO: return "fifo";
	case S_IFSOCK: return "socket";
	case S_IFLNK: return "link";
	default: return "file";
	}
}

static void
print_node(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		printf("node %s ?\n", path);
		return;
	}
	printf("node %s %s", path, kind_of(st.st_mode));
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
		printf(" %u:%u", major(st.st_rdev), minor(st.st_rdev));
	if (S_ISLNK(st.st_mode))
		printf(" -> %s\n", link_text(path));
	else
		printf(" %04o %u:%u\n", st.st_mode & 07777, st.st_uid, st.st_gid);
}

static int
visible(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

/* depth keeps a hostile tree from growing on us. */
static void
print_tree(const char *path, int depth)
{
	struct dirent **entries;
	int n = scandir(path, &entries, visible, alphasort);

	for (int i = 0; i < n; i++) {
		char below[PATH_MAX];

		snprintf(below, sizeof(below), "%s/%s", path, entries[i]->d_name);
		print_node(below);
		if (entries[i]->d_type == DT_DIR && depth > 0)
			print_tree(below, depth - 1);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void
print_nodes(void)
{
	print_node("/");
	print_node("/dev");
	print_tree("/dev", 2);
}

static void
print_sysctls(void)
{
	static const char *const names[] = {
		"kernel/domainname", "kernel/hostname", "kernel/msgmax", "kernel/shm_rmid_forced",
		"fs/mqueue/msg_max", "net/ipv4/ip_forward", "net/ipv4/ip_unprivileged_port_start",
		"net/ipv4/ping_group_range", "net/core/somaxconn",
	};
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/proc/sys/%s", names[i]);
		printf("sysctl %s %s%s\n", names[i], access(path, W_OK) ? "read-only " : "",
		       file_line(path));
	}
}

static void
print_interface(int fd, const char *name)
{
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, SIOCGIFFLAGS, &request) == 0)
		printf("interface %s %s\n", name, request.ifr_flags & IFF_UP ? "up" : "down");
}

static void
print_interfaces(void)
{
	struct if_nameindex *all = if_nameindex();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (struct if_nameindex *i = all; i && i->if_index; i++)
		print_interface(fd, i->if_name);
	if_freenameindex(all);
	close(fd);
}

static void
print_terminal(void)
{
	struct winsize size;
	const char *name;
	int fd;

	for (fd = 0; fd < 3; fd++) {
		name = isatty(fd) ? ttyname(fd) : "none";
		printf("terminal %d %s\n", fd, name ? name : "outside");
	}
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	printf("terminal controlling %s\n", fd < 0 ? "none" : "yes");
	if (ioctl(0, TIOCGWINSZ, &size) == 0)
		printf("terminal size %ux%u\n", size.ws_col, size.ws_row);
	if (fd >= 0)
		close(fd);
}

static const struct section {
	const char *name;
	void (*print)(void);
} sections[] = {
	{ "process", print_process },	    { "signals", print_signals },
	{ "namespaces", print_namespaces }, { "mounts", print_mounts },
	{ "capabilities", print_capabilities }, { "security", print_security },
	{ "limits", print_limits },	    { "ids", print_ids },
	{ "args", print_args },		    { "env", print_env },
	{ "fds", print_fds },		    { "cgroups", print_cgroups },
	{ "names", print_names },	    { "nodes", print_nodes },
	{ "sysctls", print_sysctls },	    { "interfaces", print_interfaces },
	{ "terminal", print_terminal },	    { "attributes", print_attributes },
};

static int
wanted(const char *name)
{
	if (given.argc < 2)
		return 1;
	for (int i = 1; i < given.argc; i++)
		if (!strcmp(given.argv[i], name))
			return 1;
	return 0;
}

int
main(int argc, char **argv, char **env)
{
	given = (struct given){ argc, argv, env, umask(0) };
	umask(given.umask);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (wanted(sections[i].name))
			sections[i].print();
	return 0;
}
