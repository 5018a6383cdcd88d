/*
 * JSON text before it is parsed, and places in it after.
 */
#ifndef OCI_TEXT_H
#define OCI_TEXT_H

#include "base/str.h"

/*
 * How many bytes of the text are good: strict UTF-8, without half a surrogate
 * pair in \u escapes.  If that is not all of them, *why says what is wrong
 * behind them.  yajl(3) would let overlong forms through, and make "?" of half
 * a pair.
 */
size_t oci_text_check(const char *text, size_t len, const char **why);

/* Adds a step to a path in jq's notation: .key, ["an odd key"], [0]. */
void oci_path_key(struct str *path, const char *key);
void oci_path_index(struct str *path, size_t index);

#endif
