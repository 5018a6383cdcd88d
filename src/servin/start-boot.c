#include "servin/start-boot.h"

#include "servin/commands.h"
#include "servin/select.h"

#include "base/err.h"
#include "base/log.h"
#include "base/spawn.h"
#include "base/strv.h"

#include <limits.h>

#define SYSTEMD_RUN "/usr/bin/systemd-run"

/* --- a scope of systemd ----------------------------------------------------------------------- */

static bool
in_unit(void)
{
	return getenv("INVOCATION_ID") && access("/run/systemd/system", F_OK) == 0 &&
	       access(SYSTEMD_RUN, X_OK) == 0;
}

/* The properties are such that it ends before networks and mounts do. */
static const char *const scope_options[] = {
	"--scope", "--quiet", "--collect", "--property=After=local-fs.target remote-fs.target",
	"--property=After=network-online.target", NULL,
};

static void
add_scope(const struct engine *e, const struct container *c, char ***argv)
{
	strv_add(argv, SYSTEMD_RUN);
	if (e->rootless)
		strv_add(argv, "--user");
	for (const char *const *word = scope_options; *word; word++)
		strv_add(argv, *word);
	strv_push(argv, xasprintf("--unit=servin-%.12s", c->id));
	strv_push(argv, xasprintf("--description=Monitor of the container %s", c->name));
	strv_add(argv, "--");
}

/* This program, as it was called, with another command. */
static void
add_start(const struct engine *e, const struct container *c, const char *self, char ***argv)
{
	strv_add(argv, self);
	strv_push(argv, xasprintf("--root=%s", e->root));
	strv_push(argv, xasprintf("--state=%s", e->state));
	if (e->runtime)
		strv_push(argv, xasprintf("--runtime=%s", e->runtime));
	strv_add(argv, "start");
	strv_add(argv, c->id);
}

static int
start_in_scope(const struct engine *e, const struct container *c)
{
	char self[PATH_MAX] = "";
	autostrv argv = NULL;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return fail(errno, "readlink /proc/self/exe");
	add_scope(e, c, &argv);
	add_start(e, c, self, &argv);
	return spawn_run(&(struct spawn){ .path = SYSTEMD_RUN, .argv = argv, .timeout_ms = -1 });
}

/* --- the containers --------------------------------------------------------------------------- */

static int
start_one(const struct engine *e, const struct container *c, const void *scopes)
{
	int r = *(const bool *)scopes ? start_in_scope(e, c) : -ENOTSUP;

	if (r == 0)
		return 0;
	if (r != -ENOTSUP)
		debug("container %s: no scope: %s", c->name, err_words());
	/* If it was the container that failed, it now does so in its own words. */
	r = container_start(e, c, -EBADF);
	return r == -EALREADY ? 0 : r;
}

/* What the last boot left is written down; and one that was to be removed is. */
static void
settle(const struct engine *e, const struct container *c)
{
	int r = container_mend(e, c);

	if (r < 0)
		print_error_of("start");
	else if (r > 0)
		warn("%s", err_words());
}

int
start_after_boot(const struct engine *e)
{
	auto_(containers_done) struct containers all = { 0 };
	autostrv names = NULL;
	bool scopes = in_unit();
	int r = containers_list(e, &all);

	/* From the one that was made first: those behind it may join its namespaces. */
	for (size_t i = all.n; i-- > 0;) {
		settle(e, all.at[i]);
		if (container_waits_for_boot(e, all.at[i]))
			strv_add(&names, all.at[i]->name);
	}
	return r < 0 || !names ? r :
	       select_each(e, names, ACTING("start", start_one, &scopes));
}
