/*
 * A tree that entries of a tar are put into.
 *
 * Every path is resolved below the root of the tree: the directory that an
 * entry stands in is opened by openat2(2), which does not leave the root
 * whatever links there are; what is done then names one component in that
 * descriptor and follows no link.  So it is contained, also when somebody
 * swaps things about meanwhile.
 */
#ifndef SERVIN_IMAGE_TREE_H
#define SERVIN_IMAGE_TREE_H

#include "servin-image/archive.h"
#include "servin-image/inodes.h"

enum tree_kind {
	TREE_OVERLAY,		/* an empty directory becomes a layer of overlayfs */
	TREE_MERGE,		/* a layer is applied to a tree: whiteouts remove */
	TREE_PLAIN,		/* a tar is put into a tree; no name means anything special */
};

/* A directory whose times and mode are set when all is in it. */
struct late_dir {
	char *path;
	mode_t mode;
	struct timespec times[2];
};

struct tree {
	int root;
	enum tree_kind kind;
	bool rootless;		/* user.overlay.* for trusted.overlay.*, no devices */
	const char *rename;	/* in the place of each name's first component; may be NULL */
	bool owners;		/* they are the archive's; else ours */
	uint64_t max_size, max_entries;

	uint64_t size, entries, skipped;
	bool opaque;		/* the root itself */

	char *at;		/* the directory that at_fd is, clean; NULL: none */
	int at_fd;		/* O_PATH */
	struct timespec at_mtime;

	struct late_dir *late;
	size_t n_late, late_room, late_bytes;
	struct inodes late_done;
	bool acls;		/* a directory has a default ACL, which others inherit */
	struct inodes made;	/* by this layer; only with TREE_MERGE */
};

void tree_init(struct tree *t, int root, enum tree_kind kind);
void tree_done(struct tree *t);

/* Puts one entry in its place, with its content. */
int tree_add(struct tree *t, struct tar *from, struct tar_entry *e);

/* All of a tar, and then what comes last. */
int tree_add_all(struct tree *t, struct source *of);

/* --- its parts -------------------------------------------------------------------------------- */

/*
 * The directory that a clean path stands in, made if it is not there; the
 * tree keeps the fd.  *leaf points into path.
 */
int tree_parent(struct tree *t, const char *path, const char **leaf);

/* The same, but it is not made: -ENOENT. */
int tree_find_parent(struct tree *t, const char *path, const char **leaf);

/* What was removed may have been where we are. */
void tree_forget(struct tree *t);

bool tree_is_whiteout(const struct tree *t, const struct stat *st);

/* Marks a directory as one that hides what is below; fd is open for reading. */
int tree_set_opaque(struct tree *t, int fd);

/*
 * What a name with ".wh." in front means: 1 if it was that and is done, 0 if the entry
 * is none.  TREE_PLAIN has none.
 */
int tree_whiteout(struct tree *t, const char *path);

/* Hides or removes a name, as a whiteout does. */
int tree_hide(struct tree *t, const char *path);

/* Owner, mode, attributes and times of something open. */
int tree_set_all(struct tree *t, int fd, const struct tar_entry *e);

/* The same by name, for what cannot be opened. */
int tree_set_named(struct tree *t, int dir, const char *name, const struct tar_entry *e);

/* The owner and attributes alone; the rest comes last. */
int tree_set_dir(struct tree *t, int fd, const char *path, const struct tar_entry *e);
void tree_clear_xattrs(int fd);
int tree_set_late(struct tree *t);

#endif
