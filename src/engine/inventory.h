/*
 * All that is in the store, and what it takes of the disk: for system df, and for a prune to tell
 * what it is going to do.
 *
 * Whoever prunes marks what goes: containers first, for images and volumes are used by those that
 * stay.
 */
#ifndef ENGINE_INVENTORY_H
#define ENGINE_INVENTORY_H

#include "engine/container.h"
#include "engine/image.h"
#include "engine/volume.h"

#include <stdint.h>

struct inventory_container {
	struct container *c;
	struct status *status;
	uint64_t bytes;			/* its changes, its log and its records */
	bool goes;
};

struct inventory_image {
	const struct image *image;
	uint64_t unique;		/* bytes of unpacked layers that no other image has */
	bool goes;
};

struct inventory_volume {
	struct volume *v;
	uint64_t bytes;
	bool goes;
};

struct inventory {
	struct inventory_container *containers;
	struct inventory_image *images;
	struct inventory_volume *volumes;
	size_t n_containers, n_images, n_volumes;
	uint64_t image_bytes;		/* all that is kept of images */
	struct images list;
};

int inventory_take(const struct engine *e, struct inventory *inv);
void inventory_done(struct inventory *inv);

/* How many of the containers that stay use it. */
size_t inventory_image_users(const struct inventory *inv, const struct inventory_image *i);
size_t inventory_volume_users(const struct inventory *inv, const struct inventory_volume *v);

/* What the images and containers that stay need of image_bytes. */
uint64_t inventory_image_bytes_needed(const struct engine *e, const struct inventory *inv);

#endif
