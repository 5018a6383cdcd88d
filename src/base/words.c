#include "base/words.h"

#include "base/str.h"
#include "base/strv.h"

bool
word_number(const struct word *table, const char *word, uint64_t *number)
{
	for (; table->word; table++) {
		if (streq(table->word, word)) {
			*number = table->number;
			return true;
		}
	}
	return false;
}

const char *
number_word(const struct word *table, uint64_t number)
{
	for (; table->word; table++)
		if (table->number == number)
			return table->word;
	return NULL;
}

char **
words_list(const struct word *table)
{
	char **list = NULL;

	for (; table->word; table++)
		strv_add(&list, table->word);
	return list;
}
