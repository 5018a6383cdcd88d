/* Maps of strings: labels, annotations, sysctls. */
#ifndef ENGINE_PAIRS_H
#define ENGINE_PAIRS_H

#include "libocispec/spec.h"

/* NULL if it is not there. */
const char *pairs_get(struct oci_pair *const *list, const char *key);

/* Puts it in the place of an older value, or at the end; copies both. */
void pairs_set(struct oci_pair ***list, const char *key, const char *value);

#endif
