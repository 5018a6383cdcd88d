/*
 * Containers in the store: ROOT/containers/ID/
 *
 *	container.json		what was asked for (struct container)
 *	config.json, rootfs/	the bundle; the monitor mounts rootfs, in its own namespace
 *	upper/, work/		what the container changes, if its root is an overlay
 *	hosts, hostname, resolv.conf
 *	status.json		how it fares (struct status), written by the monitor
 *	log.json, log.json.1	what it said
 *	lock			held by who changes it
 *	monitor.lock		held by its monitor for as long as that lives
 *	ending.lock		held by its monitor while that ends, see ending.h
 *
 * What status.json says counts only with the lock: it says "running", nobody
 * holds monitor.lock, and the process is there: the monitor was killed and the container
 * goes on.  The process is gone: it ended unseen.  Another boot: the host was restarted.
 * container_status() does this reckoning.
 */
#ifndef ENGINE_CONTAINER_H
#define ENGINE_CONTAINER_H

#include "engine/engine.h"
#include "engine/image.h"
#include "engine/record.h"

/* All zeros is the empty one. */
struct containers {
	struct container **at;
	size_t n;
};

/*
 * Finds by name, by ID, or by the start of an ID that is no other's.  -ENOENT "no such container:
 * X" with near names; oci_free(&container_type) takes it.
 */
int container_find(const struct engine *e, const char *name, struct container **c);

/* All, the last made first. */
int containers_list(const struct engine *e, struct containers *list);
void containers_done(struct containers *list);

/* How it fares now; *status is for oci_free(&status_type).  Nothing is mended. */
int container_status(const struct engine *e, const struct container *c, struct status **status);

/* Whether it has a process, be it a paused one: 1, 0, or -errno. */
int container_is_up(const struct engine *e, const struct container *c);

/* Whether its monitor lives. */
bool container_is_watched(const struct engine *e, const struct container *c);

/* Its directory, open; and the absolute path of that, for free(). */
int container_dir(const struct engine *e, const struct container *c);
char *container_path(const struct engine *e, const struct container *c);

/* Waits for the lock on a container; an fd that holds it. */
int container_lock(const struct engine *e, const struct container *c);

/*
 * Replaces container.json; it is on the disk then.  That of a container with --rm is not waited
 * for: a crash of the host may leave it empty, and then there is no such container.
 */
int container_write(const struct engine *e, const struct container *c);

/*
 * The root file system of a container, whether it runs or not, as a directory fd: through the
 * process if there is one, else a mount that goes with the descriptor.
 */
int container_root(const struct engine *e, const struct container *c);

/* The same without what is mounted in it: what it is of its image and has changed there. */
int container_root_alone(const struct engine *e, const struct container *c);

/*
 * Makes a container from what was asked for (Name may be absent: one is invented).  The
 * record is completed, and given ID and Created.  Nothing is left if it fails.
 */
int container_create(const struct engine *e, struct container *c, const struct image *image);

/* The name is the caller's to check: see names.h. */
int container_rename(const struct engine *e, const struct container *c, const char *name);

enum container_remove { REMOVE_STOPPED, REMOVE_FORCE };

struct container_removal {
	enum container_remove how;
	bool volumes;			/* anonymous ones, too */
};
int container_remove(const struct engine *e, const struct container *c,
		     const struct container_removal *how);

/*
 * If its monitor was killed, puts things right: a new monitor takes over what runs, what has ended
 * is marked so.  1 with words that say what was done, 0 if there was nothing to do.
 */
int container_mend(const struct engine *e, const struct container *c);

/*
 * Starts it: a monitor is forked, makes it by the runtime and starts it.  Returns 0 when
 * it runs, or when its program could not be executed -ENOENT (127), -EACCES (126) or another
 * errno, with the runtime's words.  client may be -EBADF, else it is a socket that is attached
 * before anything can be said (see attach.h).
 */
int container_start(const struct engine *e, const struct container *c, int client);

/*
 * Whether it has yet to be started after the host was: its policy is always, or unless-stopped
 * and nobody has stopped it.  Who was never started is not asked for by a boot either.
 */
bool container_waits_for_boot(const struct engine *e, const struct container *c);

/* A stop, by its signal, and KILL after the seconds. */
struct container_stopping {
	int seconds;			/* -1: as configured */
	int signal;			/* 0: as configured */
};
int container_stop(const struct engine *e, const struct container *c,
		   const struct container_stopping *how);
int container_kill(const struct engine *e, const struct container *c, int signal);
int container_pause(const struct engine *e, const struct container *c);
int container_unpause(const struct engine *e, const struct container *c);

/* Waits until it has ended and says how. */
enum container_wait { WAIT_NOT_RUNNING, WAIT_REMOVED };
int container_wait(const struct engine *e, const struct container *c, enum container_wait what,
		   int *exit_code);

#endif
