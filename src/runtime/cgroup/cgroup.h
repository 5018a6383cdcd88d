/*
 * The cgroup of one container, by the cgroupfs driver, on v1, hybrid and v2.
 *
 * A struct cgroup is a path below each hierarchy and the kind of host; that
 * is enough to find the cgroup again, so it is what the state keeps.
 * cgroup_make() is the first function that changes anything.
 *
 * v1 and hybrid: a directory in every mounted hierarchy (the unified one of a
 * hybrid included), for engines read statistics from each line of
 * /proc/PID/cgroup.  v2: one directory.  A hybrid is frozen and killed by its
 * unified hierarchy, so that freezer.state of a paused container is THAWED; a
 * freezing that another program did by freezer.state is seen and undone too.
 *
 * Waits are on events: cgroup.events on v2 and hybrids, pidfds on v1.  Only the
 * v1 freezer has none; its state is read each millisecond.
 */
#ifndef RUNTIME_CGROUP_H
#define RUNTIME_CGROUP_H

#include "libocispec/spec.h"
#include "libocispec/document.h"

#include <stdbool.h>
#include <sys/types.h>

enum cgroup_kind { CGROUP_V1, CGROUP_V2, CGROUP_NONE };

struct cgroup {
	enum cgroup_kind kind;
	char *path;		/* below each hierarchy, begins with "/"; NULL for CGROUP_NONE */
	struct cgroupfs *fs;	/* what is mounted; holds no fd; may be NULL for CGROUP_NONE */
};

/*
 * Decides where the cgroup of a container will be: cgroups_path if given (a
 * relative one is taken below the root of the hierarchy), else /ID.  ".."
 * is refused.  Touches nothing but looks at what is mounted on /sys/fs/cgroup.
 */
int cgroup_plan(struct cgroup *cg, const char *cgroups_path, const char *id);

/* The kind as a word for the state ("v1", "v2", "none") and back. */
const char *cgroup_kind_word(enum cgroup_kind kind);
int cgroup_from_record(struct cgroup *cg, const char *kind, const char *path);
void cgroup_done(struct cgroup *cg);

/*
 * What is wrong with resources on this kind of host, without touching
 * anything: a conversion that cannot be done, a setting that v1 or v2 does
 * not have, one that is not implemented yet.  Calls tell() with the path
 * below the document (".linux.resources.memory.swap") and the reason for
 * each; returns how many.
 */
int cgroup_check_resources(enum cgroup_kind kind, const struct oci_resources *r,
			   void (*tell)(void *arg, const char *path, const char *reason),
			   void *arg);

/*
 * Makes the directories and enables controllers.  -EBUSY if the cgroup is
 * there and not empty, or frozen.  What was made before a failure is removed
 * again; a directory that was there before is kept.
 */
int cgroup_make(const struct cgroup *cg);

/*
 * The same for one that systemd made for us, where the lodger is the only
 * process: what systemd left out is added, the hierarchies that it does not know.
 */
int cgroup_adopt(const struct cgroup *cg, pid_t lodger);

/*
 * Writes every limit but the device rules; nothing if cgroup_check_resources()
 * has something to tell.  NULL resources are no limits.  Some values need
 * others (memory.swap needs memory.limit), so an update hands over all of a part.
 */
int cgroup_limit(const struct cgroup *cg, const struct oci_resources *r);

/* What files of a cgroup held before they were written. */
struct cgroup_journal {
	struct cgroup_note { char *path, *text; } *note;
	size_t n;
};

/*
 * cgroup_limit() for a cgroup that has limits.  What the files held is noted
 * in the journal; if one value is refused, all is put back.
 */
int cgroup_update(const struct cgroup *cg, const struct oci_resources *r, struct cgroup_journal *j);

/* Puts back what was noted, as far as the kernel lets: warns of what it does not. */
void cgroup_undo(const struct cgroup *cg, const struct cgroup_journal *j);
void cgroup_journal_done(struct cgroup_journal *j);

/*
 * Whether the configuration wants the container to own its cgroup, and which
 * host uid then gets it: in a new cgroup namespace, with cgroups mounted
 * writable, the one that process.user.uid maps to.
 */
bool cgroup_owner(const struct oci_spec *s, uid_t *owner);

/*
 * Hands over the directory and the files of /sys/kernel/cgroup/delegate.
 * Nothing on v1, where that would not be safe.
 */
int cgroup_delegate(const struct cgroup *cg, uid_t owner);

/*
 * Puts the device rules in force: the configured ones in their order, behind
 * "deny all", then the default devices of config-linux.md.  On v2 a BPF
 * program, attached to the cgroup; a later call replaces it in one step.  On
 * v1 a later call denies everything for a moment.
 */
int cgroup_limit_devices(const struct cgroup *cg, const struct oci_resources *r);

/* Waiting for the kernel to say that memory ran out. */
struct cgroup_oom {
	int fd;			/* to poll for events; -EBADF: nothing will come */
	short events;
	int file;
	enum cgroup_kind kind;
	uint64_t kills;
};

#define CGROUP_OOM_EMPTY { .fd = -EBADF, .file = -EBADF }
void cgroup_oom_done(struct cgroup_oom *o);

/* -ENOENT with words if the cgroup has no memory controller. */
int cgroup_oom_watch(const struct cgroup *cg, struct cgroup_oom *o);

/* 1 if it happened since the last call, else 0.  The fd may be gone afterwards. */
int cgroup_oom_happened(struct cgroup_oom *o);

/* An fd of the v2 or unified directory, for CLONE_INTO_CGROUP; -ENOENT if there is none. */
int cgroup_open_unified(const struct cgroup *cg);

/*
 * Moves a process into every v1 hierarchy; also into the unified one unless it
 * was cloned into it.  pid 0 is the caller itself, which has one thread: on v1
 * that is ten times faster than the move of another, so a container's process
 * should do it, before it makes its cgroup namespace (whose root is the cgroup
 * it is in at that time) and while it sees the host's /sys/fs/cgroup.
 */
int cgroup_join(const struct cgroup *cg, pid_t pid, bool cloned_into_unified);

/*
 * "/sub" below the container's, made if absent; refuses to leave it.  For exec
 * --cgroup.  *sub needs cgroup_done().
 */
int cgroup_sub(struct cgroup *sub, const struct cgroup *cg, const char *path);

/* Returns when it is so, or with an error (and thawed again) after two seconds. */
int cgroup_freeze(const struct cgroup *cg, bool on);

/*
 * The directory, with the host's /sys/fs/cgroup in front, whose processes criu(8) is to freeze:
 * where cgroup_freeze() does.  NULL if there is none; free() takes it.
 */
char *cgroup_freezer(const struct cgroup *cg);

int cgroup_frozen(const struct cgroup *cg);	/* 1, 0, or -errno */
bool cgroup_exists(const struct cgroup *cg);	/* in any hierarchy */

/* Every process in it and below; *pids is for free().  A cgroup that is not there has none. */
int cgroup_pids(const struct cgroup *cg, pid_t **pids, size_t *n);

/*
 * A signal to all of them; SIGKILL by cgroup.kill where there is one (it has
 * been sent when this returns), else until none is left.
 */
int cgroup_signal(const struct cgroup *cg, int signal);

/*
 * Removes the cgroup and those below it; one that is not there is no error.
 * Thaws it.  Waits up to timeout_ms for the last process to be gone, else
 * -EBUSY with words that name a process that is left.
 */
int cgroup_remove(const struct cgroup *cg, int timeout_ms);

#endif
