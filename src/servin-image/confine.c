#include "servin-image/confine.h"

#include "servin-image/verbs.h"

#include "base/err.h"
#include "base/mem.h"
#include "kernel/caps.h"
#include "kernel/landlock.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

/* Depth costs a descriptor a directory; and what was read must not stay in a core. */
static int
set_limits(void)
{
	struct rlimit files, none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return fail(errno, "limit the core");
	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return fail(errno, "read the limit of files");
	files.rlim_cur = files.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &files) < 0 ? fail(errno, "raise the limit of files") : 0;
}

static int
enter_root(void)
{
	if (fchdir(WORK_FD) < 0)
		return fail(errno, "enter the directory");
	if (chroot(".") == 0)
		return 0;
	/* A plain user may not: every path is resolved below the directory all the same. */
	return errno == EPERM ? 0 : fail(errno, "make the directory the root");
}

/*
 * In a user namespace there may be no such user, and who is root only there
 * has nothing to lose by it.
 */
static int
become_nobody(void)
{
	struct stat st;

	if (geteuid() != 0)
		return 0;
	bool dir = fstat(WORK_FD, &st) == 0 && S_ISDIR(st.st_mode);
	if (dir && fchown(WORK_FD, NOBODY, NOBODY) < 0)
		return errno == EINVAL ? 0 : fail(errno, "give the directory to nobody");
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return fail(errno, "keep capabilities");
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return fail(errno, "drop the groups");
	if (setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return errno == EINVAL && !dir ? 0 : fail(errno, "become nobody");
	return 0;
}

/* Before the rest: it needs CAP_SETPCAP.  Who does not have that has nothing to drop. */
static int
drop_bounding(uint64_t keep)
{
	int r = caps_drop_bounding(keep);

	return r == -EPERM ? 0 : r;
}

static int
drop_capabilities(uint64_t keep)
{
	struct caps is;
	int r = caps_read(&is);

	if (r < 0)
		return r;
	keep &= is.permitted;
	return caps_set(&(struct caps){ .permitted = keep, .effective = keep });
}

/* A change of the user forgets that we are to end with who started us. */
static int
end_with_parent(int signal, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) < 0)
		return fail(errno, "ask for the parent's end");
	return signal && getppid() != parent ? fail_plain(ESRCH, "the parent has ended") : 0;
}

int
confine(const struct confinement *c)
{
	const pid_t parent = getppid();
	int r = set_limits(), signal = 0;

	if (r == 0 && prctl(PR_GET_PDEATHSIG, &signal, 0, 0, 0) < 0)
		r = fail(errno, "ask for the signal at the parent's end");
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = fail(errno, "set no_new_privs");
	if (r == 0 && c->only_below)
		r = landlock_only_below((const int[]){ 0 }, 1, (const int[]){ WORK_FD }, 1);
	if (r == 0 && c->chroot)
		r = enter_root();
	if (r == 0)
		r = drop_bounding(c->keep);
	if (r == 0 && c->nobody)
		r = become_nobody();
	if (r == 0)
		r = drop_capabilities(c->keep);
	if (r == 0)
		r = end_with_parent(signal, parent);
	return wrap(r, "give up privileges");
}
