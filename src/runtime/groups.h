/*
 * The additional groups of a process.
 *
 * They are always set, or those of the caller would stay: unless the user
 * namespace denies it, so that nobody can, or crun's annotation asks to keep
 * them, run.oci.keep_original_groups.
 */
#ifndef RUNTIME_GROUPS_H
#define RUNTIME_GROUPS_H

#include "runtime/process.h"

#include "libocispec/spec.h"

/* Whether the annotation stands there, with any value but the empty one. */
bool groups_kept(const struct oci_spec *spec);

int groups_set(struct process *p);

/* Reads them back. */
int groups_verify(const struct process *p);

#endif
