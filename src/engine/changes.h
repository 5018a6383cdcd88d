/* What a container has changed of its image: its upper directory beside the layers. */
#ifndef ENGINE_CHANGES_H
#define ENGINE_CHANGES_H

#include "engine/engine.h"
#include "engine/record.h"

enum change_kind { CHANGE_MODIFIED, CHANGE_ADDED, CHANGE_DELETED };

struct change {
	enum change_kind kind;
	char *path;			/* absolute, in the container */
};

/* Sorted by path.  All zeros is the empty one. */
struct changes {
	struct change *at;
	size_t n;
};

/*
 * Places that were made only to mount something there do not count.  -ENOTSUP with words if the
 * root is no overlay, and so nobody knows what it was.
 */
int changes_list(const struct engine *e, const struct container *c, struct changes *list);
void changes_done(struct changes *list);

/* An fd of the upper directory, -ENOTSUP as above. */
int container_upper(const struct engine *e, const struct container *c);

#endif
