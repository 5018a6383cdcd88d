#include "kernel/seccomp.h"

#include "base/err.h"

#include <sys/syscall.h>

static int
seccomp_call(unsigned operation, unsigned flags, void *args)
{
	return (int)syscall(SYS_seccomp, operation, flags, args);
}

/* TSYNC tells its failure by a number that could be a listener's, unless it is told not to. */
static unsigned
consistent(unsigned flags)
{
	const unsigned both = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_NEW_LISTENER;

	return (flags & both) == both ? flags | SECCOMP_FILTER_FLAG_TSYNC_ESRCH : flags;
}

bool
seccomp_has_flags(unsigned flags)
{
	/* Flags are looked at before the program, and there is none at this address. */
	return seccomp_call(SECCOMP_SET_MODE_FILTER, consistent(flags), NULL) < 0 &&
	       errno == EFAULT;
}

bool
seccomp_has_action(uint32_t action)
{
	return seccomp_call(SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int
seccomp_load_filter(const struct sock_filter *code, size_t n, unsigned flags)
{
	struct sock_fprog program = {
		.len = (unsigned short)n, .filter = (struct sock_filter *)(uintptr_t)code,
	};
	int r = n > BPF_MAXINSNS ? -1 :
		seccomp_call(SECCOMP_SET_MODE_FILTER, consistent(flags), &program);

	if (n > BPF_MAXINSNS)
		return fail(E2BIG, "a filter of %zu instructions, the kernel takes %d", n,
			    BPF_MAXINSNS);
	return r < 0 ? fail(errno, "load the filter") : r;
}
