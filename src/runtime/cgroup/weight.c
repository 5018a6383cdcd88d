/*
 * log2() in fixed point, for cpu.weight: the C library's would bring libm
 * into every start of the program.
 */
#include "runtime/cgroup/kind.h"

#define BITS 40		/* of the fraction */

/* log2(10) */
#define LOG2_10 UINT64_C(3652498566964)

/* Squaring doubles a logarithm: each time it passes 1 that is a bit of the fraction. */
static uint64_t
log2_fixed(uint64_t n)
{
	unsigned whole = 63 - (unsigned)__builtin_clzll(n);
	uint64_t x = n << (63 - whole);		/* from 1 to 2, with 63 bits of fraction */
	uint64_t log = whole;

	for (int i = 0; i < BITS; i++) {
		unsigned __int128 square = (unsigned __int128)x * x;
		unsigned bit = (unsigned)(square >> 127);

		x = (uint64_t)(square >> (63 + bit));
		log = log << 1 | bit;
	}
	return log;
}

/*
 * The least weight w with w >= 10^y, that is 612 log2(w) >= 612 y log2(10),
 * with 612 y = l*l + 125*l - 126.  The slack covers what the fixed point cuts
 * off; no shares come nearer to a whole weight unless they hit it.
 */
unsigned
weight_of_shares(uint64_t shares)
{
	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;

	unsigned __int128 l = log2_fixed(shares);
	unsigned __int128 y = (l * l >> BITS) + 125 * l - ((unsigned __int128)126 << BITS);
	unsigned __int128 goal = (y * LOG2_10 >> BITS) - (1 << 12);
	unsigned low = 1, high = 10000;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (612 * (unsigned __int128)log2_fixed(middle) >= goal)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
