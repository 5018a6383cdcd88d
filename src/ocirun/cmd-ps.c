#include "ocirun/commands.h"
#include "ocirun/print.h"

#include "kernel/processes.h"

struct ps_opts {
	const char *format;
};

static void
add_json(const struct processes *p, struct str *out)
{
	for (size_t i = 0; i < p->n; i++)
		str_addf(out, "%c%d", i ? ',' : '[', (int)p->pid[i]);
	str_add(out, p->n ? "]\n" : "null\n");
}

static int
ps_run(const void *rt, const void *opts, char **args)
{
	const struct ps_opts *o = opts;
	autofree pid_t *list = NULL;
	struct processes processes = { 0 };
	autostr out = { 0 };
	int r = runtime_pids(rt, args[0], &list, &processes.n);

	if (r < 0)
		return r;
	processes.pid = list;
	if (o->format && streq(o->format, "json"))
		add_json(&processes, &out);
	else if (args[1])
		r = processes_by_ps(&processes, args + 1, &out);
	else
		r = processes_table(&processes, &out);
	return r < 0 ? r : print(out.s);
}

static const struct opt options[] = {
	OPT_CHOICE(ps_opts, 'f', format, "format", "how to print them",
		   .choices = (const char *const[]){ "table", "json", NULL }),
	{ 0 },
};

const struct command cmd_ps = {
	.name = "ps", .args = "CONTAINER [PS-OPTION...]", .min = 1, .max = -1,
	.summary = "list the processes of a container",
	.text = "The pids and user ids are those of the host. With options for ps(1) it is\n"
		"that program which prints, and its lines about other processes are left out.",
	.size = sizeof(struct ps_opts),
	.opts = options,
	.run = ps_run,
};
