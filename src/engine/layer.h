/*
 * Layers, unpacked: ROOT/layers/HEX/diff of the diff id sha256:HEX.
 *
 * They have overlayfs' form of whiteouts and opaque directories, are made in
 * ROOT/tmp and renamed when whole, and never change afterwards.
 */
#ifndef ENGINE_LAYER_H
#define ENGINE_LAYER_H

#include "engine/image.h"

#include <stdint.h>

struct layer_source {
	const char *digest;		/* of the blob */
	const char *diff_id;
	uint64_t size;			/* of the blob; 0: not known */
};

/* Those of an image, the lowest first: an array that free() takes, its strings are the image's. */
struct layer_source *image_layers(const struct image *image, size_t *n);

/*
 * Unpacks those that are not there, and has them on the disk before it returns.  Who calls it holds
 * store_use().  When two do the same at once, one of the results is thrown away.
 */
int layers_ensure(const struct engine *e, const struct layer_source *layers, size_t n);

/* Bytes of its files. */
int layer_size(const struct engine *e, const char *diff_id, uint64_t *size);

/* Whether it hides all that is below it: overlayfs would not see that of the root directory. */
bool layer_is_opaque(const struct engine *e, const char *diff_id);

/* Where it is: "layers/HEX/diff" below ROOT; free() takes it. */
char *layer_path(const char *diff_id);

/* Room for a container's own changes: upper and work are made in its directory. */
struct overlay {
	char *const *layers;		/* diff ids, the lowest first */
	int upper, work;		/* directories; -EBADF: a read-only view of the layers */
	bool passing;			/* nobody wants what a crash of the host leaves in them */
};

/* A detached mount of the layers (kernel/mountfd.h).  -EOPNOTSUPP where there is no overlayfs. */
int overlay_mount(const struct engine *e, const struct overlay *o);

/* Where there is no overlayfs: all layers, one over the other, into an empty directory. */
int layers_copy(const struct engine *e, char *const *layers, int into);

/* The same from the blobs, for a bundle that stands alone. */
int layers_unpack(const struct engine *e, const struct layer_source *layers, size_t n, int into);

#endif
