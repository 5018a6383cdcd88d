#include "kernel/idtool.h"

#include "base/err.h"
#include "base/spawn.h"
#include "base/strv.h"

#include <stdio.h>

/* Where they are; PATH is the caller's and proves nothing. */
static const char *const tool_dirs[] = {
	"/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin",
};

static const char *
find_tool(const char *name, char *path, size_t room)
{
	for (size_t i = 0; i < countof(tool_dirs); i++) {
		snprintf(path, room, "%s/%s", tool_dirs[i], name);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

static void
add_numbers(char ***argv, const char *text)
{
	autostrv lines = strv_split(text, '\n');

	for (char **l = lines; l && *l; l++) {
		autostrv numbers = strv_split(*l, ' ');

		for (char **n = numbers; n && *n; n++)
			strv_add(argv, *n);
	}
}

/* newuidmap PID INSIDE OUTSIDE COUNT ... */
int
idtool_map(pid_t pid, enum userns_file file, const char *text)
{
	const char *name = file == USERNS_UID_MAP ? "newuidmap" : "newgidmap";
	autostrv argv = NULL;
	char path[64];

	if (!find_tool(name, path, sizeof(path)))
		return fail(ENOENT, "to map more than the own ID takes %s, which is not in "
				    "/usr/bin (package uidmap or shadow-utils)", name);
	strv_add(&argv, name);
	strv_push(&argv, xasprintf("%d", pid));
	add_numbers(&argv, text);
	return spawn_run(&(struct spawn){ .path = path, .argv = argv, .timeout_ms = 30000 });
}
