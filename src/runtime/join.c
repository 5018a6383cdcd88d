#include "runtime/join.h"

#include "runtime/idmap.h"
#include "runtime/mount/sources.h"
#include "runtime/passage.h"
#include "runtime/sync.h"
#include "runtime/timens.h"

#include "base/err.h"
#include "base/log.h"
#include "base/words.h"
#include "kernel/ns.h"
#include "kernel/userns.h"

#include <sched.h>

/* What a process can join only from the host's mount namespace and cgroups; see init's steps. */
#define LATE (CLONE_NEWNS | CLONE_NEWCGROUP)

static bool
is_new(const struct oci_namespace *n)
{
	return !n->path || !*n->path;
}

void
join_plan(struct creation *c)
{
	const struct oci_linux *l = c->config.spec.linux_;
	uint64_t kind, joined = 0;

	for (struct oci_namespace **n = l ? l->namespaces : NULL; n && *n; n++)
		if (word_number(ns_words, (*n)->type, &kind))
			*(is_new(*n) ? &c->new_ns : &joined) |= kind;
	/* The kernel lets nobody into the user namespace that he is in: there is nothing to do. */
	if (joined & CLONE_NEWUSER && config_joins_own_user(&c->config.spec))
		joined &= ~(uint64_t)CLONE_NEWUSER;
	c->user_ns = (c->new_ns | joined) & CLONE_NEWUSER;
	c->passage = joined & CLONE_NEWUSER || (c->user_ns && joined & ~(uint64_t)LATE);
	c->to_join = joined;
}

static int
join_one(struct creation *c, const struct oci_namespace *n, uint64_t kind)
{
	autoclose int fd = ns_open(n->path, kind);
	int r = fd < 0 ? fd : ns_join(fd, kind);

	if (r == 0)
		c->to_join &= ~kind;
	return wrap(r, "%s", n->type);
}

/* Those of these kinds that are still to be joined; -EPERM is for the caller to judge. */
static int
join_kinds(struct creation *c, uint64_t kinds, bool try)
{
	struct oci_namespace **list = c->config.spec.linux_->namespaces;
	uint64_t kind;
	int r = 0;

	for (; r == 0 && list && *list; list++) {
		if (is_new(*list) || !word_number(ns_words, (*list)->type, &kind) ||
		    !(kind & kinds & c->to_join))
			continue;
		r = join_one(c, *list, kind);
		if (r == -EPERM && try)
			r = 0;
	}
	return r;
}

/*
 * First with our own privileges, for most are the host's.  What refuses us
 * (all of it, if we have none) may let the root of the user namespace in.
 */
static int
join_in_passage(void *of)
{
	struct creation *c = of;
	const uint64_t early = ~(uint64_t)(LATE | CLONE_NEWUSER);
	bool then_user = c->to_join & CLONE_NEWUSER;
	int r = child_set_own_oom_score(&c->child);

	if (r == 0)
		r = join_kinds(c, early, then_user);
	if (r == 0 && then_user)
		r = child_drop_groups(&c->child);
	if (r == 0 && then_user)
		r = join_kinds(c, CLONE_NEWUSER, false);
	return r < 0 ? r : join_kinds(c, early, false);
}

/* One is born into the pid namespace of children; ours goes back to what it was. */
static int
join_pid_ns(struct creation *c, int *before)
{
	if (!(c->to_join & CLONE_NEWPID))
		return 0;
	*before = ns_open("/proc/self/ns/pid", CLONE_NEWPID);
	return *before < 0 ? *before : join_kinds(c, CLONE_NEWPID, false);
}

static uint64_t
by_clone(const struct creation *c)
{
	/* A cgroup namespace's root is the cgroup that we are in then: with v1, that is later. */
	uint64_t later = CLONE_NEWCGROUP;

	if (timens_has_offsets(c->config.spec.linux_))
		later |= CLONE_NEWTIME;
	return c->new_ns & ~later;
}

static int
clone_directly(struct creation *c)
{
	autoclose int own_pid_ns = -EBADF;
	int r = join_pid_ns(c, &own_pid_ns);

	if (r < 0)
		return r;
	r = child_clone(&c->child, by_clone(c));
	if (r != 0 && own_pid_ns >= 0 && ns_join(own_pid_ns, CLONE_NEWPID) < 0)
		warn("%s", err_words());
	return r;
}

int
join_clone(struct creation *c)
{
	return c->passage ? passage_clone(&c->child, by_clone(c), join_in_passage, c) :
			    clone_directly(c);
}

int
join_rest(struct creation *c)
{
	return c->to_join ? join_kinds(c, c->to_join, false) : 0;
}

int
join_user(struct creation *c)
{
	/* The maps are files of ours, to be written by the same plain user or by newuidmap(1). */
	int r = c->child.plain && c->new_ns & CLONE_NEWUSER ? userns_show(true) : 0;

	if (r == 0)
		r = sync_ask(c->child.sync[1], SYNC_MAP_IDS, -1);
	return r < 0 ? r : child_become_root(&c->child);
}

static int
map_mounts(struct creation *c)
{
	if (!mount_sources_needed(c->rootfs.plan))
		return 0;
	autoclose int ns = userns_of(c->child.pid);
	return ns < 0 ? ns : mount_sources_idmap(c->rootfs.plan, ns);
}

/* Init could not, for they are ours. */
static int
give_stdio(const struct creation *c)
{
	const struct process *p = &c->child.process;
	uint64_t host;

	if (c->child.plain || !p->spec ||
	    !idmap_find(c->config.spec.linux_->uid_mappings, p->uid, &host))
		return 0;
	return process_give_stdio((uid_t)host);
}

int
join_serve_maps(struct creation *c)
{
	const struct oci_linux *l = c->config.spec.linux_;
	int r = c->new_ns & CLONE_NEWUSER ? idmap_write(c->child.pid, l) :
					    idmap_compare(c->child.pid, l);

	if (r == 0)
		r = map_mounts(c);
	if (r == 0)
		r = give_stdio(c);
	mount_sources_close(&c->rootfs);
	return r;
}
