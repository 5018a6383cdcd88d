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

static int
drop_capabilities(uint64_t keep)
{
	struct caps is;
	int r = caps_read(&is);

	if (r == 0 && is.permitted)
		r = caps_drop_bounding(keep);
	if (r == -EPERM)	/* without CAP_SETPCAP; no_new_privs does as well */
		r = 0;
	if (r < 0)
		return r;
	keep &= is.permitted;
	return caps_set(&(struct caps){ .permitted = keep, .effective = keep });
}

int
confine(const struct confinement *c)
{
	int r = set_limits();

	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = fail(errno, "set no_new_privs");
	if (r == 0 && c->only_below)
		r = landlock_only_below((const int[]){ 0 }, 1, (const int[]){ WORK_FD }, 1);
	if (r == 0 && c->chroot)
		r = enter_root();
	if (r == 0 && c->nobody)
		r = become_nobody();
	if (r == 0)
		r = drop_capabilities(c->keep);
	return wrap(r, "give up privileges");
}
