/*
 * The members of an archive of images, and the blobs that they became.
 */
#ifndef SERVIN_IMAGE_MEMBERS_H
#define SERVIN_IMAGE_MEMBERS_H

#include "base/mem.h"

#include <stdint.h>

#define MEMBERS_MAX (1u << 16)

struct member {
	char *path;		/* clean: neither "./" in front nor "//" in it */
	char *link;		/* another member; NULL: it is a file itself */
	char *digest;
	uint64_t size;
	size_t order;
};

struct members {
	struct member *at;
	size_t n, room;
	int sorted;
};

/* Takes the strings of m. */
int members_add(struct members *list, struct member m);
void members_done(struct members *list);

/* The last of those with that very path, or NULL. */
const struct member *members_at(struct members *list, const char *path);

/* Follows links; NULL if there is none, or the links lead nowhere. */
const struct member *members_find(struct members *list, const char *path);

/*
 * "./a//b/" becomes "a/b", the directory itself "".  -EINVAL with words for one with "..", or one
 * that is longer or deeper than a path can be; *out is for free().
 */
int path_clean(const char *path, char **out);

/* Where a link leads that stands at a clean path; NULL if that is outside. */
char *path_of_link(const char *path, const char *target);

#endif
