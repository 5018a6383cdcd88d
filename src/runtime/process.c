#include "runtime/process.h"

#include "runtime/groups.h"
#include "runtime/seccomp/load.h"

#include "base/err.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/strv.h"
#include "kernel/resolve.h"
#include "kernel/rlimit.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#define PASSWD_MAX (1u << 20)

/* What cannot be granted is told and no failure (config.md, process.capabilities). */
static uint64_t
grantable(char **names, uint64_t within, const char *set, log_words tell)
{
	uint64_t bit, mask = 0;

	for (; names && *names; names++) {
		if (!cap_bit(*names, &bit))
			continue;	/* the check has warned */
		if (bit & within)
			mask |= bit;
		else
			tell("%s cannot be granted: not %s", *names, set);
	}
	return mask;
}

static int
plan_caps(struct process *p)
{
	static const struct oci_capabilities none;
	const struct oci_capabilities *c = p->spec->capabilities ? p->spec->capabilities : &none;
	struct caps have;
	/* Who enters a user namespace has all of them there, whatever they are outside. */
	int r = p->in_user_ns ? caps_full(&have) : caps_read(&have);

	if (r < 0)
		return r;
	p->caps.bounding = grantable(c->bounding, have.bounding, "in our bounding set", warn);
	p->caps.permitted = grantable(c->permitted, have.permitted, "permitted to us", warn);
	p->caps.effective = grantable(c->effective, p->caps.permitted, "permitted", warn);
	uint64_t passable = p->caps.bounding & (have.permitted | have.inheritable);
	p->caps.inheritable = grantable(c->inheritable, passable, "in the bounding set", warn);
	/*
	 * What this machine denies has had its warning.  The rest is what a configuration denies
	 * itself, as buildah's always do, and engines show their users every line of ours.
	 */
	p->caps.ambient = grantable(c->ambient, p->caps.permitted & p->caps.inheritable,
				    "both permitted and inheritable", debug);
	return 0;
}

int
process_plan(struct process *p, const struct oci_process *spec)
{
	const struct oci_user *u = spec->user;

	*p = (struct process){
		.spec = spec, .env = strv_copy(spec->env),
		.in_user_ns = p->in_user_ns, .keep_groups = p->keep_groups,
	};
	if (u) {
		p->uid = (uid_t)u->uid.v;
		p->gid = (gid_t)u->gid.v;
		p->n_groups = u->additional_gids.n;
		p->groups = xcalloc(p->n_groups, sizeof(gid_t));
		for (size_t i = 0; i < p->n_groups; i++)
			p->groups[i] = (gid_t)u->additional_gids.v[i];
	}
	return plan_caps(p);
}

void
process_done(struct process *p)
{
	strv_free(p->env);
	free(p->groups);
	free(p->program);
	filter_done(&p->filter);
	*p = (struct process){ 0 };
}

/* How many descriptors systemd's socket activation hands to us. */
static unsigned
listen_fds(void)
{
	const char *fds = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	uint64_t n, whose;

	if (!fds || !pid || parse_uint(fds, 1024, &n) < 0 || parse_uint(pid, INT32_MAX, &whose) < 0)
		return 0;
	return (pid_t)whose == getpid() ? (unsigned)n : 0;
}

void
process_preserve(struct process *p, unsigned n)
{
	unsigned more = listen_fds();

	p->preserve_fds = n + more;
	p->listen_fds = more;
	if (more) {
		autofree char *count = xasprintf("LISTEN_FDS=%u", more);

		strv_set_env(&p->env, count);
	}
}

int
process_settle_fds(unsigned n)
{
	unsigned first = 3 + n + listen_fds();
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return fail(errno, "open /dev/null");
		if (fd > 2)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	} while ((unsigned)fd < first);
	close(fd);
	return close_range(first, ~0u, CLOSE_RANGE_CLOEXEC) < 0 ? fail(errno, "close_range") : 0;
}

int
process_session(struct process *p)
{
	(void)p;
	return setsid() < 0 ? fail(errno, "setsid") : 0;
}

int
process_rlimits(struct process *p)
{
	for (struct oci_rlimit **l = p->spec->rlimits; l && *l; l++) {
		struct rlimit limit = { .rlim_cur = (*l)->soft.v, .rlim_max = (*l)->hard.v };
		uint64_t resource;

		if (!word_number(rlimit_words, (*l)->type, &resource))
			return fail(0, "%s: no such limit", (*l)->type);
		if (setrlimit((int)resource, &limit) < 0)
			return fail(errno, "set %s", (*l)->type);
	}
	return 0;
}

int
process_umask(struct process *p)
{
	if (p->spec->user && p->spec->user->umask.set)
		umask((mode_t)p->spec->user->umask.v);
	return 0;
}

/* The sixth of the fields of a line of passwd(5), if its third is the uid. */
static char *
home_in_line(char *line, uid_t uid)
{
	char *field[7];
	uint64_t is;
	size_t n = 0;

	while (n < countof(field) && (field[n] = strsep(&line, ":")))
		n++;
	if (n < 6 || parse_uint(field[2], UINT32_MAX, &is) < 0 || is != uid || !*field[5])
		return NULL;
	return field[5];
}

/*
 * The path is the image's: it may be a device, and to open one already acts (a
 * watchdog begins to count).  So it is looked at through an fd that opens
 * nothing.  To open that very fd would take a /proc, and the one here is the
 * container's; so the path is opened anew and must lead to the same file.  In
 * init nobody is inside yet who could change it between the two, and in exec
 * a container that does so opens what it could open itself.
 */
static int
open_regular(int root, const char *path, struct stat *st)
{
	struct stat seen;
	autoclose int place = resolve_open(root, path, O_PATH);

	if (place < 0 || fstat(place, &seen) < 0 || !S_ISREG(seen.st_mode))
		return -ENOENT;
	autoclose int fd = resolve_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, st) < 0 || st->st_dev != seen.st_dev || st->st_ino != seen.st_ino)
		return -ENOENT;
	return take_fd(fd);
}

/* It may be of any size, too. */
static char *
home_in_passwd(uid_t uid)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (root < 0)
		return NULL;
	autoclose int fd = open_regular(root, "/etc/passwd", &st);
	if (fd < 0 || st.st_size > PASSWD_MAX)
		return NULL;
	autofree char *text = xcalloc((size_t)st.st_size + 1, 1);
	ssize_t n = read(fd, text, (size_t)st.st_size);
	char *rest = n > 0 ? text : NULL, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *home = home_in_line(line, uid);

		if (home)
			return xstrdup(home);
	}
	return NULL;
}

int
process_env(struct process *p)
{
	if (p->listen_fds) {
		/* sd_listen_fds(3) compares it with its own pid, which is known only here. */
		autofree char *pid = xasprintf("LISTEN_PID=%d", getpid());

		strv_set_env(&p->env, pid);
	}
	if (strv_env(p->env, "HOME"))
		return 0;
	autofree char *home = home_in_passwd(p->uid);
	strv_push(&p->env, xasprintf("HOME=%s", home ? home : "/"));
	return 0;
}

/* One without a name: a FIFO is on a file system of somebody's. */
static bool
is_pipe(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC;
}

int
process_give_stdio(uid_t uid)
{
	struct stat st;

	/*
	 * A pipe of the engine's, so that the user can open /dev/stdout.  Nothing
	 * that has a name is touched: not the host's /dev/null, not a file, not a FIFO.
	 */
	for (int fd = 0; fd <= 2; fd++) {
		if (!is_pipe(fd) || fstat(fd, &st) < 0 || st.st_uid == uid)
			continue;
		if (fchown(fd, uid, (gid_t)-1) < 0 && errno != EPERM && errno != EINVAL &&
		    errno != EROFS)
			return fail(errno, "give fd %d to user %u", fd, uid);
	}
	return 0;
}

/* 1, 0, or -errno. */
static int
is_null_device(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(errno, "fstat %d", fd);
	return S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

/* The container's, or -ENOENT if what it has there is none. */
static int
open_own_null(void)
{
	autoclose int fd = open("/dev/null", O_RDWR | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	int r = fd < 0 ? fail(errno, "open /dev/null") : is_null_device(fd);

	if (r == -ENOTDIR || r == -ELOOP || r == -ENXIO || r == -EISDIR || r == 0)
		return -ENOENT;
	return r < 0 ? r : take_fd(fd);
}

/*
 * Through the host's null device root inside could change its mode, and it is a file of no mount
 * of the container, which criu cannot save: the container's own takes its place, if it has one.
 */
static int
own_null_device(void)
{
	autoclose int own = -EBADF;
	int r = 0;

	for (int fd = 0; r == 0 && fd <= 2; fd++) {
		r = is_null_device(fd);
		if (r <= 0)
			continue;
		if (own < 0)
			own = open_own_null();
		if (own < 0)
			return own == -ENOENT ? 0 : own;
		r = dup2(own, fd) < 0 ? fail(errno, "dup") : 0;
	}
	return r;
}

int
process_own_stdio(struct process *p)
{
	int r = own_null_device();

	return r < 0 || p->uid == 0 ? r : process_give_stdio(p->uid);
}

/* A directory of the host's that is open somewhere must not become ours (CVE-2024-21626). */
static int
check_cwd(const char *path)
{
	char buf[PATH_MAX];

	/* The system call, not the library: that one would hide what is unreachable. */
	long n = syscall(SYS_getcwd, buf, sizeof(buf));
	if (n < 0)
		return fail(errno, "working directory %s", path);
	if (*buf != '/')
		return fail(EPERM, "working directory %s is outside of the container", path);
	return 0;
}

static int
change_dir(struct process *p)
{
	if (chdir(p->spec->cwd) < 0)
		return fail(errno, "chdir to cwd (\"%s\")", p->spec->cwd);
	int r = check_cwd(p->spec->cwd);
	if (r == 0)
		p->in_cwd = true;
	return r;
}

int
process_cwd_early(struct process *p)
{
	int r = change_dir(p);

	/* A directory that only the user may enter, of a network file system say, comes later. */
	return r == -EACCES ? 0 : r;
}

int
process_cwd(struct process *p)
{
	return p->in_cwd ? 0 : change_dir(p);
}

/* The kernel's EINVAL has a meaning that it does not say. */
static int
fail_id(const struct process *p, const char *what, unsigned id)
{
	if (errno == EINVAL && p->in_user_ns)
		return fail(EINVAL, "%s %u: it is not mapped in the user namespace", what, id);
	return fail(errno, "%s %u", what, id);
}

static int
set_ids(struct process *p)
{
	int r = groups_set(p);

	if (r < 0)
		return r;
	if (setresgid(p->gid, p->gid, p->gid) < 0)
		return fail_id(p, "setgid", p->gid);
	if (setresuid(p->uid, p->uid, p->uid) < 0)
		return fail_id(p, "setuid", p->uid);
	return 0;
}

int
process_credentials(struct process *p)
{
	const struct caps caps = filter_caps(p);
	int r = filter_check_caps(p);

	if (r == 0)
		r = caps_drop_bounding(caps.bounding);
	if (r < 0)
		return r;
	/* The sets outlive the change of user, for caps_apply() to cut them down. */
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return fail(errno, "keep capabilities");
	r = set_ids(p);
	if (r == 0)
		r = filter_guard(p);
	if (r == 0)
		r = caps_apply(&caps);
	if (r < 0)
		return r;
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
		return fail(errno, "stop keeping capabilities");
	if (p->spec->no_new_privileges.v && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(errno, "set no_new_privs");
	return 0;
}

static int
verify_ids(const struct process *p)
{
	uid_t ru, eu, su;
	gid_t rg, eg, sg;

	if (getresuid(&ru, &eu, &su) < 0 || getresgid(&rg, &eg, &sg) < 0)
		return fail(errno, "read back the user");
	if (ru != p->uid || eu != p->uid || su != p->uid)
		return fail(EPERM, "the user is %u:%u:%u, not %u", ru, eu, su, p->uid);
	if (rg != p->gid || eg != p->gid || sg != p->gid)
		return fail(EPERM, "the group is %u:%u:%u, not %u", rg, eg, sg, p->gid);
	return 0;
}

static int
verify_caps(const struct process *p)
{
	const struct caps want = filter_caps(p);
	struct caps is;
	int r = caps_read(&is);

	if (r < 0)
		return r;
	if (is.bounding != want.bounding || is.permitted != want.permitted ||
	    is.effective != want.effective || is.inheritable != want.inheritable ||
	    is.ambient != want.ambient)
		return fail(EPERM, "other capabilities than asked for");
	return 0;
}

int
process_verify(struct process *p)
{
	int r = verify_ids(p);

	if (r == 0)
		r = groups_verify(p);
	if (r == 0)
		r = verify_caps(p);
	if (r == 0 && p->spec->no_new_privileges.v && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		r = fail(EPERM, "no_new_privs is not set");
	return r;
}

/* 0 if that is a file which we may execute. */
static int
may_execute(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

/* Like execvp(3), with the container's PATH. */
static int
search_path(struct process *p, const char *name)
{
	const char *path = strv_env(p->env, "PATH");
	const char *end, *at = path ? path : "/bin:/usr/bin";
	int refused = 0;

	/* A part that is empty is the working directory. */
	for (bool more = true; more; more = *end, at = end + 1) {
		end = strchrnul(at, ':');
		autofree char *file =
			xasprintf("%.*s%s%s", (int)(end - at), at, end > at ? "/" : "", name);
		int r = may_execute(file);

		if (r == 0) {
			p->program = take(file);
			return 0;
		}
		if (r == -EACCES)
			refused = EACCES;
	}
	if (refused)
		return fail(refused, "exec: \"%s\"", name);
	fail(0, "exec: \"%s\": executable file not found in $PATH", name);
	return -ENOENT;
}

int
process_find_program(struct process *p)
{
	const char *name = p->spec->args[0];

	if (!strchr(name, '/') && *name)
		return search_path(p, name);
	int r = may_execute(name);
	if (r == 0)
		p->program = xstrdup(name);
	if (r == -EISDIR)	/* engines know the words of EACCES, which execve(2) says, too */
		return fail(EACCES, "exec: \"%s\": is a directory", name);
	return r < 0 ? fail(-r, "exec: \"%s\"", name) : 0;
}

static int
default_signals(void)
{
	/* The kernel's own struct, all SIG_DFL: the library hides two signals that it uses. */
	static const unsigned long dfl[4];
	sigset_t none;

	/* Handlers go with execve; what was ignored or blocked would stay. */
	for (int s = 1; s < NSIG; s++)
		if (syscall(SYS_rt_sigaction, s, dfl, NULL, NSIG / 8) < 0 && errno != EINVAL)
			return fail(errno, "reset signal %d", s);	/* EINVAL: KILL and STOP */
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? fail(errno, "unblock signals") : 0;
}

int
process_execute(struct process *p, int sock)
{
	int r = default_signals();

	if (r == 0)
		r = filter_load(p, sock);
	if (r < 0)
		return r;
	execve(p->program, p->spec->args, p->env);
	if (errno == ENOENT)	/* the file is there: its interpreter is not */
		return fail(errno, "exec: \"%s\": its interpreter", p->program);
	return fail(errno, "exec: \"%s\"", p->program);
}
