/* Annotations that change what the runtime does. */
#include "runtime/check/checker.h"

#include "runtime/annotations.h"

#include "base/str.h"

static void
check_path(struct checker *c, const char *name)
{
	const char *path = annotation_value(c->spec->annotations, name);

	if (path && *path != '/')
		bad(c, "must be an absolute path", ".annotations[\"%s\"]", name);
}

/* Who is not sure whether the program needs a handler leaves that to us: ours is none. */
static bool
asks_for_handler(const struct oci_spec *s, const char *name)
{
	const char *value = annotation_value(s->annotations, name);

	return value && !streq(value, "wasm-smart") && !streq(value, "compat-smart");
}

static void
check_handler(struct checker *c, const char *name)
{
	const char *type = annotation_value(c->spec->annotations, ANNOTATION_CRI_TYPE);
	autofree char *path = xasprintf(".annotations[\"%s\"]", name);

	/* The annotations of a pod, which are meant for its containers. */
	if (type && streq(type, "sandbox"))
		return;
	if (asks_for_handler(c->spec, name))
		tell_reason(c, false, path, "this runtime has no handler %s",
			    annotation_value(c->spec->annotations, name));
}

void
check_annotations(struct checker *c)
{
	if (!c->spec->annotations)
		return;
	check_path(c, ANNOTATION_HOOKS_STDOUT);
	check_path(c, ANNOTATION_HOOKS_STDERR);
	check_handler(c, ANNOTATION_HANDLER);
	check_handler(c, ANNOTATION_WASM_VARIANT);
	if (annotation_value(c->spec->annotations, ANNOTATION_DELEGATE))
		doubt(c, "has no effect: a container owns its own cgroup, not one below",
		      ".annotations[\"%s\"]", ANNOTATION_DELEGATE);
}
