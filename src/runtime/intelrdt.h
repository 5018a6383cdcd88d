/*
 * linux.intelRdt: the container's class of service (CLOS) and monitoring group.
 *
 * The class is the directory closID of resctrl ("/": resctrl's root), or one
 * named after the container.  One that is there already must have the
 * schemata that are asked for, and is not touched.  What create makes stands
 * in the record before it is made, so that an undo finds it; a class with a
 * name of its own belongs to nobody once the container is created.
 *
 * root is resctrl_open()'s, or a directory of a test.
 */
#ifndef RUNTIME_INTELRDT_H
#define RUNTIME_INTELRDT_H

#include "runtime/state.h"

#include "libocispec/spec.h"

/*
 * Looks what there is, and compares.  Writes into the record which groups
 * will be used and which of them have to be made; nothing else is changed.
 */
int intelrdt_find(int root, const struct oci_intel_rdt *rdt, struct record *r);

/*
 * Makes what the record tells to make, and writes the schemata of a new class.
 * -EEXIST if somebody else was quicker: begin again with intelrdt_find().
 */
int intelrdt_make(int root, const struct oci_intel_rdt *rdt, struct record *r);

/* The process, and all that it starts from now on, joins class and group.  0 is the caller. */
int intelrdt_join(int root, const struct record *r, pid_t pid);

/* The container is created: its class stays when it was given a name. */
void intelrdt_keep(const struct oci_intel_rdt *rdt, struct record *r);

/* Removes what create made and delete is to remove. */
int intelrdt_remove(int root, const struct record *r);

/* New schemata for the class of a container that has one; l3 and mb may be NULL. */
int intelrdt_update(int root, const struct record *r, const char *l3, const char *mb);

/*
 * The same with the mount of this host.  setup: find, save, make.
 */
int intelrdt_setup(const struct oci_intel_rdt *rdt, struct state *s);
int intelrdt_join_host(const struct record *r, pid_t pid);
int intelrdt_remove_host(const struct record *r);
int intelrdt_update_host(const struct record *r, const char *l3, const char *mb);

#endif
