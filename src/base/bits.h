/*
 * Sets of small numbers, such as CPUs and memory nodes.
 *
 * As the kernel takes them: longs, the lowest number in the lowest bit of the
 * first.  All zeros is the empty set; it grows with what is put in.
 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include "base/mem.h"

#include <stdbool.h>

#define BITS_MAX 32768	/* more than any Linux has of CPUs or nodes */

struct bits {
	unsigned long *word;
	size_t n;		/* of words */
};

#define autobits auto_(bits_done) struct bits

/* Room for all numbers below BITS_MAX, none of them in it: for the kernel to write to. */
void bits_init(struct bits *b);
void bits_done(struct bits *b);

/*
 * Numbers and ranges, with commas between them: "0-3,7".  Blanks may stand
 * around each.  An empty list is an error.
 */
int bits_parse(struct bits *b, const char *list);

bool bits_has(const struct bits *b, size_t i);

/* The first that is in want and not in have, or -1. */
int bits_missing(const struct bits *want, const struct bits *have);

#endif
