/*
 * Digests as OCI writes them: "sha256:HEX" or "sha512:HEX".
 *
 * libcrypto is included only in digest.c.
 */
#ifndef SERVIN_IMAGE_DIGEST_H
#define SERVIN_IMAGE_DIGEST_H

#include "base/mem.h"

#include <stdbool.h>

struct hash;

#define autohash auto_(hash_free_at) struct hash *

/* For an algorithm that digest_fits() knows: "sha256", or what a digest begins with. */
struct hash *hash_new(const char *algorithm);
void hash_add(struct hash *h, const void *data, size_t len);

/* The digest of all that was added, for free(); h is used up. */
char *hash_end(struct hash *h);
void hash_free(struct hash *h);

/* Whether the text is a digest that we can check; nothing else may become part of a path. */
bool digest_fits(const char *digest);

/* -EINVAL with words that it is none, which name what it is of. */
int digest_check(const char *digest, const char *of);

/* What the blob's file is called: HEX, or sha512-HEX. */
struct blob_name { char s[7 + 128 + 1]; };
struct blob_name blob_name(const char *digest);

static inline void
hash_free_at(struct hash **h)
{
	hash_free(*h);
}

#endif
