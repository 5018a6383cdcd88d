/* Layers on their way into the store: made in a directory of ROOT/tmp, synced, moved. */
#ifndef ENGINE_LAYER_MAKE_H
#define ENGINE_LAYER_MAKE_H

#include "engine/layer.h"

struct layer_making {
	int dir;		/* of ROOT/tmp; each becomes a directory DIGEST_FILE in it */
	int blobs;		/* where blobs are that are not in the store yet; -EBADF: nowhere */
	image_progress progress;
	void *arg;
};

/* Unpacks those that the store has not. */
int layers_make(const struct engine *e, const struct layer_making *m,
		const struct layer_source *layers, size_t n);

/* Moves what was made to its place, after store_sync(). */
int layers_adopt(const struct engine *e, const struct layer_making *m,
		 const struct layer_source *layers, size_t n);

#endif
