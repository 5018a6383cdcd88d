/*
 * Loading the filter of a process, as its last act before execve: behind it
 * nothing is called but execve, so that a profile need allow no more than the
 * program needs.  (A listener is sent between the two, and the check of the
 * configuration asks for that to be allowed.)
 *
 * Without no_new_privs only CAP_SYS_ADMIN may load a filter.  So a process
 * keeps that one, permitted but not effective, when it gives up the others.
 * The program does not get it: execve computes capabilities from the bounding,
 * inheritable and ambient sets, which are the program's own by then, and not
 * from what was permitted before (capabilities(7)).
 */
#ifndef RUNTIME_SECCOMP_LOAD_H
#define RUNTIME_SECCOMP_LOAD_H

#include "runtime/process.h"

/* What the process has from its change of user to its filter: p->caps, and that one if need be. */
struct caps filter_caps(const struct process *p);

/* An error if the filter could not be loaded in the end. */
int filter_check_caps(const struct process *p);

/* To be called behind the change of user: nobody of the same user may trace us meanwhile. */
int filter_guard(const struct process *p);

/* Does nothing without a filter.  A listener goes to the runtime by sock. */
int filter_load(const struct process *p, int sock);

#endif
