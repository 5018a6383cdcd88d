#include "kernel/landlock.h"

#include "base/err.h"

#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Headers may be older than the kernel. */
#define REFER	 (1ull << 13)	/* version 2 */
#define TRUNCATE (1ull << 14)	/* version 3 */

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

static uint64_t
all_of(long version)
{
	/* From EXECUTE to MAKE_SYM, the thirteen of version 1. */
	return (REFER - 1) | REFER | (version >= 3 ? TRUNCATE : 0);
}

static int
allow(int rules, int dir, uint64_t access)
{
	struct landlock_path_beneath_attr attr = { .allowed_access = access, .parent_fd = dir };
	struct stat st;

	if (fstat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) < 0)
		return fail(errno, "landlock: add a directory");
	return 0;
}

int
landlock_only_below(const int *read, size_t n_read, const int *write, size_t n_write)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	int r = 0;

	if (version < 2)
		return 0;
	const uint64_t all = all_of(version);
	struct landlock_ruleset_attr attr = { .handled_access_fs = all };
	autoclose int rules =
		(int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
	if (rules < 0)
		return fail(errno, "landlock: make a set of rules");
	for (size_t i = 0; r == 0 && i < n_read; i++)
		r = allow(rules, read[i], READ);
	for (size_t i = 0; r == 0 && i < n_write; i++)
		r = allow(rules, write[i], all);
	if (r == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		r = fail(errno, "landlock: restrict ourselves");
	return r;
}
