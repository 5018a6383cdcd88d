#include "runtime/attributes.h"

#include "base/bits.h"
#include "base/err.h"
#include "base/str.h"
#include "kernel/affinity.h"
#include "kernel/ioprio.h"
#include "kernel/keyring.h"
#include "kernel/lsm.h"
#include "kernel/mempolicy.h"
#include "kernel/persona.h"
#include "kernel/sched.h"

/* The words of a list as one number; the check has let no other through. */
static uint64_t
sum_of(const struct word *table, char **list)
{
	uint64_t n, all = 0;

	for (; list && *list; list++)
		if (word_number(table, *list, &n))
			all |= n;
	return all;
}

static int
give_scheduler(pid_t pid, const struct oci_scheduler *s)
{
	uint64_t policy;

	if (!word_number(sched_policy_words, s->policy, &policy))
		return fail(0, "%s: Linux has no such policy", s->policy);
	return sched_give(pid, &(struct sched_attr){
		.sched_policy = (uint32_t)policy,
		.sched_flags = sum_of(sched_flag_words, s->flags),
		.sched_nice = (int32_t)s->nice.v,
		.sched_priority = (uint32_t)s->priority.v,
		.sched_runtime = s->runtime.v,
		.sched_deadline = s->deadline.v,
		.sched_period = s->period.v,
	});
}

static int
give_io_priority(pid_t pid, const struct oci_io_priority *io)
{
	uint64_t class;

	if (!word_number(ioprio_class_words, io->class_, &class))
		return fail(0, "%s: Linux has no such class", io->class_);
	return ioprio_give(pid, class, (unsigned)io->priority.v);
}

int
attributes_give(pid_t pid, const struct oci_process *p)
{
	int r = p->io_priority ? wrap(give_io_priority(pid, p->io_priority), "ioPriority") : 0;

	return r == 0 && p->scheduler ? wrap(give_scheduler(pid, p->scheduler), "scheduler") : r;
}

static int
set_cpus(const char *list)
{
	autobits cpus = { 0 };
	int r = bits_parse(&cpus, list);

	return r < 0 ? r : affinity_set(&cpus);
}

int
attributes_initial_cpus(const struct oci_process *p)
{
	const struct oci_cpu_affinity *a = p->exec_cpu_affinity;

	if (!a || !has_text(a->initial))
		return 0;
	return wrap(set_cpus(a->initial), "execCPUAffinity.initial");
}

bool
attributes_has_cpus(const struct oci_process *p, const struct oci_linux *l)
{
	const struct oci_resources *r = l ? l->resources : NULL;

	return (p && p->exec_cpu_affinity) || (r && r->cpu && has_text(r->cpu->cpus));
}

int
attributes_cpus(const struct oci_process *p)
{
	const struct oci_cpu_affinity *a = p ? p->exec_cpu_affinity : NULL;

	if (a && has_text(a->final))
		return wrap(set_cpus(a->final), "execCPUAffinity.final");
	/* Since Linux 6.2 an affinity from before the cgroup was joined would stay. */
	return affinity_reset();
}

int
attributes_memory_policy(const struct oci_linux *l)
{
	const struct oci_memory_policy *m = l->memory_policy;
	autobits nodes = { 0 };
	uint64_t mode;
	int r = has_text(m->nodes) ? bits_parse(&nodes, m->nodes) : 0;

	if (r < 0)
		return r;
	if (!word_number(memory_policy_mode_words, m->mode, &mode))
		return fail(0, "%s: Linux has no such mode", m->mode);
	mode |= sum_of(memory_policy_flag_words, m->flags);
	return wrap(memory_policy_set(mode, &nodes), "%s", m->mode);
}

int
attributes_personality(const struct oci_linux *l)
{
	uint64_t domain;

	if (!word_number(persona_words, l->personality->domain, &domain))
		return fail(0, "%s: Linux has no such domain", l->personality->domain);
	return persona_set(domain);
}

/* "unconfined" is what a process is where there is no AppArmor. */
static bool
wants_profile(const char *profile)
{
	return has_text(profile) && (!streq(profile, "unconfined") || apparmor_enabled());
}

bool
attributes_has_labels(const struct oci_process *p)
{
	return p && (has_text(p->apparmor_profile) || has_text(p->selinux_label));
}

int
attributes_labels(const struct oci_process *p)
{
	int r = 0;

	if (wants_profile(p->apparmor_profile))
		r = wrap(apparmor_at_exec(p->apparmor_profile), "apparmorProfile");
	if (r == 0 && has_text(p->selinux_label))
		r = wrap(selinux_at_exec(p->selinux_label), "selinuxLabel");
	return r;
}

int
attributes_keyring(const struct oci_process *p, const char *name)
{
	const char *label = p && has_text(p->selinux_label) ? p->selinux_label : NULL;
	int r = label ? wrap(selinux_for_keys(label), "selinuxLabel") : 0;

	if (r == 0)
		r = keyring_join_new(name);
	return r == 0 && label ? selinux_for_keys("") : r;
}
