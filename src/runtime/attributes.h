/*
 * What a process of a container has from the kernel beside user, limits and
 * capabilities: scheduling, I/O priority, memory policy, personality, CPUs,
 * labels.  What is not configured costs no system call.
 *
 * Each function says where it has to be called; the values were checked
 * before (check/attributes.c).
 */
#ifndef RUNTIME_ATTRIBUTES_H
#define RUNTIME_ATTRIBUTES_H

#include "libocispec/spec.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Outside.
 */

/*
 * Scheduler and I/O priority of a process that has done all else: the runtime
 * has the privileges for them, a child in a user namespace never; and a slow
 * policy slows no setup.
 */
int attributes_give(pid_t pid, const struct oci_process *p);

/* execCPUAffinity.initial: for the runtime itself, and with it for the child that it clones. */
int attributes_initial_cpus(const struct oci_process *p);

/*
 * Inside.
 */

/*
 * In the cgroup, for a process of exec: execCPUAffinity.final, or else all CPUs
 * of the container.  p is NULL for init, which that does not concern.
 */
int attributes_cpus(const struct oci_process *p);

/* Where there is a cpuset, what our caller may run on must not cut it. */
bool attributes_has_cpus(const struct oci_process *p, const struct oci_linux *l);

/* In the cgroup, whose cpuset says which nodes there are. */
int attributes_memory_policy(const struct oci_linux *l);

int attributes_personality(const struct oci_linux *l);

/*
 * apparmorProfile and selinuxLabel, for the next program: where /proc is the
 * host's yet, and behind the last hook that must not have them.
 */
int attributes_labels(const struct oci_process *p);
bool attributes_has_labels(const struct oci_process *p);

/* A new session keyring, which SELinux labels like the process; p may be NULL. */
int attributes_keyring(const struct oci_process *p, const char *name);

#endif
