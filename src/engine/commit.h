/* A container becomes an image: what it changed is one more layer. */
#ifndef ENGINE_COMMIT_H
#define ENGINE_COMMIT_H

#include "engine/engine.h"
#include "engine/record.h"

enum commit_pause { COMMIT_PAUSED, COMMIT_RUNNING };

struct commit_request {
	const char *author, *message;	/* may be NULL */
	char *const *changes;		/* see image-change.h; may be NULL */
	const char *whole_name;		/* may be NULL */
	enum commit_pause pause;	/* whether one that runs stands still meanwhile */
};

/*
 * The image is run as the container was.  If nobody knows what the container changed, for its root
 * is no overlay or its image is gone, all of its root is the one layer.  *id is the image's;
 * free() takes it.
 */
int container_commit(const struct engine *e, const struct container *c,
		     const struct commit_request *req, char **id);

#endif
