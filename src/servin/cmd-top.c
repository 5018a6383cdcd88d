#include "servin/commands.h"
#include "servin/output.h"
#include "servin/select.h"

#include "engine/oci.h"

#include "kernel/processes.h"

#include "libocispec/document.h"

#include "base/err.h"

static int
print_processes(const struct engine *e, const struct container *c, char *const *ps_options)
{
	struct processes processes = { 0 };
	autofree pid_t *pids = NULL;
	autostr out = { 0 };
	int r = oci_pids(e, c, &pids, &processes.n);

	if (r < 0)
		return r;
	processes.pid = pids;
	r = *ps_options ? processes_by_ps(&processes, ps_options, &out) :
			  processes_table(&processes, &out);
	return r < 0 ? r : print(out.s);
}

static int
top_run(const void *e, const void *opts, char **args)
{
	struct container *c;
	int r = select_container(e, args[0], &c);

	(void)opts;
	if (r < 0)
		return r;
	r = container_is_up(e, c);
	if (r == 0)
		r = fail_plain(ESRCH, "container %s is not running", c->name);
	else if (r > 0)
		r = print_processes(e, c, args + 1);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_top = {
	.name = "top", .args = "CONTAINER [PS-OPTION...]", .min = 1, .max = -1,
	.aliases = (const char *const[]){ "container top", NULL },
	.summary = "list the processes of a container",
	.text = "Numbers of processes and users are those of the host. With options for ps(1) it "
		"is that program which prints, and its lines about other processes are left out.",
	.run = top_run,
};
