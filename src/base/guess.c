#include "base/guess.h"

#include "base/str.h"

#include <limits.h>
#include <stdio.h>

/* How many letters must be added, dropped or changed to make b of a; INT_MAX for long words. */
static int
edit_distance(const char *a, const char *b)
{
	int row[48];
	size_t n = strlen(b);

	if (n >= countof(row) || strlen(a) >= countof(row))
		return INT_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = (int)j;
	for (int i = 1; *a; a++, i++) {
		int diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			int change = diagonal + (*a != b[j - 1]);
			int drop = row[j] + 1, add = row[j - 1] + 1;

			diagonal = row[j];
			row[j] = drop < add ? drop : add;
			row[j] = change < row[j] ? change : row[j];
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
