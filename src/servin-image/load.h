/*
 * Reading images: what the readers of each form share.
 */
#ifndef SERVIN_IMAGE_LOAD_H
#define SERVIN_IMAGE_LOAD_H

#include "servin-image/blobs.h"
#include "servin-image/members.h"
#include "servin-image/platform.h"
#include "servin-image/source.h"

#include "engine/helper.h"

struct load {
	struct blobs blobs;
	struct platform platform;
	struct progress *progress;
	uint64_t max_size, max_entries;
	struct members members;		/* of an archive of images */
	struct loaded loaded;
	char **configs;			/* the digest of each image's configuration */
	size_t n;			/* of images */
	char **passed_over;		/* platforms of images that are not for ours */
};

/*
 * Each form: adds images to loaded.  -ENOENT with words if there is none in
 * it that we want.
 */
int load_oci(struct load *l, const struct oci_source *index);
int load_docker(struct load *l, const struct oci_source *manifest);
int load_rootfs_tar(struct load *l, int fd);
int load_rootfs_dir(struct load *l, int dir);

/* By content: see servin-image load. */
int load_archive(struct load *l, int fd);
int load_directory(struct load *l, int dir);

/*
 * All that the manifest names is there and fits together: digests, sizes,
 * numbers; keeps the blobs and adds the image.  The names are copied.
 */
int load_image(struct load *l, const struct oci_descriptor *d, char *const *names);

/* The same for one that has no manifest yet: it is made. */
int load_made(struct load *l, const struct oci_manifest *m, char *const *names);

/* Forgets the images that were added. */
void load_forget(struct load *l);
void load_done(struct load *l);

/* An image that is not for our platform. */
void load_pass_over(struct load *l, const char *os, const char *arch, const char *variant);

/* That nothing was for our platform, and what there is. */
int load_none(struct load *l);

/* What a descriptor is of. */
bool media_is_index(const char *media_type);
bool media_is_manifest(const char *media_type);
bool media_is_config(const char *media_type);

#endif
