/*
 * Bundles: what an OCI runtime is given.
 *
 * A record (engine/record.h) and an image become config.json, as the image
 * specification's conversion.md says and with docker's defaults.  The same
 * input gives the same bytes.
 */
#ifndef ENGINE_BUNDLE_H
#define ENGINE_BUNDLE_H

#include "engine/engine.h"
#include "engine/image.h"
#include "engine/record.h"

#include "libocispec/spec.h"

/*
 * Completes what was asked for by what the image says: Env, Cmd, Entrypoint, WorkingDir, User,
 * Labels, ExposedPorts, StopSignal, Healthcheck, and mounts for its Volumes; and checks what can be
 * checked before anything is made.  -EINVAL with words that name the option.  image may be NULL
 * (--rootfs).
 */
int bundle_complete(const struct engine *e, struct container *c, const struct image *image);

struct bundle_place {
	int root;			/* the root file system, open, for /etc/passwd and the like */
	const char *rootfs;		/* root.path of config.json: "rootfs" */
	const char *dir;		/* absolute path of the container's directory: hosts, ... */
	bool alone;			/* for servin bundle: nothing outside of it may be named */
};

/*
 * The configuration of a container.  Users and groups come from its own files; -ENOENT with words
 * if there is no such user.  oci_free(&oci_spec_type) takes it.
 */
int bundle_spec(const struct engine *e, const struct container *c, const struct bundle_place *at,
		struct oci_spec **spec);

/* Writes hosts, hostname and resolv.conf to the container's directory, as its network needs. */
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

#endif
