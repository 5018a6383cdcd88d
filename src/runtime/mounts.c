/* mounts: what can be known before, and the child that does it. */
#include "runtime/mounts.h"

#include "runtime/sync.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/clone.h"
#include "kernel/ns.h"
#include "kernel/pidfd.h"
#include "kernel/seal.h"

#include <sched.h>

static void
job_done(struct mounts_job *j)
{
	rootfs_done(&j->rootfs);
	mount_plan_done(&j->plan);
	oci_free_list(&oci_mount_type, (void **)j->mounts);
	free(j->text);
	config_done(&j->config);
	state_done(&j->state);
	close_at(&j->init);
	close_at(&j->fds);
}

static int
read_file(struct mounts_job *j)
{
	void **list;
	int r = config_read_input(j->file, &j->source, &j->text);

	if (r < 0)
		return r;
	r = oci_decode_list(&oci_mount_type, &j->source, &list);
	j->mounts = (struct oci_mount **)list;
	return r;
}

static int
mistake(const struct mounts_job *j, size_t index, const char *reason)
{
	autofree char *path = xasprintf("[%zu]", index);

	return oci_fail(0, &j->source, path, "%s", reason);
}

struct first { const struct mounts_job *job; bool told; };

static void
told(void *arg, size_t index, int option, const char *reason)
{
	struct first *f = arg;

	(void)option;	/* the reason names it */
	if (!f->told)
		mistake(f->job, index, reason);
	f->told = true;
}

static bool
is_root(const char *destination)
{
	autofree char *place = mount_place(destination);

	return !*place;
}

/* Only what can be taken back, and nothing that would be the host's when it is made by us. */
static int
check_new(const struct mounts_job *j, const struct mount_op *op)
{
	if (op->act == MOUNT_CGROUP)
		return mistake(j, op->index, "cgroups can be mounted at create only");
	if (op->act != MOUNT_FS && op->act != MOUNT_BIND)
		return mistake(j, op->index, "must be a new mount, and not change one");
	if (op->idmap)
		return mistake(j, op->index, "idmapped mounts can be made at create only");
	return is_root(op->destination) ? mistake(j, op->index, "the root cannot be covered") : 0;
}

static int
plan_add(struct mounts_job *j)
{
	struct oci_spec with = j->config.spec;
	struct first first = { .job = j };
	int r = 0;

	with.mounts = j->mounts;
	if (mount_plan_make(&j->plan, &with, told, &first))
		return -EINVAL;
	for (size_t i = 0; r == 0 && i < j->plan.n; i++)
		r = check_new(j, &j->plan.ops[i]);
	return r;
}

static bool
is_listed_place(char *const *list, const char *place)
{
	for (; list && *list; list++) {
		autofree char *listed = mount_place(*list);

		if (streq(listed, place))
			return true;
	}
	return false;
}

/* Masks are mounts as well. */
static const char *
why_stays(const struct mounts_job *j, const char *destination)
{
	const struct oci_linux *l = j->config.spec.linux_;
	autofree char *place = mount_place(destination);
	const char *in_proc = str_after(place, "/proc");

	if (!*place)
		return "the root cannot be removed";
	if (in_proc && (!*in_proc || *in_proc == '/'))
		return "what is mounted on /proc and below stays";
	if (is_listed_place(l->masked_paths, place) || is_listed_place(l->readonly_paths, place))
		return "it hides or protects a path of the configuration";
	return NULL;
}

static int
plan_remove(const struct mounts_job *j)
{
	for (size_t i = 0; j->mounts[i]; i++) {
		const char *why = why_stays(j, j->mounts[i]->destination);

		if (why)
			return mistake(j, i, why);
	}
	return 0;
}

static int
check_own_mounts(const struct mounts_job *j)
{
	const char *path;

	if (!config_namespace(&j->config.spec, CLONE_NEWNS, &path) || path)
		return fail(0, "the container has no mount namespace of its own");
	return 0;
}

static void
plan_namespaces(struct mounts_job *j)
{
	static const uint64_t kinds[] = {
		CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS,
		CLONE_NEWCGROUP,
	};
	const char *path;

	for (size_t i = 0; i < countof(kinds); i++)
		if (config_namespace(&j->config.spec, kinds[i], &path))
			j->namespaces |= kinds[i];
	/* A process in the pid namespace can be seen there: only for a procfs, which shows it. */
	for (size_t i = 0; i < j->plan.n; i++)
		if (j->plan.ops[i].act == MOUNT_FS && streq(j->plan.ops[i].type, "proc") &&
		    config_namespace(&j->config.spec, CLONE_NEWPID, &path))
			j->namespaces |= CLONE_NEWPID;
}

static int
find_container(struct mounts_job *j, const struct runtime *rt, const char *id)
{
	enum status status;
	int r = state_find(&j->state, rt, id);

	/* Not to wait for a create: it may be one of its hooks that calls us. */
	if (r == 0 && streq(j->state.record.phase, PHASE_CREATING))
		return fail(0, "cannot mount in a container that is being created");
	if (r == 0)
		r = state_lock(&j->state);
	if (r == 0)
		r = state_load(&j->state);
	if (r == 0)
		r = state_status(&j->state, &status, &j->init);
	if (r == 0 && j->init < 0)
		r = fail(0, "cannot mount in a %s container", status_word(status));
	return r < 0 ? r : config_read(&j->config, j->state.dir, "config.json");
}

static int
plan(struct mounts_job *j, const struct runtime *rt, const char *id)
{
	int r = find_container(j, rt, id);

	if (r == 0)
		r = check_own_mounts(j);
	if (r == 0)
		r = read_file(j);
	if (r == 0)
		r = j->change == MOUNTS_ADD ? plan_add(j) : plan_remove(j);
	if (r < 0)
		return r;
	plan_namespaces(j);
	j->rootfs.spec = &j->config.spec;
	j->rootfs.plan = &j->plan;
	j->rootfs.bundle = j->state.record.bundle;
	return 0;
}

/* Our end of the socket pair is the one that tells how it went. */
static int
run_child(struct mounts_job *j)
{
	autoclose int pidfd = -EBADF;
	int ends[2];
	int r = packet_pair(ends);

	if (r < 0)
		return r;
	autoclose int own = ends[0], other = ends[1];
	if (j->namespaces & CLONE_NEWPID)
		r = ns_join(j->init, CLONE_NEWPID);
	if (r == 0)
		r = clone_process(&(struct clone_req){ .cgroup = -EBADF }, &pidfd);
	if (r < 0)
		return r;
	if (r == 0)
		mounts_child(j, other);
	close(take_fd(other));
	r = sync_wait_executed(own, NULL, NULL);
	int status = pidfd_reap(pidfd);
	if (r == 0 && status > 0)
		return fail(0, "the process that was to do it has died; some of the mounts may "
			       "be done");
	return r < 0 ? r : status;
}

int
runtime_mounts(const struct runtime *rt, const char *id, const char *file,
	       enum mounts_change change)
{
	auto_(job_done) struct mounts_job j = {
		.file = file, .change = change, .state = STATE_EMPTY, .init = -EBADF,
		.fds = -EBADF, .rootfs = { .root_fd = -EBADF, .tree = -EBADF },
	};
	int r = seal_program(rt->argv);

	if (r == 0)
		r = plan(&j, rt, id);
	return r < 0 ? r : run_child(&j);
}
