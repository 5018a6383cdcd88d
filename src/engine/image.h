/*
 * Images in the store.
 *
 * An image is a manifest that index.json names: a descriptor a name, with the
 * whole name as its org.opencontainers.image.ref.name; one without that
 * is an image that lost its last name.  Its ID is the digest of its
 * configuration.  Everything that changes index.json holds the lock on
 * index.lock and replaces the file by rename.
 */
#ifndef ENGINE_IMAGE_H
#define ENGINE_IMAGE_H

#include "engine/engine.h"

#include "libocispec/image.h"

struct image {
	char *digest;			/* of the manifest */
	char *id;			/* of the configuration, "sha256:..." */
	char **names;			/* whole, sorted; may be empty */
	uint64_t size;			/* of the unpacked layers, in bytes */
	struct oci_manifest *manifest;
	struct oci_image *config;
};

struct images {
	struct image *at;
	size_t n;
};

/*
 * Finds by name (familiar or whole), by digest, or by the start of an ID, as docker does.  -ENOENT
 * with words, and with near names.
 */
int image_find(const struct engine *e, const char *name, struct image *image);
void image_done(struct image *image);

/* All images, those that were made last first. */
int images_list(const struct engine *e, struct images *list);
void images_done(struct images *list);

/* Progress of a load: bytes done, of all (0: unknown), and of what.  Called ten times a second. */
typedef void (*image_progress)(void *arg, uint64_t done, uint64_t total, const char *what);

struct image_load {
	int source;			/* open archive, pipe or directory */
	const char *source_name;	/* for words; "-" for standard input */
	const char *platform;		/* OS/ARCH[/VARIANT]; NULL: ours */
	/* Names to give: NULL leaves those of the archive; a rootfs without is localhost/FILE. */
	char *const *names;
	image_progress progress;	/* may be NULL */
	void *arg;
};

/* What was loaded; lists for image_loaded_done(). */
struct image_loaded {
	char **digests;			/* of the manifests */
	char **names;			/* whole; of an image that got none its ID */
};
void image_loaded_done(struct image_loaded *loaded);

/*
 * Reads an archive, a layout or a root file system into the store, unpacks
 * its layers, and names the images.  Whole or not at all; two at once are safe.
 */
int image_load(const struct engine *e, const struct image_load *req, struct image_loaded *loaded);

/* "localhost/X:latest" of a file "dir/X.tar.gz", with what a name may not have left out. */
char *image_name_of_file(const char *file);

/*
 * The image of run and create: NAME may be a file or directory (if it begins with "/" or ".", or
 * there is no image of that name), which is loaded first unless it was loaded before and did not
 * change.  Its layers are unpacked then.  Of req, which may be NULL, source and source_name are not
 * looked at.
 */
int image_of(const struct engine *e, const char *name, const struct image_load *req,
	     struct image *image);

int image_tag(const struct engine *e, const struct image *image, const char *whole_name);

enum image_remove { IMAGE_REMOVE_UNUSED, IMAGE_REMOVE_FORCE };

/*
 * Takes away the name, or with an ID all names, and the image with its last.  One that a container
 * uses stays (-EBUSY) unless forced.  *said gets lines for the person: "Untagged: ...",
 * "Deleted: ...".  What it was made of is there until store_collect().
 */
int image_remove(const struct engine *e, const char *name, enum image_remove how, char ***said);

enum image_format { IMAGE_DOCKER_ARCHIVE, IMAGE_OCI_ARCHIVE };

struct image_save {
	char *const *names;
	enum image_format format;
	const char *compress;		/* none, gzip, zstd; NULL: layers as they are */
	int out;
};

int image_save(const struct engine *e, const struct image_save *req);

/*
 * A new image of an old one (NULL: of nothing) with one more layer, a tar, and another
 * configuration.  For commit and import.
 */
struct image_commit {
	const struct image *base;
	int layer;			/* its tar, open, in any compression; -EBADF: none */
	struct oci_image *config;	/* without rootfs and history, which are made */
	const struct oci_image_history *history;
	const char *whole_name;		/* may be NULL */
	image_progress progress;	/* may be NULL */
	void *arg;
};

/* *digest is the new manifest's; free() takes it. */
int image_commit(const struct engine *e, const struct image_commit *req, char **digest);

#endif
