/*
 * What a container uses that lies outside of it, told to criu(8) at
 * checkpoint by a name and at restore by what is there under that name:
 * the sources of bind mounts, cgroups of the host's namespace, joined
 * namespaces, the standard streams.
 *
 * The names are those of runc and crun, so that one can restore what another
 * one saved: a mount is named by its destination in the configuration, a
 * namespace "extRootNetNS" or "extRootPidNS"; the streams are in descriptors.json.
 */
#ifndef RUNTIME_EXTERNAL_H
#define RUNTIME_EXTERNAL_H

#include "runtime/create.h"

#include "criu/request.h"

/* Of a container whose first process is pid. */
int external_dump(struct criu_request *r, const struct config *c, pid_t pid);

/* Notes in the directory what the standard streams are; those that are files become external. */
int external_dump_streams(struct criu_request *r, pid_t pid, int images);

/* Of the container that is to be, with its bundle; opens what it names, which lives on. */
int external_restore(struct criu_request *r, const struct creation *c);

/* The mounts of cgroups, once it is known where they are. */
int external_restore_cgroups(struct criu_request *r, const struct creation *c);

/* Our standard streams in the place of those in the directory. */
int external_restore_streams(struct criu_request *r, int images);

#endif
