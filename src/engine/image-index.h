/* Images of an index that was read: for those who change it. */
#ifndef ENGINE_IMAGE_INDEX_H
#define ENGINE_IMAGE_INDEX_H

#include "engine/image.h"

/* An image of the store, or whose blobs are beside it (see blob_open()); without names and size. */
int image_read(const struct engine *e, int beside, const char *digest, struct image *image);

/*
 * Whether such an error means that an image is wrong or lacks content, not that it
 * could not be read now.
 */
static inline bool
image_is_broken(int r)
{
	return r == -ENOENT || r == -EINVAL || r == -EBADMSG || r == -EFBIG;
}

/* All but broken ones: one that lost its content must not hide the others. */
int images_of(const struct engine *e, const struct oci_index *index, struct images *list);
int image_find_in(const struct engine *e, const struct oci_index *index, const char *name,
		  struct image *image);

/* An event: "load", "tag" ...; name is a whole one, or what the person said. */
void image_tell(const struct engine *e, const char *action, const char *id, const char *name);

/* The whole name that a name stands for, if an image has it: docker.io's before localhost's. */
char *index_whole_name(const struct oci_index *index, const char *name);

#endif
