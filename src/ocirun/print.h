/*
 * What commands print on standard output: whole documents, in one write.
 */
#ifndef OCIRUN_PRINT_H
#define OCIRUN_PRINT_H

#include "base/table.h"

/* 0, or -errno with words. */
int print(const char *text);

int table_print(const struct table *t);

#endif
