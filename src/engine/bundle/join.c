/* Other containers whose namespaces a container shares. */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "engine/container.h"

/* "container:NAME" becomes "container:ID": a name can be another's tomorrow. */
static int
resolve(const struct engine *e, char **mode, const char *option)
{
	const char *name = mode_container(*mode);
	struct container *other = NULL;
	int r;

	if (!name)
		return 0;
	r = container_find(e, name, &other);
	if (r < 0)
		return wrap(r, "--%s", option);
	free(*mode);
	*mode = xasprintf("container:%s", other->id);
	oci_free(&container_type, other);
	return 0;
}

/* As with docker it must have been said that others may come. */
static int
check_shareable(const struct engine *e, const struct container *c)
{
	const char *id = mode_container(c->host->ipc_mode);
	struct container *other = NULL;
	int r = id ? container_find(e, id, &other) : 0;

	if (r == 0 && other && (!other->host->ipc_mode ||
				!streq(other->host->ipc_mode, "shareable")))
		r = hint(fail(0, "--ipc: container %s does not share its IPC namespace",
			      other->name), "make that one with --ipc shareable");
	oci_free(&container_type, other);
	return r;
}

int
bundle_join(const struct engine *e, struct container *c)
{
	int r = resolve(e, &c->host->network_mode, "network");

	if (r == 0)
		r = resolve(e, &c->host->pid_mode, "pid");
	if (r == 0)
		r = resolve(e, &c->host->ipc_mode, "ipc");
	return r < 0 ? r : check_shareable(e, c);
}

int
bundle_pid_of(const struct engine *e, const char *name, int *pid)
{
	struct container *other = NULL;
	struct status *status = NULL;
	int r = container_find(e, name, &other);

	if (r == 0)
		r = container_status(e, other, &status);
	if (r == 0 && (!status->pid.v || streq(status->status, "exited") ||
		       streq(status->status, "created")))
		r = hint(fail(0, "container %s does not run", other->name), "start it first");
	if (r == 0)
		*pid = (int)status->pid.v;
	oci_free(&status_type, status);
	oci_free(&container_type, other);
	return r;
}
