/*
 * Tables of words and the numbers they stand for.  A table ends with a row
 * whose word is NULL.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

struct word {
	const char *word;
	uint64_t number;
};

/* Whether the table has the word, and its number. */
bool word_number(const struct word *table, const char *word, uint64_t *number);

/* All words of the table, a list for strv_free(). */
char **words_list(const struct word *table);

/* The first word for the number, or NULL. */
const char *number_word(const struct word *table, uint64_t number);

#endif
