/*
 * Bundles: what an OCI runtime is given.
 *
 * A record (engine/record.h) and an image become config.json, as the image
 * specification's conversion.md says and with docker's defaults.  The same
 * input gives the same bytes.
 *
 * The order of calls for a container: bundle_complete(), bundle_join(), when
 * it has its ID bundle_volumes(), bundle_write_etc(), and at each start, with
 * its root file system mounted, bundle_seed() and bundle_spec().
 */
#ifndef ENGINE_BUNDLE_H
#define ENGINE_BUNDLE_H

#include "engine/engine.h"
#include "engine/image.h"
#include "engine/record.h"

#include "libocispec/spec.h"

/* Bytes of /dev/shm, unless --shm-size says otherwise. */
enum { BUNDLE_SHM_SIZE = 64 << 20 };

/*
 * Completes what was asked for by what the image says: Env, Cmd, Entrypoint, WorkingDir, User,
 * Labels, ExposedPorts, StopSignal, Healthcheck, and mounts for its Volumes; and checks what can be
 * checked before anything is made.  -EINVAL with words that name the option.  image may be NULL
 * (--rootfs).
 */
int bundle_complete(struct container *c, const struct image *image);

/* Containers whose namespaces it is to share are found, and named by their IDs from here on. */
int bundle_join(const struct engine *e, struct container *c);

/*
 * The checks alone, of limits: for update, behind a change to host_config.  Completes the swap
 * that follows from the memory.
 */
int bundle_check_limits(struct host_config *host);

/*
 * Makes the volumes that are not there yet, and tells in c->mounts what the container will see
 * mounted.  The caller holds volumes_use().
 */
int bundle_volumes(const struct engine *e, struct container *c);

/* Removes its anonymous volumes; one that another container uses stays. */
void bundle_drop_volumes(const struct engine *e, const struct container *c);

/* What the image has where a new volume will be goes into the volume, if that is empty. */
int bundle_seed(const struct engine *e, const struct container *c, int root);

struct bundle_place {
	int root;			/* the root file system, open, for /etc/passwd */
	const char *rootfs;		/* root.path of config.json: "rootfs" */
	const char *dir;		/* absolute path of the container's directory: hosts, ... */
	bool alone;			/* for servin bundle: nothing outside of it may be named */
	/*
	 * The pid of a container whose namespaces are to be joined, "container:NAME"; -errno with
	 * words if it does not run: bundle_pid_of().  May be NULL where nothing is to be joined.
	 */
	int (*pid_of)(const struct engine *e, const char *name, int *pid);
};

int bundle_pid_of(const struct engine *e, const char *name, int *pid);

/*
 * The configuration of a container.  Users and groups come from its own files; -EINVAL with words
 * if there is no such user.  oci_free(&oci_spec_type) takes it.
 */
int bundle_spec(const struct engine *e, const struct container *c, const struct bundle_place *at,
		struct oci_spec **spec);

/* The path of its cgroup in each hierarchy: "/servin-ID", or below the parent asked for. */
char *bundle_cgroup(const struct container *c);

/* The limits of a container as config.json has them: for update of one that runs. */
int bundle_resources(const struct host_config *host, struct oci_resources **resources);

/*
 * Writes hosts, hostname and resolv.conf to the container's directory, as its network needs.  With
 * "container:ID" they are copies of that container's.
 */
int bundle_write_etc(const struct engine *e, const struct container *c, int dir);

/*
 * The user "NAME|UID[:GROUP|GID]" and further groups, in the words of the runtime specification;
 * *home (may be NULL) is his directory.  root is the root file system.
 */
int bundle_user(int root, const char *user, char *const *more_groups, struct oci_user *out,
		char **home);

/* The process of exec in a container: its environment and rights, another command. */
struct exec_request {
	char *const *args, *const *env;
	const char *user, *working_dir;
	bool tty, privileged;
};
int bundle_exec_process(const struct engine *e, const struct container *c, int root,
			const struct exec_request *req, struct oci_process **process);

/* The default profile of system calls: docker's. */
struct oci_seccomp *seccomp_default(char *const *capabilities);

/*
 * Writes a bundle that stands alone: config.json, rootfs/, hosts, hostname, resolv.conf, and init
 * if asked for.  path is a directory that is empty or not there; c is what was asked for, and is
 * completed.  The caller holds store_use().
 */
int bundle_write_alone(const struct engine *e, struct container *c, const struct image *image,
		       const char *path);

#endif
