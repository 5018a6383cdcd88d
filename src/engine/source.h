/*
 * Files and directories that were loaded as images, so that "run FILE" loads once.
 *
 * ROOT/sources/KEY says which image, and how the file looked then: another
 * inode, size or time and it counts as another one.  Of a directory all that
 * is in it counts.
 */
#ifndef ENGINE_SOURCE_H
#define ENGINE_SOURCE_H

#include "engine/engine.h"

struct source {
	char *path;			/* real and absolute */
	char *platform;			/* as asked for; may be NULL */
	char *stamp;			/* how it looked */
	char *manifest;			/* digest of the image's manifest */
};

/* How an open file or directory looks now. */
int source_stamp(int fd, char **stamp);

/* The manifest's digest if it was loaded and looks the same: 1; else 0. */
int source_find(const struct engine *e, const struct source *s, char **manifest);
int source_remember(const struct engine *e, const struct source *s);

/* Forgets those whose manifest is not in the list. */
int source_collect(const struct engine *e, char *const *manifests);

#endif
