#include "kernel/version.h"

#include "base/err.h"

#include <stdio.h>
#include <sys/utsname.h>

int
kernel_at_least(unsigned major, unsigned minor)
{
	struct utsname u;
	unsigned is_major, is_minor;

	if (uname(&u) < 0)
		return fail(errno, "uname");
	if (sscanf(u.release, "%u.%u", &is_major, &is_minor) != 2)
		return fail(EPROTO, "kernel release %s", u.release);
	if (is_major > major || (is_major == major && is_minor >= minor))
		return 0;
	fail(0, "Linux %s is too old: %u.%u or later is needed", u.release, major, minor);
	return -ENOSYS;
}
