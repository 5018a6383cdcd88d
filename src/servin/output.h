/*
 * What commands print.
 *
 * Standard output gets what was asked for and nothing else.  Tables fit the
 * terminal; where there is none nothing is cut off and nothing is coloured.
 *
 * A listing is a list of structs that a table of fields describes (see
 * libocispec/field.h), with docker's names: --format json prints these, and a
 * template can name them.
 */
#ifndef SERVIN_OUTPUT_H
#define SERVIN_OUTPUT_H

#include "base/str.h"
#include "libocispec/field.h"

/* 0, or -errno with words. */
int print(const char *text);
int print_line(const char *text);	/* with a newline behind it */

/* Columns of the terminal that fd is; 0 if it is none. */
size_t terminal_width(int fd);

/* Whether colours are welcome there: a terminal, and no NO_COLOR. */
bool terminal_has_colors(int fd);

/* A column that a table can have. */
struct column {
	const char *field;	/* the property */
	const char *title;	/* "CONTAINER ID" */
	bool extra;		/* in no table but one of a template */
	int min, drop;		/* see base/table.h */
};

struct listing {
	const struct type *type;	/* of a row */
	const struct column *columns;	/* ends with a row without a field */
	const char *quiet;		/* the property that -q prints */
	size_t labels;			/* where a row has its struct oci_pair **; 0: nowhere */
};

struct listing_how {
	const char *format;		/* NULL: the table */
	bool quiet;
	bool no_trunc;			/* nothing is cut, whatever the terminal */
};

/* rows ends with NULL, and may be NULL; 0, or -errno with words. */
int listing_print(const struct listing *l, const struct listing_how *how, void *const *rows);

/* One object: as a line of JSON if format is "json", else by the template. */
int object_print(const struct type *t, const char *format, const void *obj);

/* For inspect: a list in JSON, or the template for each. */
int inspect_print(const struct type *t, const char *format, void *const *objects);

#endif
