/*
 * What commands print on standard output: whole documents, in one write.
 */
#ifndef OCIRUN_PRINT_H
#define OCIRUN_PRINT_H

#include "base/str.h"

/* 0, or -errno with words. */
int print(const char *text);

/* Cells, row by row; all zeros but columns at first. */
struct table {
	size_t columns, n;
	char **cells;
};

#define autotable auto_(table_done) struct table

void table_add(struct table *t, char *cell);	/* takes the cell */
int table_print(const struct table *t);		/* each column as wide as its widest cell */
void table_done(struct table *t);

#endif
