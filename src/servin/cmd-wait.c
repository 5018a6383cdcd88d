#include "servin/commands.h"
#include "servin/output.h"
#include "servin/select.h"

#include "libocispec/document.h"

#include "base/err.h"

struct wait_opts { const char *condition; };

static int
wait_one(const struct engine *e, const char *name, enum container_wait what)
{
	struct container *c;
	int r = select_container(e, name, &c), code;

	if (r < 0)
		return r;
	r = container_wait(e, c, what, &code);
	oci_free(&container_type, c);
	autofree char *text = xasprintf("%d", code);
	return r < 0 ? r : print_line(text);
}

static int
wait_run(const void *e, const void *opts, char **args)
{
	const struct wait_opts *o = opts;
	bool removed = o->condition && streq(o->condition, "removed");
	int status = 0;

	for (; *args; args++)
		if (wait_one(e, *args, removed ? WAIT_REMOVED : WAIT_NOT_RUNNING) < 0)
			status = print_error_of("wait");
	return status;
}

const struct command cmd_wait = {
	.name = "wait", .args = "CONTAINER...", .min = 1, .max = -1, .mixed = true,
	.aliases = (const char *const[]){ "container wait", NULL },
	.summary = "wait until containers have ended, and print their exit codes",
	.size = sizeof(struct wait_opts),
	.opts = (const struct opt[]){
		OPT_CHOICE(wait_opts, 0, condition, "condition", "what is waited for",
			   .choices = (const char *const[]){ "stopped", "removed", NULL }),
		{ 0 } },
	.run = wait_run,
};
