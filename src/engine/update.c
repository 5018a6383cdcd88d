#include "engine/update.h"

#include "engine/bundle.h"
#include "engine/container.h"
#include "engine/events.h"
#include "engine/oci.h"
#include "engine/status.h"

#include "base/err.h"
#include "base/str.h"
#include "libocispec/document.h"

/* A number that is 0 takes the old limit away; the runtime takes -1 for that. */
static void
lift(const struct host_config *changes, struct oci_resources *r)
{
	if (changes->pids_limit.set && changes->pids_limit.v <= 0 && r->pids)
		r->pids->limit.v = -1;
	if (changes->pids_limit.set && !r->pids) {
		r->pids = xcalloc(1, sizeof(*r->pids));
		r->pids->limit = (struct oci_int){ -1, true };
	}
}

static int
tell_runtime(const struct engine *e, const struct container *c, const struct host_config *host)
{
	struct oci_resources *resources = NULL;
	int r = bundle_resources(host, &resources);

	if (r < 0)
		return r;
	lift(host, resources);
	autofree char *text = oci_encode(&oci_resources_type, resources, OCI_COMPACT);
	oci_free(&oci_resources_type, resources);
	return oci_run(e, c, &(struct oci_call){
		.words = (const char *const[]){ "update", "--resources", "-", c->id, NULL },
		.input = text, .in = -EBADF, .out = -EBADF, .err = -EBADF,
	});
}

/* --cpus and --cpu-quota are two ways to say one thing: the new one replaces the other. */
static void
merge(struct host_config *host, const struct host_config *changes)
{
	if (changes->nano_cpus.set)
		host->cpu_quota.set = host->cpu_period.set = false;
	if (changes->cpu_quota.set || changes->cpu_period.set)
		host->nano_cpus.set = false;
	if (changes->memory.set && !changes->memory_swap.set && host->memory_swap.v > 0 &&
	    host->memory_swap.v == 2 * host->memory.v)
		host->memory_swap.set = false;	/* it followed from the memory, and does again */
	oci_merge(&host_config_type, host, changes);
}

static int
update(const struct engine *e, struct container *c, const struct host_config *changes)
{
	struct status *status = NULL;
	int r;

	if (changes->restart_policy && !streq(changes->restart_policy->name, "no") &&
	    c->host->auto_remove.v)
		return fail(0, "--restart: it is removed at its end (--rm)");
	merge(c->host, changes);
	r = bundle_check_limits(c->host);
	if (r == 0)
		r = container_status(e, c, &status);
	if (r == 0 && status_is_up(status))
		r = tell_runtime(e, c, c->host);
	if (r == 0)
		r = container_write(e, c);
	if (r == 0)
		event_add(e, "container", "update", c->id, "name", c->name, NULL);
	oci_free(&status_type, status);
	return r;
}

int
container_update(const struct engine *e, const struct container *c,
		 const struct host_config *changes)
{
	autoclose int lock = container_lock(e, c);
	struct container *now = NULL;
	int r = lock < 0 ? lock : container_find(e, c->id, &now);

	if (r == 0)
		r = update(e, now, changes);
	oci_free(&container_type, now);
	return wrap(r, "%s", c->name);
}
