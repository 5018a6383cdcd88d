/* A container becomes an image: what it changed is one more layer. */
#ifndef ENGINE_COMMIT_H
#define ENGINE_COMMIT_H

#include "engine/engine.h"
#include "engine/record.h"

/* Whether one that runs stands still meanwhile; MAY: it goes on where that cannot be. */
enum commit_pause { COMMIT_MAY_PAUSE, COMMIT_MUST_PAUSE, COMMIT_RUNNING };

struct commit_request {
	const char *author, *message;	/* may be NULL */
	char *const *changes;		/* see image-change.h; may be NULL */
	const char *whole_name;		/* may be NULL */
	enum commit_pause pause;
};

struct committed {
	char *id;			/* of the image; free() takes it */
	bool went_on;			/* the container, for it could not be paused */
};

/*
 * The image is run as the container was.  If nobody knows what the container changed, for its root
 * is no overlay or its image is gone, all of its root is the one layer.
 */
int container_commit(const struct engine *e, const struct container *c,
		     const struct commit_request *req, struct committed *made);

#endif
