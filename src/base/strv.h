/*
 * Lists of strings that end with NULL, like argv.
 *
 * The empty list is NULL and is welcome everywhere.  A list owns its strings.
 */
#ifndef BASE_STRV_H
#define BASE_STRV_H

#include "base/mem.h"

#include <stdbool.h>

#define autostrv auto_(strv_free_at) char **

size_t strv_len(char *const *list);
bool strv_has(char *const *list, const char *s);
void strv_add(char ***list, const char *s);	/* copies s */
void strv_push(char ***list, char *s);		/* takes s */
/* Before the one at i, or at the end if there are not so many; copies s. */
void strv_insert(char ***list, size_t i, const char *s);
/* One string with the separator between the pieces; free() takes it. */
char *strv_join(char *const *list, const char *separator);
char **strv_copy(char *const *list);
/* The pieces of s between the separators; empty pieces are left out. */
char **strv_split(const char *s, char separator);
/* The value of NAME in a list of NAME=value, or NULL. */
const char *strv_env(char *const *list, const char *name);
/* Puts NAME=value in the place of an older one, or at the end; copies it. */
void strv_set_env(char ***list, const char *assignment);
void strv_free(char **list);

static inline void
strv_free_at(char ***list)
{
	strv_free(*list);
}

#endif
