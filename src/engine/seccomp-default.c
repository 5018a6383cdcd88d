/*
 * The profile of system calls that a container has unless it is told
 * otherwise: docker's, as a table.
 *
 * A call that is in no rule fails with EPERM.  A rule holds for who has its
 * capability, or for who lacks one, and on its machines.
 */
#include "engine/bundle.h"

#include "base/ptrs.h"
#include "base/str.h"
#include "base/strv.h"
#include "engine/seccomp-arch.h"

#include <linux/sched.h>
#include <sys/personality.h>
#include <sys/socket.h>

#define ALLOW "SCMP_ACT_ALLOW"
#define REFUSE "SCMP_ACT_ERRNO"

struct rule {
	const char *names;		/* with blanks between */
	const char *cap, *without;	/* who has it; who lacks it */
	const char *arches;		/* ours is among these; NULL: on all */
	int error;			/* that it gives; 0: it is allowed */
	struct {
		const char *op;		/* NULL: whatever the arguments are */
		unsigned index;
		uint64_t value, value_two;
	} arg;
};

/* What makes a namespace.  CLONE_NEWTIME is no flag of clone(2). */
#define NEW_SPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
		    CLONE_NEWPID | CLONE_NEWNET)

#define NO_SPACES(i) { "SCMP_CMP_MASKED_EQ", i, NEW_SPACES, 0 }
#define PERSONA(v)   { .names = "personality", .arg = { "SCMP_CMP_EQ", 0, v, 0 } }

static const struct rule rules[] = {
	/* Files. */
	{ .names =
	  "access cachestat chdir chmod chown chown32 close close_range copy_file_range creat dup "
	  "dup2 dup3 faccessat faccessat2 fadvise64 fadvise64_64 fallocate fchdir fchmod fchmodat "
	  "fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock "
	  "fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate "
	  "ftruncate64 futimesat getcwd getdents getdents64 getxattr getxattrat ioctl lchown "
	  "lchown32 lgetxattr link linkat listxattr listxattrat llistxattr _llseek lremovexattr "
	  "lseek lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat name_to_handle_at newfstatat "
	  "open openat openat2 pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read "
	  "readahead readlink readlinkat readv removexattr removexattrat rename renameat renameat2 "
	  "rmdir sendfile sendfile64 setxattr setxattrat splice stat stat64 statfs statfs64 statx "
	  "symlink symlinkat sync sync_file_range syncfs tee truncate truncate64 umask unlink "
	  "unlinkat utime utimensat utimensat_time64 utimes vmsplice write writev" },
	/* Waiting for them, and for anything else. */
	{ .names =
	  "epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait "
	  "epoll_wait_old eventfd eventfd2 fanotify_mark inotify_add_watch inotify_init "
	  "inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents "
	  "io_pgetevents_time64 io_setup io_submit _newselect poll ppoll ppoll_time64 pselect6 "
	  "pselect6_time64 select signalfd signalfd4 timerfd_create timerfd_gettime "
	  "timerfd_gettime64 timerfd_settime timerfd_settime64" },
	/* Memory. */
	{ .names =
	  "brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 "
	  "mlockall mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc "
	  "pkey_free pkey_mprotect remap_file_pages" },
	/* Processes and threads. */
	{ .names =
	  "execve execveat exit exit_group fork futex futex_requeue futex_time64 futex_wait "
	  "futex_waitv futex_wake get_robust_list get_thread_area getcpu getpgid getpgrp getpid "
	  "getppid getpriority getrlimit getrusage getsid gettid ioprio_get ioprio_set kill "
	  "pidfd_open pidfd_send_signal prctl prlimit64 process_mrelease restart_syscall rseq "
	  "sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr "
	  "sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 "
	  "sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield "
	  "set_robust_list set_thread_area set_tid_address setpgid setpriority setrlimit setsid "
	  "tgkill tkill ugetrlimit uretprobe vfork wait4 waitid waitpid" },
	/* Signals. */
	{ .names =
	  "pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn "
	  "rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack "
	  "sigprocmask sigreturn" },
	/* Who one is, and what one may. */
	{ .names =
	  "capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 "
	  "getresgid getresgid32 getresuid getresuid32 getuid getuid32 landlock_add_rule "
	  "landlock_create_ruleset landlock_restrict_self seccomp setfsgid setfsgid32 setfsuid "
	  "setfsuid32 setgid setgid32 setgroups setgroups32 setregid setregid32 setresgid "
	  "setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32" },
	/* Sockets. */
	{ .names =
	  "accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom "
	  "recvmmsg recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown "
	  "socketcall socketpair" },
	/* All families but the one that talks to the hypervisor. */
	{ .names = "socket", .arg = { "SCMP_CMP_NE", 0, AF_VSOCK, 0 } },
	/* What System V and POSIX have for processes that talk. */
	{ .names =
	  "ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 "
	  "mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget "
	  "semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget" },
	/* Time, and what the system is. */
	{ .names =
	  "adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 "
	  "clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 getitimer "
	  "getrandom gettimeofday nanosleep setitimer sysinfo time timer_create timer_delete "
	  "timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 times "
	  "uname" },
	/* A tracer could once change a call behind the filter; since Linux 4.8 it cannot. */
	{ .names = "process_vm_readv process_vm_writev ptrace" },

	/* The usual ones, with what programs of other systems need, and the question. */
	PERSONA(PER_LINUX), PERSONA(PER_LINUX32), PERSONA(UNAME26), PERSONA(UNAME26 | PER_LINUX32),
	PERSONA(0xffffffff),

	/* Machines. */
	{ .names = "arch_prctl", .arches = "amd64" },
	{ .names = "modify_ldt", .arches = "amd64 x86" },
	{ .names =
	  "arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2",
	  .arches = "arm arm64" },
	{ .names = "swapcontext sync_file_range2", .arches = "ppc64le" },
	{ .names = "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr", .arches = "s390x" },
	{ .names = "riscv_flush_icache riscv_hwprobe", .arches = "riscv64" },

	/*
	 * New processes.  The flags of clone3 lie in memory, where no filter sees them: it is told
	 * to be absent, and the C library takes clone.
	 */
	{ .names = "clone", .without = "CAP_SYS_ADMIN", .arches = "!s390x", .arg = NO_SPACES(0) },
	{ .names = "clone", .without = "CAP_SYS_ADMIN", .arches = "s390x", .arg = NO_SPACES(1) },
	{ .names = "clone3", .without = "CAP_SYS_ADMIN", .error = ENOSYS },

	/* What a capability allows anyway. */
	{ .names =
	  "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount "
	  "mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname "
	  "sethostname setns syslog umount umount2 unshare", .cap = "CAP_SYS_ADMIN" },
	{ .names = "bpf", .cap = "CAP_BPF" },
	{ .names = "open_by_handle_at", .cap = "CAP_DAC_READ_SEARCH" },
	{ .names = "perf_event_open", .cap = "CAP_PERFMON" },
	{ .names = "reboot", .cap = "CAP_SYS_BOOT" },
	{ .names = "chroot", .cap = "CAP_SYS_CHROOT" },
	{ .names = "delete_module finit_module init_module", .cap = "CAP_SYS_MODULE" },
	{ .names = "get_mempolicy mbind set_mempolicy set_mempolicy_home_node",
	  .cap = "CAP_SYS_NICE" },
	{ .names = "acct", .cap = "CAP_SYS_PACCT" },
	{ .names = "kcmp pidfd_getfd process_madvise", .cap = "CAP_SYS_PTRACE" },
	{ .names = "ioperm iopl", .cap = "CAP_SYS_RAWIO" },
	{ .names = "clock_settime clock_settime64 settimeofday stime", .cap = "CAP_SYS_TIME" },
	{ .names = "vhangup", .cap = "CAP_SYS_TTY_CONFIG" },
	{ .names = "syslog", .cap = "CAP_SYSLOG" },
};

static bool
is_here(const char *arches)
{
	const char *ours = seccomp_arch_ours()->go;
	autostrv list = NULL;

	if (!arches)
		return true;
	if (*arches == '!')
		return !streq(arches + 1, ours);
	list = strv_split(arches, ' ');
	return strv_has(list, ours);
}

static bool
holds(const struct rule *r, char *const *capabilities)
{
	return (!r->cap || strv_has(capabilities, r->cap)) &&
	       (!r->without || !strv_has(capabilities, r->without)) && is_here(r->arches);
}

static struct oci_syscall *
syscall_of(const struct rule *r)
{
	struct oci_syscall *s = xcalloc(1, sizeof(*s));

	s->names = strv_split(r->names, ' ');
	s->action = xstrdup(r->error ? REFUSE : ALLOW);
	if (r->error)
		s->errno_ret = (struct oci_uint){ (uint64_t)r->error, true };
	if (r->arg.op) {
		struct oci_syscall_arg arg = {
			.index = { r->arg.index, true }, .value = { r->arg.value, true },
			.value_two = { r->arg.value_two, r->arg.value_two != 0 },
			.op = xstrdup(r->arg.op),
		};
		ptrs_push(&s->args, xmemdup(&arg, sizeof(arg)));
	}
	return s;
}

struct oci_seccomp *
seccomp_default(char *const *capabilities)
{
	const struct seccomp_arch *arch = seccomp_arch_ours();
	struct oci_seccomp *s = xcalloc(1, sizeof(*s));

	s->default_action = xstrdup(REFUSE);
	s->default_errno_ret = (struct oci_uint){ EPERM, true };
	if (*arch->oci)
		strv_add(&s->architectures, arch->oci);
	for (size_t i = 0; i < countof(arch->subs) && arch->subs[i]; i++)
		strv_add(&s->architectures, arch->subs[i]);
	for (size_t i = 0; i < countof(rules); i++)
		if (holds(rules + i, capabilities))
			ptrs_push(&s->syscalls, syscall_of(rules + i));
	return s;
}
