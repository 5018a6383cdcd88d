/*
 * What is below ROOT: blobs, the index of images, what is being made, and what can go.
 *
 * A blob or a layer that is at its place is whole, and is on the disk: it is written in ROOT/tmp,
 * synced and renamed.  The index is replaced last.  So whoever is killed leaves nothing but what is
 * in ROOT/tmp without a lock, and what nothing refers to.
 */
#ifndef ENGINE_STORE_H
#define ENGINE_STORE_H

#include "engine/engine.h"

#include "libocispec/image.h"

#include <stdbool.h>
#include <stdint.h>

/* --- use and removal --- */

/* The store, for as long as the fd is open, keeps what is in it.  Not while index_begin() holds. */
int store_use(const struct engine *e);

enum store_wait { STORE_WAIT, STORE_TRY };	/* TRY: -EAGAIN if somebody uses the store */

struct store_freed {
	uint64_t bytes;
	char **layers;			/* diff ids; for strv_free() */
};

/*
 * Removes what nothing refers to: blobs, layers, sources, and what is left in ROOT/tmp by who was
 * killed.  Takes the store's lock whole.  freed may be NULL.
 */
int store_collect(const struct engine *e, enum store_wait wait, struct store_freed *freed);

/* --- what is being made --- */

/* A new directory in ROOT/tmp; if we die, store_collect() or the next load removes it. */
struct store_temp {
	const struct engine *e;
	char *name;			/* below ROOT: "tmp/NAME" */
	int fd, lock;
};

#define STORE_TEMP_NONE { .fd = -EBADF, .lock = -EBADF }

int store_temp_dir(const struct engine *e, struct store_temp *t);
void store_temp_done(struct store_temp *t);	/* removes it, if it is still there */

#define autotemp auto_(store_temp_done) struct store_temp

/* Removes what in ROOT/tmp nobody holds any more; does not wait for anything. */
void store_temp_sweep(const struct engine *e);

/* What was written is on the disk, all of it; and the names in a directory below ROOT. */
int store_sync(const struct engine *e);
int store_sync_dir(const struct engine *e, const char *name);

/* --- blobs --- */

enum { STORE_JSON_MAX = 4 << 20 };	/* of a manifest or configuration */

/* "oci/blobs/sha256/HEX"; free() takes it. */
char *blob_path(const char *digest);

/* The name of a blob or layer where one directory has all algorithms: HEX, or "sha512-HEX". */
char *digest_file(const char *digest);

/* A blob, open for reading: from beside (the fd of a directory of digest_file()s), or the store. */
int blob_open(const struct engine *e, int beside, const char *digest);

/* Its size; -ENOENT with words. */
int blob_size(const struct engine *e, int beside, const char *digest, uint64_t *size);

/* Reads a manifest or configuration, whose digest is checked. */
int blob_read(const struct engine *e, int beside, const struct type *t, const char *digest,
	      void *out);

/* Writes one to a directory; *d gets media type (a copy), digest and size. */
int blob_write(int dir, const char *media_type, const char *text, struct oci_descriptor *d);

/* Moves it from the directory to its place in the store, after store_sync(). */
int blob_adopt(const struct engine *e, int beside, const char *digest);

/* --- the index of images --- */

/* A change of index.json, for as long as the lock is held. */
struct index_change {
	int lock;
	struct oci_index index;
};

#define INDEX_CHANGE_NONE { .lock = -EBADF }

int index_read(const struct engine *e, struct oci_index *index);

int index_begin(const struct engine *e, struct index_change *c);
int index_commit(const struct engine *e, const struct index_change *c);
void index_done(struct index_change *c);

/* The whole name of a descriptor, or NULL. */
const char *index_name(const struct oci_descriptor *d);

/* The descriptor of that name, or NULL. */
struct oci_descriptor *index_find(const struct oci_index *index, const char *whole_name);

/*
 * Gives a name (NULL: none) to a manifest.  Who had the name before keeps a descriptor without one,
 * as has a manifest without a name.
 */
void index_add(struct oci_index *index, const struct oci_descriptor *manifest,
	       const char *whole_name);

/* Takes a name away; the manifest's last name leaves a descriptor without one. */
void index_unname(struct oci_index *index, const char *whole_name);

/* Whether the manifest has a name. */
bool index_has_name(const struct oci_index *index, const char *digest);

/* Takes all descriptors of a manifest away. */
void index_remove(struct oci_index *index, const char *digest);

#endif
