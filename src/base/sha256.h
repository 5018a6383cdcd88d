/*
 * SHA-256 (FIPS 180-4): a short name for a long text that nobody can give to another text.
 *
 *	struct sha256 h = SHA256_EMPTY;
 *	struct sha256_sum sum;
 *
 *	sha256_add(&h, text, len);	any number of times
 *	sum = sha256_end(&h);
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
	uint32_t state[8];
	uint64_t len;		/* of all that was added, in bytes */
	uint8_t block[64];	/* what of it does not fill a block yet */
};

#define SHA256_EMPTY { .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, \
				  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } }

struct sha256_sum {
	uint8_t byte[32];
};

void sha256_add(struct sha256 *h, const void *data, size_t len);

/* The sum of all that was added; h is used up. */
struct sha256_sum sha256_end(struct sha256 *h);

/* Of one piece. */
struct sha256_sum sha256(const void *data, size_t len);

/* As 64 digits and a NUL. */
struct sha256_text { char s[65]; };
struct sha256_text sha256_text(const struct sha256_sum *sum);

#endif
