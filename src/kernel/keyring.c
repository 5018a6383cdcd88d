#include "kernel/keyring.h"

#include "base/err.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>

/* As it is made (its possessor all, its user view and read), and its user may find it by name. */
#define PERMISSIONS 0x3f1b0000

int
keyring_join_new(const char *name)
{
	autofree char *full = xasprintf("_ses.%s", name);

	long id = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, full, 0, 0, 0);
	if (id < 0)
		return errno == ENOSYS ? 0 : fail(errno, "join a session keyring");
	/* EACCES: it was there, and is another user's. */
	if (syscall(SYS_keyctl, KEYCTL_SETPERM, id, PERMISSIONS, 0, 0) < 0 && errno != EACCES)
		return fail(errno, "let the session keyring be found");
	return 0;
}
