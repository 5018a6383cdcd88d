#include "runtime/seccomp/load.h"

#include "runtime/sync.h"

#include "base/err.h"
#include "kernel/seccomp.h"

#include <linux/capability.h>
#include <sys/prctl.h>

#define LOADING_CAP (1ull << CAP_SYS_ADMIN)

static bool
keeps_cap(const struct process *p)
{
	return p->filter.n && !p->spec->no_new_privileges.v;
}

struct caps
filter_caps(const struct process *p)
{
	struct caps caps = p->caps;

	if (keeps_cap(p))
		caps.permitted |= LOADING_CAP;
	return caps;
}

int
filter_check_caps(const struct process *p)
{
	if (!keeps_cap(p) || caps_permitted(LOADING_CAP))
		return 0;
	return fail(EPERM, "without noNewPrivileges a seccomp filter needs CAP_SYS_ADMIN, which "
			   "we do not have");
}

int
filter_guard(const struct process *p)
{
	/*
	 * The kernel lets nobody trace who has a capability that he has not, nor
	 * who is not dumpable, which we have not been since our start.  But where
	 * fs.suid_dumpable says so, we are again with the new user.
	 */
	if (keeps_cap(p) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return fail(errno, "become not dumpable");
	return 0;
}

int
filter_load(const struct process *p, int sock)
{
	const struct filter *f = &p->filter;
	struct caps caps = filter_caps(p);

	if (!f->n)
		return 0;
	caps.effective |= LOADING_CAP;
	int r = keeps_cap(p) ? caps_set(&caps) : 0;
	if (r == 0)
		r = seccomp_load_filter(f->code, f->n, f->flags);
	if (r >= 0 && f->notifies)
		r = sync_ask(sock, SYNC_LISTENER, r);
	return wrap(r, "seccomp");
}
