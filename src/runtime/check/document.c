/* The parts of the document that every platform has. */
#include "runtime/check/checker.h"

#include "base/str.h"

#include <sched.h>

/* SemVer 2.0.0, as far as a number of three parts and what may follow it. */
static void
check_version(struct checker *c)
{
	const char *v = c->spec->oci_version, *p = v;

	for (int part = 0; part < 3; part++) {
		size_t digits = strspn(p, "0123456789");

		p += digits;
		if (!digits || (part < 2 && *p++ != '.')) {
			bad(c, "must be a version such as 1.3.0", ".ociVersion");
			return;
		}
	}
	if (*p && *p != '-' && *p != '+')
		bad(c, "must be a version such as 1.3.0", ".ociVersion");
	else if (!str_after(v, "1."))
		bad(c, "is not a version that this runtime knows: 1.0.0 to 1.3", ".ociVersion");
}

static void
check_root(struct checker *c)
{
	if (!c->spec->root)
		bad(c, "is missing", ".root");
	else if (!*c->spec->root->path)
		bad(c, "must not be empty", ".root.path");
}

static void
told_mount(void *arg, size_t index, int option, const char *reason)
{
	struct checker *c = arg;

	if (option < 0)
		bad(c, reason, ".mounts[%zu]", index);
	else
		bad(c, reason, ".mounts[%zu].options[%d]", index, option);
}

static void
check_mounts(struct checker *c)
{
	mount_plan_make(&c->config->mounts, c->spec, told_mount, c);
}

static void
check_own_process(struct checker *c)
{
	if (c->spec->process)
		check_process(c, c->spec->process, ".process");
}

static void
check_names(struct checker *c)
{
	static const char reason[] = "needs a uts namespace in .linux.namespaces";

	if (is_apart(c, CLONE_NEWUTS))
		return;
	if (c->spec->hostname && *c->spec->hostname)
		bad(c, reason, ".hostname");
	if (c->spec->domainname && *c->spec->domainname)
		bad(c, reason, ".domainname");
}

static void
check_hook_list(struct checker *c, struct oci_hook **list, const char *name)
{
	for (size_t i = 0; list && list[i]; i++) {
		autofree char *env = xasprintf(".hooks.%s[%zu].env", name, i);

		if (*list[i]->path != '/')
			bad(c, "must be an absolute path", ".hooks.%s[%zu].path", name, i);
		check_env(c, list[i]->env, env);
	}
}

static void
check_hooks(struct checker *c)
{
	const struct oci_hooks *h = c->spec->hooks;

	if (!h)
		return;
	check_hook_list(c, h->prestart, "prestart");
	check_hook_list(c, h->create_runtime, "createRuntime");
	check_hook_list(c, h->create_container, "createContainer");
	check_hook_list(c, h->start_container, "startContainer");
	check_hook_list(c, h->poststart, "poststart");
	check_hook_list(c, h->poststop, "poststop");
}

void
check_document(struct checker *c)
{
	static void (*const checks[])(struct checker *) = {
		check_version, check_root, check_mounts, check_own_process, check_names,
		check_hooks, check_annotations,
	};

	for (size_t i = 0; i < countof(checks); i++)
		checks[i](c);
}
