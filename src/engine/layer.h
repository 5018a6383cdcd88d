/*
 * Layers, unpacked: ROOT/layers/HEX/diff of the diff id sha256:HEX.
 *
 * They have overlayfs' form of whiteouts and opaque directories, are made in
 * ROOT/tmp and renamed when whole, and never change afterwards.
 */
#ifndef ENGINE_LAYER_H
#define ENGINE_LAYER_H

#include "engine/engine.h"

#include <stdint.h>

struct layer_source {
	const char *digest;		/* of the blob */
	const char *diff_id;
};

/* Unpacks one from its blob unless it is there.  Two at once wait for each other. */
int layer_ensure(const struct engine *e, const struct layer_source *layer);

/* Bytes of its files. */
int layer_size(const struct engine *e, const char *diff_id, uint64_t *size);

/* Room for a container's own changes: upper and work are made in its directory. */
struct overlay {
	char *const *layers;		/* diff ids, the lowest first */
	int upper, work;		/* directories; -EBADF: a read-only view of the layers */
};

/* A detached mount of the layers, see kernel/mountfd.h.  -EOPNOTSUPP where there is no overlayfs. */
int overlay_mount(const struct engine *e, const struct overlay *o);

/* Where there is no overlayfs: all layers, one over the other, into an empty directory. */
int layers_copy(const struct engine *e, char *const *layers, int into);

/* The same from the blobs, for a bundle that stands alone. */
int layers_unpack(const struct engine *e, const struct layer_source *layers, size_t n, int into);

/*
 * Removes what nothing refers to: blobs, layers, sources, and what is left in ROOT/tmp by who was
 * killed.  Takes the store's lock whole.  Bytes that became free.
 */
int store_collect(const struct engine *e, uint64_t *freed);

/* The store, for as long as fd is open, keeps what is in it. */
int store_use(const struct engine *e);

/* A new directory (or file) in ROOT/tmp that is removed by store_collect() if we die. */
struct store_temp {
	char *name;			/* below ROOT: "tmp/NAME" */
	int fd, lock;
};
int store_temp_dir(const struct engine *e, struct store_temp *t);
void store_temp_done(const struct engine *e, struct store_temp *t);	/* removes it if still there */

#endif
