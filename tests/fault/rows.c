#include "walk.h"

#include <string.h>

/*
 * Adding or removing twice is not the same as once; the other commands that change a container are
 * simply given again when one was killed.
 */
const struct row rows[] = {
	{ "create", BEFORE_NOTHING, { "create", "--bundle", BUNDLE, "--pid-file", PID_FILE, "ID" },
	  OUT_CONTAINER, .view = OUT_CONTAINER },
	{ "run", BEFORE_NOTHING, { "run", "--bundle", BUNDLE, "--pid-file", PID_FILE, "ID" },
	  OUT_CONTAINER, .view = OUT_CONTAINER },
	{ "start", BEFORE_CREATED, { "start", "ID" }, OUT_COMMAND, .view = OUT_CONTAINER },
	{ "exec", BEFORE_RUNNING, { "exec", "ID", "/view" }, OUT_COMMAND, .view = OUT_COMMAND },
	{ "exec-detached", BEFORE_RUNNING,
	  { "exec", "--detach", "--pid-file", PID_FILE, "ID", "/view" }, OUT_COMMAND,
	  .view = OUT_COMMAND },
	{ "update", BEFORE_RUNNING, { "update", "--resources", BUNDLE "/update.json", "ID" },
	  OUT_COMMAND, .file = BUNDLE "/update.json", .condition = limits_condition,
	  .again = true },
	{ "mounts-add", BEFORE_RUNNING, { "mounts", "add", "ID", BUNDLE "/mounts.json" },
	  OUT_COMMAND, .condition = mounts_condition, .done = true },
	{ "mounts-remove", BEFORE_RUNNING, { "mounts", "remove", "ID", BUNDLE "/mounts.json" },
	  OUT_COMMAND, .prepared = { "mounts", "add", "ID", BUNDLE "/mounts.json" },
	  .condition = mounts_condition, .done = true },
	{ "pause", BEFORE_RUNNING, { "pause", "ID" }, OUT_COMMAND, .condition = status_condition },
	{ "resume", BEFORE_RUNNING, { "resume", "ID" }, OUT_COMMAND, .prepared = { "pause", "ID" },
	  .condition = status_condition, .done = true },
	{ "events", BEFORE_RUNNING, { "events", "--stats", "ID" }, .out = OUT_COMMAND },
	{ "restore", BEFORE_NOTHING,
	  { "restore", "--detach", "--image-path", BUNDLE "/images", "--bundle=" BUNDLE, "ID" },
	  OUT_CONTAINER, .file = BUNDLE "/images" },
	{ "kill", BEFORE_RUNNING, { "kill", "ID", "KILL" }, .out = OUT_COMMAND },
	{ "delete", BEFORE_RUNNING, { "delete", "--force", "ID" }, .out = OUT_COMMAND },
};
const size_t n_rows = sizeof(rows) / sizeof(rows[0]);
_Static_assert(sizeof(rows) / sizeof(rows[0]) <= ROWS_MAX, "room for each row");

const struct row *
row_of(const char *name)
{
	for (size_t i = 0; i < n_rows; i++)
		if (!strcmp(rows[i].name, name))
			return rows + i;
	die("no command %s", name);
}
