#include "runtime/mount/do.h"

#include "base/err.h"
#include "base/tree.h"

#include <fcntl.h>
#include <unistd.h>

/* The mode of the top is the option's, if it has one, else the same already. */
int
mount_copy_up(int from, int to)
{
	struct stat st;
	int r = fstat(from, &st) < 0 ? fail(errno, "stat") : tree_copy(from, to);

	if (r == 0 && fchownat(to, "", st.st_uid, st.st_gid, AT_EMPTY_PATH) < 0)
		r = fail(errno, "chown");
	return wrap(r, "copy up");
}
