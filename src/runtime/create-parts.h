/*
 * The parts of create, a file each; for src/runtime/create*.c and restore.c.
 *
 * Those that take void * are rows of create_steps in create.c, where the
 * reason for their order stands.
 */
#ifndef RUNTIME_CREATE_PARTS_H
#define RUNTIME_CREATE_PARTS_H

#include "runtime/create.h"

/* create-plan.c: all that can be known before anything is made. */
int creation_plan(struct creation *c);

/* The same but for the process, which restore finds in files. */
int creation_plan_container(struct creation *c);

/* create-cgroup.c: where it will be, and whether somebody else is there. */
int creation_plan_cgroup(struct creation *c);
int creation_check_cgroup(const struct creation *c);
bool creation_has_scope(const struct creation *c);
bool creation_has_cgroup(const void *of);
int creation_make_cgroup(void *of);

/* Lets go of what keeps a scope alive until init is in it. */
void creation_leave_cgroup(void *of);

/* create-record.c: the state directory, with the first record; back, by way of delete. */
int creation_make_state(void *of);
void creation_drop_state(void *of);

/* The last one: from here on there is a container. */
int creation_complete_record(struct creation *c);

/* A path as it is from everywhere; free() takes it. */
char *creation_path(const char *path);

/* create-serve.c: what init asks for, until it is ready. */
int creation_serve_init(void *of);

/* Parts of it: prestart and createRuntime for child.pid; device rules, once devices are made. */
int creation_run_hooks(struct creation *c);
int creation_limit_devices(struct creation *c);

int creation_make_rdt(void *of);

/* create.c: linux.intelRdt, or NULL. */
const struct oci_intel_rdt *creation_rdt(const struct creation *c);

#endif
