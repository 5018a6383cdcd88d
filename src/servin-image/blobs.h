/*
 * The directory that load fills: a file for each blob, named by its digest.
 *
 * What is being written has another name; only what is whole and right has a
 * digest's.  What no image needs is removed at the end.
 */
#ifndef SERVIN_IMAGE_BLOBS_H
#define SERVIN_IMAGE_BLOBS_H

#include "servin-image/digest.h"

#include "libocispec/document.h"
#include "libocispec/image.h"

#define JSON_MAX   (4u << 20)
#define LAYERS_MAX 8192

struct blobs {
	int dir;
	int from;		/* an OCI layout that is a directory; else -EBADF */
	unsigned made;
	uint64_t left;		/* so many bytes may still be written */
};

/* One that is being written. */
struct blob {
	struct blobs *of;
	int fd;
	struct hash *hash;
	char temporary[24];
	uint64_t size;
};

int blob_begin(struct blobs *b, const char *algorithm, struct blob *out);
int blob_write(void *blob, const void *data, size_t n);
/* It stands under its digest, which is for free(). */
int blob_end(struct blob *blob, char **digest);
void blob_done(struct blob *blob);	/* removes what did not come to its end */

/* A small one at once. */
int blobs_put(struct blobs *b, const void *data, size_t n, char **digest);

bool blobs_has(const struct blobs *b, const struct oci_descriptor *d);

/* Sees to it that it is there, whole, and as long as it should be.  -ENOENT if it is nowhere. */
int blobs_need(struct blobs *b, const struct oci_descriptor *d, const char *what);

/* A document: first blobs_need(), then its text. */
int blobs_read(struct blobs *b, const struct oci_descriptor *d, const char *what,
	       struct oci_source *out);

/* Opens one that is there. */
int blobs_open(const struct blobs *b, const char *digest);

/* It belongs to an image. */
int blobs_keep(const struct blobs *b, const char *digest);
/* Removes all that was not kept. */
int blobs_sweep(const struct blobs *b);

/* For auto_(): the text that blobs_read() gave. */
static inline void
blobs_text_done(struct oci_source *source)
{
	free((char *)(uintptr_t)source->text);
}

#endif
