#include "base/sha256.h"

#include <string.h>

/* The standard's K: of the cube roots of the first 64 primes, 32 bits behind the point. */
static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t
turn(uint32_t x, int bits)
{
	return x >> bits | x << (32 - bits);
}

static uint32_t
load(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
expand(uint32_t w[64], const uint8_t *block)
{
	for (int t = 0; t < 16; t++)
		w[t] = load(block + 4 * t);
	for (int t = 16; t < 64; t++) {
		uint32_t s0 = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = w[t - 16] + s0 + w[t - 7] + s1;
	}
}

/* One of the 64 rounds; the standard moves all letters on, here the caller names them anew. */
static inline void
turn_letters(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g,
	     uint32_t *h, uint32_t word)
{
	uint32_t sum1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
	uint32_t sum0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);

	*h += sum1 + ((e & f) ^ (~e & g)) + word;
	*d += *h;
	*h += sum0 + ((a & b) ^ (a & c) ^ (b & c));
}

static void
add_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t w[64];

	expand(w, block);
	for (int t = 0; t < 64; t += 8) {
		turn_letters(a, b, c, &d, e, f, g, &h, round_constants[t] + w[t]);
		turn_letters(h, a, b, &c, d, e, f, &g, round_constants[t + 1] + w[t + 1]);
		turn_letters(g, h, a, &b, c, d, e, &f, round_constants[t + 2] + w[t + 2]);
		turn_letters(f, g, h, &a, b, c, d, &e, round_constants[t + 3] + w[t + 3]);
		turn_letters(e, f, g, &h, a, b, c, &d, round_constants[t + 4] + w[t + 4]);
		turn_letters(d, e, f, &g, h, a, b, &c, round_constants[t + 5] + w[t + 5]);
		turn_letters(c, d, e, &f, g, h, a, &b, round_constants[t + 6] + w[t + 6]);
		turn_letters(b, c, d, &e, f, g, h, &a, round_constants[t + 7] + w[t + 7]);
	}
	const uint32_t letters[8] = { a, b, c, d, e, f, g, h };
	for (int i = 0; i < 8; i++)
		state[i] += letters[i];
}

void
sha256_add(struct sha256 *h, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len) {
		size_t used = h->len % sizeof(h->block), n = sizeof(h->block) - used;

		n = len < n ? len : n;
		memcpy(h->block + used, p, n);
		h->len += n;
		p += n;
		len -= n;
		if (used + n == sizeof(h->block))
			add_block(h->state, h->block);
	}
}

struct sha256_sum
sha256_end(struct sha256 *h)
{
	static const uint8_t padding[64] = { 0x80 };
	uint64_t bits = h->len * 8;
	struct sha256_sum sum;
	uint8_t length[8];

	/* A bit, zeros, and the length at the end of a block. */
	sha256_add(h, padding, 1 + (119 - h->len % 64) % 64);
	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	sha256_add(h, length, sizeof(length));
	for (int i = 0; i < 32; i++)
		sum.byte[i] = (uint8_t)(h->state[i / 4] >> (24 - 8 * (i % 4)));
	return sum;
}

struct sha256_sum
sha256(const void *data, size_t len)
{
	struct sha256 h = SHA256_EMPTY;

	sha256_add(&h, data, len);
	return sha256_end(&h);
}

struct sha256_text
sha256_text(const struct sha256_sum *sum)
{
	static const char digits[] = "0123456789abcdef";
	struct sha256_text t;

	for (int i = 0; i < 32; i++) {
		t.s[2 * i] = digits[sum->byte[i] >> 4];
		t.s[2 * i + 1] = digits[sum->byte[i] & 15];
	}
	t.s[64] = 0;
	return t;
}
