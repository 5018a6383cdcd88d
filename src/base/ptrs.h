/*
 * Lists of pointers that end with NULL, such as those of libocispec.
 *
 * list is the address of one, a struct x ***; the empty list is NULL.
 */
#ifndef BASE_PTRS_H
#define BASE_PTRS_H

#include <stddef.h>

/* How many there are; of the list itself, a struct x **. */
size_t ptrs_len(const void *list);

/* Puts the item at the end; the list's own memory is from malloc. */
void ptrs_push(void *list, void *item);

/* Takes the item at a place out, and returns it. */
void *ptrs_take_out(void *list, size_t at);

#endif
