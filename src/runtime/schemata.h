/*
 * Lines of resctrl's schemata files: "L3:0=7ff;1=7f0", a resource and a mask
 * or a share for each of its domains.
 *
 * The kernel prints them with blanks in front and zeros in the numbers, and
 * all domains; who asks may name some.
 */
#ifndef RUNTIME_SCHEMATA_H
#define RUNTIME_SCHEMATA_H

#include <stdbool.h>

/* Whether the file's text has everything that the line asks for. */
bool schemata_has(const char *text, const char *line);

#endif
