/*
 * linux.mountLabel: what SELinux calls the files of file systems that are
 * made for the container.
 *
 * An option of the mount says it.  Procfs, sysfs and cgroups are left out, whose
 * files the policy names by itself, and so are bind mounts, whose files have
 * names already.
 */
#ifndef RUNTIME_MOUNT_LABEL_H
#define RUNTIME_MOUNT_LABEL_H

#include "libocispec/spec.h"

#include <stdbool.h>

/* Which option it is, the annotation says; without it context. */
#define MOUNT_CONTEXT_ANNOTATION "run.oci.mount_context_type"
bool mount_context_is_known(const struct oci_spec *spec);

/* "context=LABEL" for a new file system of that type, for free(); or NULL. */
char *mount_label_option(const struct oci_spec *spec, const char *type);

/* For a type that knows no such option: the label of its top directory.  Else nothing. */
int mount_label_top(const struct oci_spec *spec, const char *type, int mount);

#endif
