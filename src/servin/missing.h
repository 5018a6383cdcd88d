/* What docker has and servin has not yet, and what to do instead. */
#ifndef SERVIN_MISSING_H
#define SERVIN_MISSING_H

/* A sentence for a hint, or NULL. */
const char *missing_command(const char *word);

/* The same of the first such option among words. */
const char *missing_option(char *const *words);

#endif
