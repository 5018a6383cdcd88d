/*
 * floor: what the kernel asks for a container, and nothing around it.
 *
 * It makes the system calls that the default configuration of `spec` needs, in
 * the order of a runtime, with everything written into the program: no JSON, no
 * state, no checks, no hooks.  No runtime can be faster than this by much, so
 * the bench gives every time as a multiple of it.
 *
 *	floor run ROOTFS NAME [FILTER]
 *				/true in a container, to its end; with this filter of system
 *				calls, a file of instructions
 *	floor life ROOTFS NAME	/true pause: made, started, killed, removed
 *	floor exec PID		/true in the container of that process
 *	floor state FILE	prints the file
 *	floor --version
 *
 * An error ends it: a floor with a hole in it measures nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define CGROUP_ROOT "/sys/fs/cgroup"
#define MAX_HIERARCHIES 32

static const unsigned long namespaces =
	CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

/* The directories of the container: one with v2, one a hierarchy with v1. */
static struct cgroups {
	bool v2;
	const char *name;
	int n;
	char hierarchy[MAX_HIERARCHIES][32];
	int dir[MAX_HIERARCHIES];
} cgroups;

static long
must(long result, const char *what)
{
	if (result >= 0)
		return result;
	perror(what);
	_exit(1);
}

/* --- cgroups ---------------------------------------------------------------- */

static void
write_at(int dir, const char *file, const char *text)
{
	int fd = must(openat(dir, file, O_WRONLY | O_CLOEXEC), file);

	must(write(fd, text, strlen(text)), text);
	close(fd);
}

/* crun and runc allow these whatever the configuration says. */
static void
allow_devices_v1(int dir)
{
	static const char *const allowed[] = {
		"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:8 rwm", "c 1:7 rwm", "c 5:0 rwm",
		"c 1:5 rwm", "c 1:9 rwm", "c 5:1 rwm", "c 136:* rwm", "c 5:2 rwm",
	};

	write_at(dir, "devices.deny", "a");
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		write_at(dir, "devices.allow", allowed[i]);
}

/* The shortest filter that the kernel takes: to load and attach it is what costs. */
static void
allow_devices_v2(int dir)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = 2,
				.insns = (uintptr_t)code, .license = (uintptr_t) "GPL" };
	union bpf_attr attach = { .target_fd = dir, .attach_type = BPF_CGROUP_DEVICE,
				  .attach_flags = BPF_F_ALLOW_MULTI };

	attach.attach_bpf_fd = must(syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load)), "filter");
	must(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof(attach)), "attach filter");
	close(attach.attach_bpf_fd);
}

static void
add_cgroup(const char *hierarchy)
{
	char path[512];
	int i = cgroups.n++;

	snprintf(cgroups.hierarchy[i], sizeof(cgroups.hierarchy[i]), "%s", hierarchy);
	snprintf(path, sizeof(path), CGROUP_ROOT "/%s/%s", hierarchy, cgroups.name);
	must(mkdir(path, 0755), path);
	cgroups.dir[i] = must(open(path, O_DIRECTORY | O_CLOEXEC), path);
	if (cgroups.v2)
		allow_devices_v2(cgroups.dir[i]);
	else if (!strcmp(hierarchy, "devices"))
		allow_devices_v1(cgroups.dir[i]);
	/* An empty cpuset takes no process. */
	if (!strcmp(hierarchy, "cpuset")) {
		write_at(cgroups.dir[i], "cpuset.cpus", "0");
		write_at(cgroups.dir[i], "cpuset.mems", "0");
	}
}

static void
make_cgroups(const char *name)
{
	struct dirent *entry;
	struct statfs fs;
	DIR *dir;

	cgroups.name = name;
	must(statfs(CGROUP_ROOT, &fs), CGROUP_ROOT);
	cgroups.v2 = fs.f_type == CGROUP2_SUPER_MAGIC;
	if (cgroups.v2) {
		add_cgroup(".");
		return;
	}
	dir = opendir(CGROUP_ROOT);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && entry->d_type == DT_DIR &&
		    cgroups.n < MAX_HIERARCHIES)
			add_cgroup(entry->d_name);
	closedir(dir);
}

static bool
is_v2(int i)
{
	return cgroups.v2 || !strcmp(cgroups.hierarchy[i], "unified");
}

/*
 * With v2 a process is born there; with v1 it goes by itself.  A thread that
 * moves only itself, by `tasks`, need not wait for the grace period that any
 * other move waits for.
 */
static void
join_cgroups(void)
{
	for (int i = 0; i < cgroups.n; i++)
		if (!is_v2(i))
			write_at(cgroups.dir[i], "tasks", "0");
}

/* Where a process is born: the v2 hierarchy, alone or beside v1, or nowhere. */
static int
birthplace(void)
{
	for (int i = 0; i < cgroups.n; i++)
		if (is_v2(i))
			return cgroups.dir[i];
	return -1;
}

static void
remove_cgroups(void)
{
	char path[512];

	for (int i = 0; i < cgroups.n; i++) {
		snprintf(path, sizeof(path), CGROUP_ROOT "/%s/%s", cgroups.hierarchy[i],
			 cgroups.name);
		must(rmdir(path), path);
	}
}

/* --- mounts ------------------------------------------------------------------ */

struct fs_option {
	const char *key, *value;
};

static const struct fs {
	const char *point, *type, *source;
	unsigned attributes;
	struct fs_option options[5];
} mounts[] = {
	{ "proc", "proc", "proc", 0, { { 0 } } },
	{ "dev", "tmpfs", "tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME,
	  { { "mode", "755" }, { "size", "65536k" } } },
	{ "dev/pts", "devpts", "devpts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
	  { { "newinstance", NULL }, { "ptmxmode", "0666" }, { "mode", "0620" }, { "gid", "5" } } },
	{ "dev/shm", "tmpfs", "shm", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV,
	  { { "mode", "1777" }, { "size", "65536k" } } },
	{ "dev/mqueue", "mqueue", "mqueue",
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV, { { 0 } } },
	{ "sys", "sysfs", "sysfs",
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY, { { 0 } } },
};

static int
open_below(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

	return syscall(SYS_openat2, root, path, &how, sizeof(how));
}

static void
move_mount_to(int mount, int target)
{
	must(syscall(SYS_move_mount, mount, "", target, "",
		     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
	     "move_mount");
}

static void
configure(int context, unsigned command, const char *key, const char *value)
{
	must(syscall(SYS_fsconfig, context, command, key, value, 0), key ? key : "fsconfig");
}

static int
make_mount(const struct fs *fs)
{
	int context = must(syscall(SYS_fsopen, fs->type, FSOPEN_CLOEXEC), fs->type);
	int mount;

	configure(context, FSCONFIG_SET_STRING, "source", fs->source);
	for (const struct fs_option *o = fs->options; o->key; o++)
		configure(context, o->value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, o->key,
			  o->value);
	configure(context, FSCONFIG_CMD_CREATE, NULL, NULL);
	mount = must(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, fs->attributes), fs->type);
	close(context);
	return mount;
}

static void
mount_fs(int root, const struct fs *fs)
{
	int target, mount;

	if (!strncmp(fs->point, "dev/", 4))
		must(mkdirat(root, fs->point, 0755), fs->point);
	target = must(open_below(root, fs->point), fs->point);
	mount = make_mount(fs);
	move_mount_to(mount, target);
	close(mount);
	close(target);
}

static int
clone_mount(int dir, const char *path, unsigned attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	int fd = must(syscall(SYS_open_tree, dir, path,
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH),
		      "open_tree");

	if (attributes)
		must(syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)),
		     "mount_setattr");
	return fd;
}

/* With v1 a tmpfs with the container's own directory of each hierarchy. */
static void
mount_cgroups_v1(int root, unsigned attributes)
{
	static const struct fs tmpfs = { "sys/fs/cgroup", "tmpfs", "tmpfs",
		MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV, { { "mode", "755" } } };
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };
	int top;

	mount_fs(root, &tmpfs);
	top = must(open_below(root, tmpfs.point), tmpfs.point);
	for (int i = 0; i < cgroups.n; i++) {
		char path[512];
		int mount, target;

		must(mkdirat(top, cgroups.hierarchy[i], 0755), cgroups.hierarchy[i]);
		/* our descriptors are of the mount namespace that we left */
		snprintf(path, sizeof(path), CGROUP_ROOT "/%s/%s", cgroups.hierarchy[i],
			 cgroups.name);
		mount = clone_mount(AT_FDCWD, path, attributes);
		target = must(open_below(top, cgroups.hierarchy[i]), cgroups.hierarchy[i]);
		move_mount_to(mount, target);
		close(target);
		close(mount);
	}
	must(syscall(SYS_mount_setattr, top, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)),
	     "mount_setattr");
	close(top);
}

static void
mount_cgroups(int root)
{
	static const struct fs v2 = { "sys/fs/cgroup", "cgroup2", "cgroup",
		MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY,
		{ { 0 } } };

	if (cgroups.v2)
		mount_fs(root, &v2);
	else
		mount_cgroups_v1(root, v2.attributes);
}

static void
make_devices(int root)
{
	static const struct {
		const char *name;
		int major, minor;
	} nodes[] = { { "null", 1, 3 }, { "zero", 1, 5 },   { "full", 1, 7 },
		      { "tty", 5, 0 },	{ "random", 1, 8 }, { "urandom", 1, 9 } };
	static const struct {
		const char *name, *target;
	} links[] = { { "fd", "/proc/self/fd" }, { "stdin", "/proc/self/fd/0" },
		      { "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
		      { "core", "/proc/kcore" }, { "ptmx", "pts/ptmx" } };
	int dev = must(open_below(root, "dev"), "dev");

	umask(0);
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		must(mknodat(dev, nodes[i].name, S_IFCHR | 0666,
			     makedev(nodes[i].major, nodes[i].minor)),
		     nodes[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		must(symlinkat(links[i].target, dev, links[i].name), links[i].name);
	umask(022);
	close(dev);
}

static void
protect_paths(int root)
{
	static const char *const read_only[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
						 "proc/sysrq-trigger" };

	for (size_t i = 0; i < ARRAY_SIZE(read_only); i++) {
		int target = open_below(root, read_only[i]);

		if (target < 0)
			continue;
		int mount = clone_mount(target, "", MOUNT_ATTR_RDONLY);
		move_mount_to(mount, target);
		close(mount);
		close(target);
	}
}

static void
mask_paths(int root)
{
	static const char *const masked[] = {
		"proc/acpi", "proc/asound", "proc/interrupts", "proc/kcore", "proc/keys",
		"proc/latency_stats", "proc/sched_debug", "proc/scsi", "proc/timer_list",
		"proc/timer_stats", "sys/devices/virtual/powercap", "sys/firmware",
	};
	static const struct fs empty = { NULL, "tmpfs", "tmpfs", MOUNT_ATTR_RDONLY, { { 0 } } };
	int null = must(open_below(root, "dev/null"), "dev/null");
	int tmpfs = -1;

	for (size_t i = 0; i < ARRAY_SIZE(masked); i++) {
		int target = open_below(root, masked[i]);
		int mount;
		struct stat st;

		if (target < 0)
			continue;
		must(fstat(target, &st), masked[i]);
		if (!S_ISDIR(st.st_mode))
			mount = clone_mount(null, "", 0);
		else if (tmpfs < 0)
			mount = tmpfs = make_mount(&empty);
		else	/* the same, for it is attached now */
			mount = clone_mount(tmpfs, "", 0);
		move_mount_to(mount, target);
		close(target);
	}
}

/* The rootfs as a mount of its own, attached over itself. */
static int
open_root(const char *path)
{
	struct mount_attr slave = { .propagation = MS_PRIVATE };
	struct mount_attr rslave = { .propagation = MS_SLAVE };
	int clone, at;

	must(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &rslave, sizeof(rslave)), "/");
	clone = must(syscall(SYS_open_tree, AT_FDCWD, path,
			     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE), path);
	must(syscall(SYS_mount_setattr, clone, "", AT_EMPTY_PATH | AT_RECURSIVE, &slave,
		     sizeof(slave)), path);
	at = must(open(path, O_PATH | O_CLOEXEC), path);
	move_mount_to(clone, at);
	close(at);
	return clone;
}

static void
enter_root(int root)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };

	must(fchdir(root), "rootfs");
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "old root");
	must(chdir("/"), "/");
	must(syscall(SYS_mount_setattr, root, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)),
	     "mount_setattr");
	close(root);
}

/* --- the process ---------------------------------------------------------------- */

static void
loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	must(ioctl(fd, SIOCSIFFLAGS, &request), "lo");
	close(fd);
}

static void
drop_capabilities(void)
{
	const uint32_t keep = 1 << CAP_AUDIT_WRITE | 1 << CAP_KILL | 1 << CAP_NET_BIND_SERVICE;
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { keep, keep, 0 } };

	for (int i = 0; i <= CAP_LAST_CAP; i++)
		if (i > 31 || !(keep & (1u << i)))
			must(prctl(PR_CAPBSET_DROP, i, 0, 0, 0), "bounding set");
	must(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keepcaps");
	must(setgroups(0, NULL), "setgroups");
	must(syscall(SYS_setresgid, 0, 0, 0), "setresgid");
	must(syscall(SYS_setresuid, 0, 0, 0), "setresuid");
	must(syscall(SYS_capset, &header, data), "capset");
	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set");
}

/* The filter for system calls, if there is one. */
static struct sock_filter filter[4096];
static struct sock_fprog filter_program = { 0, filter };

static void
read_filter(const char *path)
{
	int fd = must(open(path, O_RDONLY | O_CLOEXEC), path);

	filter_program.len = must(read(fd, filter, sizeof(filter)), path) / sizeof(filter[0]);
	close(fd);
}

static void
execute(bool pause)
{
	char *const args[] = { "/true", pause ? "pause" : NULL, NULL };
	char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm",
		"HOME=/root", NULL,
	};
	struct rlimit files = { 1024, 1024 };

	must(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	drop_capabilities();
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	must(syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC), "close_range");
	if (filter_program.len)
		must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter_program), "seccomp");
	execve(args[0], args, env);
	must(-1, args[0]);
}

static void
tell(int gate)
{
	must(write(gate, "", 1), "tell");
}

/* What the other side tells, or its end. */
static void
hear(int gate)
{
	char c;

	must(read(gate, &c, 1), "hear");
}

/* Process 1 of the container. */
static void
init(const char *rootfs, int gate, bool wait)
{
	int root;

	must(setsid(), "setsid");
	join_cgroups();
	must(unshare(CLONE_NEWCGROUP), "cgroup namespace");
	must(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, cgroups.name), "keyring");
	must(sethostname("floor", 5), "hostname");
	loopback_up();
	root = open_root(rootfs);
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++)
		mount_fs(root, &mounts[i]);
	make_devices(root);
	mount_cgroups(root);
	protect_paths(root);
	mask_paths(root);
	enter_root(root);
	if (wait) {
		tell(gate);
		hear(gate);
	}
	execute(wait);
}

static pid_t
clone_process(unsigned long flags, int cgroup)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };

	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = cgroup;
	}
	return must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");
}

static int
wait_for(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0), "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The container's process 1, with our end of the gate. */
static pid_t
start(const char *rootfs, bool wait, int *end)
{
	int gate[2];
	pid_t pid;

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, gate), "socketpair");
	pid = clone_process(namespaces, birthplace());
	if (pid == 0) {
		close(gate[1]);
		init(rootfs, gate[0], wait);
	}
	close(gate[0]);
	*end = gate[1];
	return pid;
}

static int
run(const char *rootfs, const char *name)
{
	int gate, status;
	pid_t pid;

	make_cgroups(name);
	pid = start(rootfs, false, &gate);
	status = wait_for(pid);
	remove_cgroups();
	return status;
}

static int
life(const char *rootfs, const char *name)
{
	int gate;
	pid_t pid;

	make_cgroups(name);
	pid = start(rootfs, true, &gate);
	hear(gate);	/* made */
	tell(gate);	/* go */
	hear(gate);	/* executed: its end closes */
	must(kill(pid, SIGKILL), "kill");
	wait_for(pid);
	remove_cgroups();
	return 0;
}

/* The directories of a process's cgroups, from /proc/PID/cgroup. */
static void
open_cgroups_of(const char *pid)
{
	char path[1024], line[512];
	struct statfs fs;
	FILE *f;

	must(statfs(CGROUP_ROOT, &fs), CGROUP_ROOT);
	cgroups.v2 = fs.f_type == CGROUP2_SUPER_MAGIC;
	snprintf(path, sizeof(path), "/proc/%s/cgroup", pid);
	f = fopen(path, "re");
	must(f ? 0 : -1, path);
	while (fgets(line, sizeof(line), f)) {
		char *controller = strchr(line, ':') + 1;
		char *below = strchr(controller, ':');
		int i = cgroups.n;

		*below++ = '\0';
		below[strcspn(below, "\n")] = '\0';
		if (cgroups.v2 && controller[0])
			continue;
		if (!strncmp(controller, "name=", 5))
			controller += 5;
		snprintf(cgroups.hierarchy[i], sizeof(cgroups.hierarchy[i]), "%s",
			 controller[0] ? controller : cgroups.v2 ? "." : "unified");
		snprintf(path, sizeof(path), CGROUP_ROOT "/%s%s", cgroups.hierarchy[i], below);
		cgroups.dir[i] = open(path, O_DIRECTORY | O_CLOEXEC);
		if (cgroups.dir[i] >= 0)
			cgroups.n++;
	}
	fclose(f);
}

static int
exec_in(const char *pid)
{
	int target = must(syscall(SYS_pidfd_open, atoi(pid), 0), "pidfd_open");
	pid_t child;

	open_cgroups_of(pid);
	must(setns(target, namespaces), "setns");
	child = clone_process(0, birthplace());
	if (child == 0) {
		must(setsid(), "setsid");
		/* not before: who is outside of it may put nobody in */
		must(setns(target, CLONE_NEWCGROUP), "cgroup namespace");
		join_cgroups();
		execute(false);
	}
	return wait_for(child);
}

static int
print_file(const char *path)
{
	char text[8192];
	int fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
	ssize_t n = must(read(fd, text, sizeof(text)), path);

	return write(STDOUT_FILENO, text, n) == n ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "run"))
		read_filter(argv[4]);
	if ((argc == 4 || argc == 5) && !strcmp(argv[1], "run"))
		return run(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "life"))
		return life(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "exec"))
		return exec_in(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "state"))
		return print_file(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return write(STDOUT_FILENO, "floor\n", 6) != 6;
	fprintf(stderr, "usage: floor run ROOTFS NAME [FILTER] | life ROOTFS NAME | exec PID |"
			" state FILE | --version\n");
	return 2;
}
