#include "servin/commands.h"
#include "servin/output.h"

#include "engine/host.h"
#include "engine/platform.h"

#include "base/err.h"
#include "libocispec/document.h"

#include <sys/utsname.h>

struct version_opts { const char *format; };

struct component { char *name, *version; };

/* docker has two of them, for client and daemon; we are both. */
struct side {
	char *version, *os, *arch, *kernel_version;
	struct component **components;
};

struct version_view { struct side *client, *server; };

static TYPE(component, "component",
	F_STRING(component, name, "Name"),
	F_STRING(component, version, "Version"),
);

static TYPE(side, "program",
	F_STRING(side, version, "Version"),
	F_STRING(side, os, "Os"),
	F_STRING(side, arch, "Arch"),
	F_STRING(side, kernel_version, "KernelVersion"),
	F_LIST(side, components, "Components", component),
);

static TYPE(version_view, "version",
	F_OBJECT(version_view, client, "Client", side),
	F_OBJECT(version_view, server, "Server", side),
);

/* "ocirun version 0.1.0" is a name and a version; one that cannot be asked has none. */
static struct component *
runtime_component(const struct engine *e)
{
	autowords words = err_keep();
	struct component *c = xcalloc(1, sizeof(*c));
	autofree char *line = NULL;
	const char *version = NULL;

	if (host_runtime_version(e, &line) < 0)
		line = xstrdup(e->runtime ? e->runtime : "ocirun");
	version = strstr(line, " version ");
	c->name = version ? xstrndup(line, (size_t)(version - line)) : xstrdup(line);
	c->version = xstrdup(version ? version + strlen(" version ") : "");
	return c;
}

static struct side *
make_side(const struct engine *e)
{
	struct side *side = xcalloc(1, sizeof(*side));
	struct platform_words p = { 0 };
	struct utsname u = { 0 };

	uname(&u);
	platform_words(NULL, &p);
	side->version = xstrdup(servin.version);
	side->os = xstrdup(p.os);
	side->arch = xstrdup(p.architecture);
	platform_words_done(&p);
	side->kernel_version = xstrdup(u.release);
	side->components = xcalloc(2, sizeof(struct component *));
	side->components[0] = runtime_component(e);
	return side;
}

static int
print_text(const struct side *side)
{
	const struct component *runtime = side->components[0];
	autostr out = { 0 };

	str_addf(&out, "%s version %s\n", servin.name, side->version);
	str_addf(&out, " Platform:  %s/%s\n", side->os, side->arch);
	str_addf(&out, " Kernel:    %s\n", side->kernel_version);
	str_addf(&out, " Runtime:   %s %s\n", runtime->name,
		 *runtime->version ? runtime->version : "(was not found)");
	return print(out.s);
}

static int
version_run(const void *engine, const void *opts, char **args)
{
	const struct version_opts *o = opts;
	struct version_view *view = xcalloc(1, sizeof(*view));
	int r;

	(void)args;
	view->client = make_side(engine);
	view->server = oci_copy(&side_type, view->client);
	r = o->format ? object_print(&version_view_type, o->format, view) :
			print_text(view->client);
	oci_free(&version_view_type, view);
	return r;
}

const struct command cmd_version = {
	.name = "version", .max = 0, .mixed = true,
	.summary = "print the versions of servin and of its runtime",
	.size = sizeof(struct version_opts),
	.opts = (const struct opt[]){
		OPT_STRING(version_opts, 'f', format, "format", "FORMAT", "json, or a template"),
		{ 0 } },
	.run = version_run,
};
