/*
 * Mounts are planned, then done.
 *
 * The plan is a list of operations, made from the configuration alone: it
 * can be printed and tested without a privilege.  do.h carries them out.
 *
 * A relative destination is taken as if a "/" stood before it.  Procfs is what
 * the kernel's security labels and switches are written to, so little may be
 * mounted over it: a procfs on /proc, and the files that lxcfs replaces.
 */
#ifndef RUNTIME_MOUNT_PLAN_H
#define RUNTIME_MOUNT_PLAN_H

#include "libocispec/spec.h"

#include <stdbool.h>

enum mount_act {
	MOUNT_FS,		/* a new file system: fsopen, fsconfig, fsmount */
	MOUNT_BIND,		/* open_tree of a source */
	MOUNT_CGROUP,		/* the container's cgroups, of v1, hybrid or v2 */
	MOUNT_REMOUNT,		/* new attributes for what is mounted there */
	MOUNT_RECONFIGURE,	/* and new options for the file system */
	MOUNT_PROPAGATION,	/* only the propagation of what is mounted there */
};

enum mount_idmap { IDMAP_NONE, IDMAP_TOP, IDMAP_TREE };

struct mount_op {
	enum mount_act act;
	size_t index;		/* of the mount in the configuration, for words */
	const char *destination;		/* the configuration's, like the next two */
	const char *source, *type;		/* may be NULL */
	bool recursive;		/* rbind */
	bool tmpcopyup;
	bool no_links;		/* /proc and /sys, which no image may lead elsewhere */
	uint64_t attr_set, attr_clear;		/* MOUNT_ATTR_*, of this mount */
	uint64_t rec_set, rec_clear;		/* and of all below it */
	uint64_t *propagation;	/* MS_SHARED and the like, | MS_REC, in their order */
	size_t n_propagation;
	enum mount_idmap idmap;
	char *uid_map, *gid_map;	/* as the kernel takes them; NULL: those of the container */
	int tree;		/* the mount, if it was made before; else -EBADF */
	int spare;		/* the same, for where it cannot be made inside; else -EBADF */
	const char **data;	/* options for the file system: "key=value" or "key"; may be NULL */
};

struct mount_plan {
	struct mount_op *ops;
	size_t n;
};

/* A mistake in .mounts[index]; option is the index of the option, -1 if it is the mount itself. */
typedef void (*mount_tell)(void *arg, size_t index, int option, const char *reason);

/* Returns the number of mistakes told; the plan keeps pointing into spec. */
int mount_plan_make(struct mount_plan *plan, const struct oci_spec *spec, mount_tell tell,
		    void *arg);
void mount_plan_done(struct mount_plan *plan);

/*
 * The straight form of a destination: "/" in front and none behind, no "." or
 * ".."; "" is the root.  free() takes it.
 */
char *mount_place(const char *destination);

/* The argument of idmap=, as crun has it: uids=FROM-TO-COUNT#...;gids=... */
int mount_idmap_parse(struct mount_op *op, const char *text, const struct oci_linux *l);

/* Takes the mappings of the mount; returns what is wrong with them, or NULL. */
const char *mount_idmap_plan(struct mount_op *op, const struct oci_mount *m,
			     const struct oci_linux *l);

/* What is asked for a mount without others below it: the words for all hold for it as well. */
uint64_t mount_op_attrs(const struct mount_op *op);

/* A line an operation, for tests; free() takes it. */
char *mount_plan_print(const struct mount_plan *plan);

/* The names of all options of the plan's tables, ends with NULL; free() takes the list only. */
const char **mount_option_names(void);

/* Whether the words of linux.rootfsPropagation are known, and their MS_* flags. */
bool mount_propagation_flags(const char *word, uint64_t *flags);

#endif
