#include "ocirun/commands.h"
#include "ocirun/print.h"

#include "libocispec/document.h"

struct list_opts {
	const char *format;
	bool quiet;
};

static int
print_ids(struct oci_state *const *states)
{
	autostr out = { 0 };

	for (; *states; states++)
		str_addf(&out, "%s\n", (*states)->id);
	return print(out.s ? out.s : "");
}

static int
print_json(struct oci_state **states)
{
	autofree char *list = oci_encode_list(&oci_state_type, (void **)states, OCI_COMPACT);
	autofree char *line = xasprintf("%s\n", list);

	return print(line);
}

static int
print_table(struct oci_state *const *states)
{
	static const char *const titles[] = { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" };
	autotable t = { .columns = countof(titles) };

	for (size_t i = 0; i < countof(titles); i++)
		table_add_text(&t, titles[i]);
	for (; *states; states++) {
		table_add_text(&t, (*states)->id);
		table_add(&t, xasprintf("%lld", (long long)(*states)->pid.v));
		table_add_text(&t, (*states)->status);
		table_add_text(&t, (*states)->bundle);
		table_add_text(&t, (*states)->created);
		table_add_text(&t, (*states)->owner);
	}
	return table_print(&t);
}

static int
list_run(const void *rt, const void *opts, char **args)
{
	const struct list_opts *o = opts;
	struct oci_state **states = NULL;
	int r = runtime_list(rt, &states);

	(void)args;
	if (r < 0)
		return r;
	if (o->quiet)
		r = print_ids(states);
	else if (o->format && streq(o->format, "json"))
		r = print_json(states);
	else
		r = print_table(states);
	for (struct oci_state **s = states; *s; s++)
		oci_free(&oci_state_type, *s);
	free(states);
	return r;
}

static const struct opt options[] = {
	OPT_CHOICE(list_opts, 'f', format, "format", "how to print them",
		   .choices = (const char *const[]){ "table", "json", NULL }),
	OPT_FLAG(list_opts, 'q', quiet, "quiet", "print the IDs only"),
	{ 0 },
};

const struct command cmd_list = {
	.name = "list", .max = 0,
	.summary = "list the containers",
	.size = sizeof(struct list_opts),
	.opts = options,
	.run = list_run,
};
