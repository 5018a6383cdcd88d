/*
 * What is kept of a container: ROOT/ID/, made by create, gone after delete.
 *
 *	state.json	the record below; replaced whole, never edited
 *	config.json	the configuration as create read it
 *	gate		a socket on which init waits for start
 *	notify/		for sd_notify(3), if create had a NOTIFY_SOCKET
 *
 * Making the directory claims the name.  The first record is there before
 * anything else is made, so that `delete --force` finds all of it whenever
 * the runtime was killed.  Whoever changes a container as a whole (create,
 * start, delete) holds a lock on the directory; create's is inherited by
 * init until all is done, so that who gets the lock knows init to be gone or
 * in the record.
 *
 * The record says what was made, not how it fares: that is asked of the
 * kernel each time.
 */
#ifndef RUNTIME_STATE_H
#define RUNTIME_STATE_H

#include "runtime/cgroup/cgroup.h"
#include "runtime/runtime.h"

#include "libocispec/document.h"

struct record {
	char *id;
	char *phase;		/* PHASE_* */
	char *bundle, *rootfs;	/* absolute */
	char *created;		/* RFC 3339 */
	char *owner;		/* root, or the number of the user */
	char *boot;		/* the boot that pid and start belong to */
	char *pid_file;		/* absolute */
	/*
	 * unit is systemd's, if it is the manager: its cgroup has a path from the moment
	 * when it is there.
	 */
	char *manager, *unit, *cgroup_kind, *cgroup_path;
	struct oci_int runtime_pid;	/* who made it, for people who look */
	struct oci_int pid;	/* of init, from PHASE_CREATED on */
	struct oci_uint start;	/* when init started; see kernel/pidfd.h */
	struct oci_bool own_pid_ns;	/* the kernel kills the others when init ends */
	struct oci_bool restored;	/* by criu: its processes have never called execve */
	struct oci_bool own_keyring;	/* a session keyring, which exec joins */
	struct oci_bool poststop_due;	/* hooks have run, so that their counterparts must */
	char *rdt_clos;		/* the container's directory in resctrl; "." is its root */
	struct oci_bool rdt_clos_made;	/* by create, and delete's to remove */
	struct oci_bool rdt_monitored;	/* and in it mon_groups/ID */
	char *seccomp_listener;	/* the socket of who decides on calls, if somebody does */
	struct oci_pair **annotations;
};

#define PHASE_CREATING "creating"	/* nothing is promised */
#define PHASE_CREATED  "created"	/* init waits at the gate, or is past it */
#define PHASE_DELETING "deleting"

extern const struct type record_type;
void record_set_phase(struct record *r, const char *phase);

enum status { STATUS_CREATING, STATUS_CREATED, STATUS_RUNNING, STATUS_PAUSED, STATUS_STOPPED };

/* An open state directory. */
struct state {
	int dir;		/* ROOT/ID */
	bool being_made;	/* by another ocirun, when state_find() looked */
	char *id;
	struct record record;	/* empty until state_load() */
};

#define STATE_EMPTY { .dir = -EBADF }
void state_done(struct state *s);

/* ROOT, of which the user may have chosen another than runtime_root(); free() takes it. */
char *state_root(const struct runtime *rt);

/* Opens it.  -ENOENT if it was not made yet; refused unless it is ours. */
int state_open_root(const struct runtime *rt);

/*
 * Makes ROOT/ID and locks it.  -EEXIST if there is one; the root is made if
 * absent, mode 0700, and refused unless it is ours.
 */
int state_make(struct state *s, const struct runtime *rt, const char *id);

/* Opens ROOT/ID.  -ENOENT, "container does not exist", if there is none. */
int state_open(struct state *s, const struct runtime *rt, const char *id);

/* Opens and reads the record; -ENOENT as for state_open(), also before the first one is written. */
int state_find(struct state *s, const struct runtime *rt, const char *id);

/* Waits for the lock; -ENOENT if it was deleted meanwhile, -EBUSY after half a minute. */
int state_lock(struct state *s);
void state_unlock(struct state *s);

/* Reads the record; -ENOENT if none was written yet. */
int state_load(struct state *s);

/* Writes the record, in the place of the last one. */
int state_save(const struct state *s);

/* A pidfd of the process in the record, if it lives, of this boot and no other one; -ESRCH. */
int state_open_init(const struct state *s);

/* What the kernel says.  *pidfd, if not NULL, is init's when it lives, else -EBADF. */
int state_status(const struct state *s, enum status *status, int *pidfd);
const char *status_word(enum status status);

/* Removes the directory and all in it. */
int state_remove(const struct state *s, const struct runtime *rt);

/* The document for hooks and `state`; oci_free() takes it. */
struct oci_state *state_document(const struct record *r, const char *status, pid_t pid);

static inline void
oci_state_free_at(struct oci_state **s)
{
	oci_free(&oci_state_type, *s);
}

#endif
