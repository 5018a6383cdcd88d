/*
 * The words that a mount's list of options may have, one row each.
 *
 * A word without a row is an option of the file system.
 */
#ifndef RUNTIME_MOUNT_OPTIONS_H
#define RUNTIME_MOUNT_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum option_effect {
	OPTION_NOTHING,		/* what the kernel does anyway */
	OPTION_ATTR,		/* attributes of the mount: set, clear */
	OPTION_REC_ATTR,	/* and of all below it */
	OPTION_PROPAGATION,	/* set is MS_SHARED and the like, perhaps | MS_REC */
	OPTION_SUPER,		/* a flag of any file system, which takes it by its name */
	OPTION_BIND,
	OPTION_RBIND,
	OPTION_REMOUNT,
	OPTION_TMPCOPYUP,
	OPTION_IDMAP,
	OPTION_RIDMAP,		/* and all mounts below it */
};

struct mount_option {
	const char *name;
	enum option_effect effect;
	uint64_t set, clear;
};

/* NULL if the word has no row. */
const struct mount_option *mount_option_find(const char *name);

/* The table, sorted by name. */
extern const struct mount_option mount_options[];
extern const size_t n_mount_options;

#endif
