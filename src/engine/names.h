/*
 * Names of containers: ROOT/names/NAME is a link to the ID.
 *
 * A name is made of letters, digits, "_", "." and "-", and begins with one of
 * the first two.  Whoever takes or changes one holds names/.lock.
 */
#ifndef ENGINE_NAMES_H
#define ENGINE_NAMES_H

#include "engine/engine.h"

#include "base/guess.h"

int name_check(const char *name);

/* An fd that holds the lock. */
int names_lock(const struct engine *e);

/* The rest under that lock.  -EEXIST with words that say whose it is. */
int name_take(const struct engine *e, const char *name, const char *id);
void name_drop(const struct engine *e, const char *name);

/* One that is free, such as "brave_wren". */
char *name_invent(const struct engine *e);

/* The ID that a name stands for, without the lock; -ENOENT without words of its own. */
int name_find(const struct engine *e, const char *name, char **id);

/*
 * Whether a container has it, *id.  Who was killed, or whose host crashed, may leave a link to
 * nothing, or to a container whose record is empty: see container_write().
 */
bool name_is_taken(const struct engine *e, const char *name, char **id);

/* ' (did you mean "web"?)' if a name is near to what was said, or "". */
struct guess_words name_guess(const struct engine *e, const char *said);

/* The error of a name that somebody has: -EEXIST with words. */
int name_is_anothers(const char *name, const char *holder);

/* 64 random hex digits. */
struct long_id { char s[65]; };
struct long_id random_id(void);

/* The first 12 digits, as people see them. */
struct short_id { char s[13]; };
struct short_id short_id(const char *id);

#endif
