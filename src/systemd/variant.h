/*
 * Values in the text format of GVariant, in which an annotation gives the
 * value of a unit's property: 'text', true, 5 (an int32), uint64 5, 1.5,
 * ['a', 'b'], ('a', uint64 5), @as [].  No dictionaries, variants or maybes.
 */
#ifndef SYSTEMD_VARIANT_H
#define SYSTEMD_VARIANT_H

#include "base/strv.h"

/* The type as a signature, for free(), and the words of the value as property.h has them. */
int variant_parse(const char *text, char **type, char ***words);

#endif
