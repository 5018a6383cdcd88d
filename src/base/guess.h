/*
 * What a word was meant to be: the nearest of those that are known.
 *
 *	struct guess g = { 0 };
 *
 *	guess_consider(&g, said, word);		each known word
 *	fail(0, "no such thing: %s%s", said, guess_words(&g).s);
 */
#ifndef BASE_GUESS_H
#define BASE_GUESS_H

struct guess {
	const char *word;	/* the caller's; NULL if none is near */
	int distance;
};

void guess_consider(struct guess *g, const char *said, const char *word);

/* ' (did you mean "WORD"?)', or nothing. */
struct guess_words { char s[160]; };
struct guess_words guess_words(const struct guess *g);

#endif
