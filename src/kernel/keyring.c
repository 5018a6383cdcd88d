#include "kernel/keyring.h"

#include "base/err.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>

int
keyring_join_new(const char *name)
{
	autofree char *full = xasprintf("_ses.%s", name);

	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, full, 0, 0, 0) >= 0 || errno == ENOSYS)
		return 0;
	return fail(errno, "join a session keyring");
}
