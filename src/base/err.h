/*
 * Errors: errno with words.
 *
 * A function that can fail returns a negative errno.  The number is for the
 * program; the words are for the person, and are kept here, one sentence a
 * thread, until a command line prints them.  Whoever meets the error first
 * calls fail(); a caller that knows more puts its part in front with wrap().
 * A caller that can live without the result simply drops both.
 *
 * The texts of errno begin in lower case, for engines match them so:
 * "no such file or directory".
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/mem.h"

/* Sets the words and returns -code.  Code 0: no errno applies, returns -EINVAL. */
int fail(int code, const char *fmt, ...) printf_like(2, 3);

/* The same without errno's text, for words that say it all. */
int fail_plain(int code, const char *fmt, ...) printf_like(2, 3);

/* Puts "words: " in front if code is an error; returns code either way. */
int wrap(int code, const char *fmt, ...) printf_like(2, 3);

/*
 * Adds what can be done about it, on a second line, if code is an error and has no such line yet;
 * returns code either way.
 *
 *	return hint(fail(0, "image %s is for arm64", name), "give --platform linux/amd64");
 */
int hint(int code, const char *fmt, ...) printf_like(2, 3);

/* The words of the last error, for as long as there is no next one. */
const char *err_words(void);

/*
 * For work that an error gives rise to, an undo say: whatever that says is
 * forgotten at the end of the block.
 *
 *	autowords words = err_keep();
 */
#define autowords auto_(err_restore_at) __attribute__((unused)) char *
char *err_keep(void);
void err_restore_at(char **words);

/* What errno says, in lower case. */
const char *err_text(int code);

#endif
