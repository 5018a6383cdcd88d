/* Images on their way into the store: all of load, import and commit that is the same. */
#ifndef ENGINE_IMAGE_ADD_H
#define ENGINE_IMAGE_ADD_H

#include "engine/helper.h"
#include "engine/image.h"
#include "engine/store.h"

struct image_addition {
	struct store_temp temp;
	int blobs, layers;		/* directories in it */
	const char *platform;		/* it must be of this one; may be NULL */
	image_progress progress;
	void *arg;
	int use;			/* store_use() */
};

int image_addition_begin(const struct engine *e, struct image_addition *a);
void image_addition_done(struct image_addition *a);

/* What is in blobs becomes images of the store, with whole names.  All or none. */
int image_addition_commit(const struct engine *e, const struct image_addition *a,
			  struct loaded_image *const *images);

#endif
