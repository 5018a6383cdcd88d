/*
 * Tables for people: each column is as wide as its widest cell.
 *
 * Cells are added row by row.  Where a width is given no line is longer: columns
 * that may be are cut, with an ellipsis, and if that is not enough, dropped.
 * What could command a terminal is a "?" in each cell.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/str.h"

struct table_column {
	int min;	/* may be cut to so many letters; 0: never */
	int drop;	/* the column with the highest is dropped first; 0: never */
};

/* All zeros but columns at first. */
struct table {
	size_t columns, n;
	const struct table_column *rules;	/* one for each column; NULL: nothing is cut */
	char **cells;
};

#define autotable auto_(table_done) struct table

void table_add(struct table *t, char *cell);			/* takes it */
void table_add_text(struct table *t, const char *cell);	/* copies it; NULL is "" */
void table_text(const struct table *t, size_t width, struct str *out);	/* width 0: no bound */
void table_done(struct table *t);

/* How many columns of a terminal a text takes, each letter of UTF-8 counting as one. */
size_t text_width(const char *text);

/* Adds what fits, with an ellipsis for the rest. */
void text_cut(const char *text, size_t width, struct str *out);

#endif
