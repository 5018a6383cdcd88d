/* A configuration: read, decoded, and found to be one that we can carry out. */
#ifndef RUNTIME_CONFIG_H
#define RUNTIME_CONFIG_H

#include "libocispec/document.h"
#include "libocispec/spec.h"

#include "runtime/cgroup/cgroup.h"
#include "runtime/mount/plan.h"

struct config {
	struct oci_source source;
	char *text;
	struct oci_spec spec;
	struct mount_plan mounts;
};

/* Reads and decodes a file below dir; name is also what errors call it. */
int config_read(struct config *c, int dir, const char *name);

/* Reads the document that a command was given, "-" is standard input.  free() takes *text. */
int config_read_input(const char *name, struct oci_source *source, char **text);

/* What a check tells; path as in libocispec/document.h. */
typedef void (*config_tell)(void *arg, bool warning, const char *path, const char *reason);

/*
 * Tells every mistake that can be seen without touching anything: values
 * that contradict each other or the specification, and what this host or
 * this version cannot do.  Makes c->mounts.  Returns the number of mistakes.
 */
int config_check_all(struct config *c, enum cgroup_kind kind, config_tell tell, void *arg);

/* The same for one process object, of exec; path is where it stands (""). */
int config_check_process(const struct oci_process *p, const char *path, config_tell tell,
			 void *arg);

/* The first mistake as an error, with its line; the warnings go to the log. */
int config_check(struct config *c, enum cgroup_kind kind);

/* The same for a process object of exec; a source without text gives no line. */
int config_check_exec(const struct oci_process *p, const struct oci_source *source);

void config_done(struct config *c);

/* Whether the configuration lists that namespace (CLONE_NEW*), and the path to join, or NULL. */
bool config_namespace(const struct oci_spec *spec, uint64_t kind, const char **path);

/* Whether the user namespace to join is the one that we are in already. */
bool config_joins_own_user(const struct oci_spec *spec);

#endif
