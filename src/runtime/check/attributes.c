/* Scheduling, priorities, CPUs, memory policy, personality and labels. */
#include "runtime/check/checker.h"

#include "runtime/mount/label.h"

#include "base/bits.h"
#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/ioprio.h"
#include "kernel/lsm.h"
#include "kernel/persona.h"
#include "kernel/sched.h"

/* -- scheduler -- */

/* What a policy makes use of; the kernel ignores the rest, or says EINVAL. */
static const struct policy {
	const char *word;
	bool nice, priority, times;
} policies[] = {
	{ "SCHED_OTHER",    .nice = true },
	{ "SCHED_BATCH",    .nice = true },
	{ "SCHED_IDLE",     .nice = false },
	{ "SCHED_FIFO",     .priority = true },
	{ "SCHED_RR",       .priority = true },
	{ "SCHED_DEADLINE", .times = true },
};

static const struct policy *
policy_find(const char *word)
{
	for (size_t i = 0; i < countof(policies); i++)
		if (streq(policies[i].word, word))
			return &policies[i];
	return NULL;
}

static void
check_nice(struct checker *c, const struct oci_scheduler *s, const struct policy *p, const char *at)
{
	if (s->nice.v < -20 || s->nice.v > 19)
		bad(c, "must be from -20 to 19", "%s.scheduler.nice", at);
	else if (s->nice.v && !p->nice)
		bad(c, "is for SCHED_OTHER and SCHED_BATCH only", "%s.scheduler.nice", at);
}

static void
check_priority(struct checker *c, const struct oci_scheduler *s, const struct policy *p,
	       const char *at)
{
	if (p->priority && (s->priority.v < 1 || s->priority.v > 99))
		bad(c, "must be from 1 to 99", "%s.scheduler.priority", at);
	else if (!p->priority && s->priority.v)
		bad(c, "is for SCHED_FIFO and SCHED_RR only", "%s.scheduler.priority", at);
}

/* All three are the kernel's rules: sched(7). */
static void
check_deadline(struct checker *c, const struct oci_scheduler *s, const char *at)
{
	static const char too_large[] = "must be below 2^63";

	if (s->runtime.v < SCHED_RUNTIME_MIN)
		bad(c, "must be 1024 ns or more for SCHED_DEADLINE", "%s.scheduler.runtime", at);
	if (s->runtime.v > s->deadline.v)
		bad(c, "must not be less than the runtime", "%s.scheduler.deadline", at);
	if (s->period.v && s->deadline.v > s->period.v)
		bad(c, "must not be less than the deadline", "%s.scheduler.period", at);
	if (s->deadline.v > INT64_MAX)
		bad(c, too_large, "%s.scheduler.deadline", at);
	if (s->period.v > INT64_MAX)
		bad(c, too_large, "%s.scheduler.period", at);
}

static void
check_no_times(struct checker *c, const struct oci_scheduler *s, const char *at)
{
	static const char reason[] = "is for SCHED_DEADLINE only";

	if (s->runtime.v)
		bad(c, reason, "%s.scheduler.runtime", at);
	if (s->deadline.v)
		bad(c, reason, "%s.scheduler.deadline", at);
	if (s->period.v)
		bad(c, reason, "%s.scheduler.period", at);
}

/* Such a process cannot fork, and init is one when it has to start these hooks. */
static void
check_deadline_hooks(struct checker *c, const struct oci_scheduler *s, const char *at)
{
	const struct oci_hooks *h = c->spec ? c->spec->hooks : NULL;

	if (h && h->start_container && *h->start_container &&
	    !strv_has(s->flags, "SCHED_FLAG_RESET_ON_FORK"))
		bad(c, "SCHED_DEADLINE and startContainer hooks need SCHED_FLAG_RESET_ON_FORK",
		    "%s.scheduler.flags", at);
}

static void
check_scheduler(struct checker *c, const struct oci_scheduler *s, const char *at)
{
	const struct policy *p = policy_find(s->policy);

	/* The specification has SCHED_ISO; the kernel has only kept its number free. */
	if (!p) {
		bad(c, "is a policy that Linux does not have", "%s.scheduler.policy", at);
		return;
	}
	check_nice(c, s, p, at);
	check_priority(c, s, p, at);
	if (!p->times) {
		check_no_times(c, s, at);
		return;
	}
	check_deadline(c, s, at);
	check_deadline_hooks(c, s, at);
}

/* -- lists -- */

static void
check_list(struct checker *c, const char *list, const char *at, const char *name)
{
	autobits bits = { 0 };
	autofree char *path = NULL;

	if (!has_text(list) || bits_parse(&bits, list) == 0)
		return;
	path = xasprintf("%s.%s", at, name);
	tell_reason(c, false, path, "%s", err_words());
}

/* -- labels -- */

static void
check_labels(struct checker *c, const struct oci_process *p, const char *at)
{
	const char *profile = p->apparmor_profile;

	if (has_text(profile) && !streq(profile, "unconfined") && !apparmor_enabled())
		bad(c, "needs AppArmor, which this kernel does not have or has not enabled",
		    "%s.apparmorProfile", at);
	if (has_text(p->selinux_label) && !selinux_enabled())
		bad(c, "needs SELinux, which this kernel does not have or has not enabled",
		    "%s.selinuxLabel", at);
}

void
check_attributes(struct checker *c, const struct oci_process *p, const char *at)
{
	const struct oci_io_priority *io = p->io_priority;

	if (p->scheduler)
		check_scheduler(c, p->scheduler, at);
	if (io && (io->priority.v < 0 || io->priority.v >= IOPRIO_LEVELS))
		bad(c, "must be from 0 to 7", "%s.ioPriority.priority", at);
	if (p->exec_cpu_affinity) {
		check_list(c, p->exec_cpu_affinity->initial, at, "execCPUAffinity.initial");
		check_list(c, p->exec_cpu_affinity->final, at, "execCPUAffinity.final");
	}
	check_labels(c, p, at);
}

/* -- of the linux object -- */

/* Which nodes and flags a mode takes; the kernel says EINVAL to the others, or ignores them. */
static const struct mode {
	const char *word;
	enum { NO_NODES, MAY_HAVE_NODES, NEEDS_NODES } nodes;
	bool balancing;
} modes[] = {
	{ "MPOL_DEFAULT",             NO_NODES,       false },
	{ "MPOL_LOCAL",               NO_NODES,       false },
	{ "MPOL_PREFERRED",           MAY_HAVE_NODES, false },
	{ "MPOL_PREFERRED_MANY",      NEEDS_NODES,    true },
	{ "MPOL_BIND",                NEEDS_NODES,    true },
	{ "MPOL_INTERLEAVE",          NEEDS_NODES,    false },
	{ "MPOL_WEIGHTED_INTERLEAVE", NEEDS_NODES,    false },
};

static const struct mode *
mode_find(const char *word)
{
	for (size_t i = 0; i < countof(modes); i++)
		if (word && streq(modes[i].word, word))
			return &modes[i];
	return NULL;
}

static void
check_mode_flags(struct checker *c, const struct oci_memory_policy *m, const struct mode *mode)
{
	static const char at[] = ".linux.memoryPolicy.flags";

	if (strv_len(m->flags) && !has_text(m->nodes))
		bad(c, "are for a mode with nodes", at);
	if (strv_has(m->flags, "MPOL_F_NUMA_BALANCING") && !mode->balancing)
		bad(c, "MPOL_F_NUMA_BALANCING is for MPOL_BIND and MPOL_PREFERRED_MANY", at);
	if (strv_has(m->flags, "MPOL_F_STATIC_NODES") &&
	    strv_has(m->flags, "MPOL_F_RELATIVE_NODES"))
		bad(c, "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other", at);
}

static void
check_memory_policy(struct checker *c, const struct oci_memory_policy *m)
{
	const struct mode *mode = mode_find(m->mode);

	if (!mode) {	/* the decoder lets no other word through */
		bad(c, "is missing", ".linux.memoryPolicy.mode");
		return;
	}
	if (mode->nodes == NEEDS_NODES && !has_text(m->nodes))
		bad(c, "must be given for this mode", ".linux.memoryPolicy.nodes");
	if (mode->nodes == NO_NODES && has_text(m->nodes))
		bad(c, "must be empty for this mode", ".linux.memoryPolicy.nodes");
	check_list(c, m->nodes, ".linux.memoryPolicy", "nodes");
	check_mode_flags(c, m, mode);
}

static void
check_personality(struct checker *c, const struct oci_personality *p)
{
	if (!has_text(p->domain))
		bad(c, "is missing", ".linux.personality.domain");
	/* The specification defines none, so whoever writes one wants what he does not get. */
	if (strv_len(p->flags))
		bad(c, "no flag is known", ".linux.personality.flags[0]");
}

/* Else the file systems would have another label than was asked for, or none. */
static void
check_mount_label(struct checker *c)
{
	if (!selinux_enabled())
		bad(c, "needs SELinux, which this kernel does not have or has not enabled",
		    ".linux.mountLabel");
	if (!mount_context_is_known(c->spec))
		bad(c, "must be context, fscontext, defcontext or rootcontext",
		    ".annotations[\"" MOUNT_CONTEXT_ANNOTATION "\"]");
}

void
check_linux_attributes(struct checker *c)
{
	const struct oci_linux *l = c->spec->linux_;

	if (l->memory_policy)
		check_memory_policy(c, l->memory_policy);
	if (l->personality)
		check_personality(c, l->personality);
	if (has_text(l->mount_label))
		check_mount_label(c);
}
