/*
 * A container's cgroup made by systemd: a transient scope, delegated to us.
 *
 * Root asks the systemd of the host, anybody else that of the user; see
 * systemd/helper.h for how.  A scope cannot be empty, so the helper itself is
 * in it from scope_start() to scope_release(), and init can be born inside.
 * Limits are given to systemd as properties as well as written to the
 * cgroup's files, for systemd writes what it knows whenever it sees fit.
 *
 * A scope that becomes empty ends, and systemd forgets it.
 */
#ifndef RUNTIME_CGROUP_SYSTEMD_H
#define RUNTIME_CGROUP_SYSTEMD_H

#include "runtime/cgroup/cgroup.h"

#include "libocispec/spec.h"
#include "systemd/helper.h"
#include "systemd/unit.h"

struct scope {
	struct unit_place place;	/* empty: the cgroup is not systemd's */
	char **own;			/* properties that annotations ask for */
	struct helper helper;
};

#define SCOPE_EMPTY { .helper = HELPER_EMPTY }
void scope_done(struct scope *s);

/* Decides on names and reads the annotations.  The path of the cgroup only scope_start() knows. */
int scope_plan(struct scope *s, struct cgroup *cg, const struct oci_spec *spec, const char *id);

/*
 * Starts the scope with the limits of the configuration; cg gets its path.
 * -EEXIST if there is one of this name.  After an error nothing is left.
 */
int scope_start(struct scope *s, struct cgroup *cg, const struct oci_spec *spec, const char *id);

/* systemd may put a process where the kernel does not let us; by the helper of s if it runs. */
int scope_attach(struct scope *s, const char *unit, pid_t pid);

/* Ends the helper: the scope must have a process of its own by now. */
void scope_release(struct scope *s);

/*
 * Tells systemd the limits of a scope anew, behind cgroup_limit() for an
 * update: what is not set in r stays as it is, and so do devices without a rule in r.
 */
int scope_limit(const char *unit, enum cgroup_kind kind, const struct oci_resources *r);

/*
 * Waits until systemd has stopped and forgotten it, if it has no process: else
 * it may be another's by now.  One that is not there is no error.  systemd
 * takes a process that has just ended for one that is in the scope, and then
 * never learns that there is none.
 */
int scope_stop_empty(const char *unit);

/*
 * The properties for what systemd has a word for; the rest is in the cgroup's
 * files alone, which systemd leaves as they are.
 */
void scope_limits(enum cgroup_kind kind, const struct oci_resources *r, char ***properties);

/*
 * Those for the rules on devices.  With v2 there are none: the program that
 * enforces our rules stays, and with none of its own systemd attaches none.
 */
void scope_devices(enum cgroup_kind kind, const struct oci_resources *r, char ***properties);

/* Those that annotations ask for (org.systemd.property.NAME). */
int scope_annotations(const struct oci_spec *spec, char ***properties);

#endif
