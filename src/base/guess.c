#include "base/guess.h"

#include "base/str.h"

#include <limits.h>
#include <stdio.h>

enum { WORD_MAX = 48 };

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/*
 * How many letters must be added, dropped, changed or swapped with the next to make b of a; INT_MAX
 * for long words.
 */
static int
edit_distance(const char *a, const char *b)
{
	int rows[3][WORD_MAX], *before = rows[0], *last = rows[1], *row = rows[2];
	size_t n = strlen(b);

	if (n >= WORD_MAX || strlen(a) >= WORD_MAX)
		return INT_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = (int)j;
	for (int i = 1; a[i - 1]; i++) {
		int *next = before;

		before = last;
		last = row;
		row = next;
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				       a[i - 2] == b[j - 1];

			row[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
				       least(last[j], row[j - 1]) + 1);
			if (swapped)
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[n];
}

void
guess_consider(struct guess *g, const char *said, const char *word)
{
	size_t n = strlen(said);
	int distance = edit_distance(said, word), most = n < 4 ? 1 : 2;

	if (n > 2 && str_after(word, said))	/* the rest was left out */
		distance = 0;
	if (distance <= most && (!g->word || distance < g->distance))
		*g = (struct guess){ word, distance };
}

struct guess_words
guess_words(const struct guess *g)
{
	struct guess_words words = { { 0 } };

	if (g->word)
		snprintf(words.s, sizeof(words.s), " (did you mean \"%s\"?)", g->word);
	return words;
}
