#include "ocirun/commands.h"
#include "ocirun/print.h"

#include "libocispec/document.h"

struct features_opts {
	const char *format;
};

static void
add_row(void *table, const char *name, const char *ours, const char *host)
{
	table_add(table, xstrdup(name));
	table_add(table, xstrdup(ours));
	table_add(table, xstrdup(host));
}

static int
print_table(void)
{
	autotable t = { .columns = 3 };

	add_row(&t, "FEATURE", "OCIRUN", "HOST");
	runtime_features_rows(add_row, &t);
	return table_print(&t);
}

static int
features_run(const void *rt, const void *opts, char **args)
{
	const struct features_opts *o = opts;

	(void)rt, (void)args;
	if (o->format && streq(o->format, "table"))
		return print_table();
	struct oci_features *f = runtime_features();
	autofree char *text = oci_encode(&oci_features_type, f, OCI_INDENTED);
	oci_free(&oci_features_type, f);
	return print(text);
}

static const struct opt options[] = {
	OPT_CHOICE(features_opts, 'f', format, "format", "how to print them (default: json)",
		   .choices = (const char *const[]){ "json", "table", NULL }),
	{ 0 },
};

const struct command cmd_features = {
	.name = "features", .max = 0,
	.summary = "print what this runtime can do",
	.text = "The JSON document is the one of the specification, for engines, and the same on\n"
		"every host. The table is for people, and says too what this host has.",
	.size = sizeof(struct features_opts),
	.opts = options,
	.run = features_run,
};
