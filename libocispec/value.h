/* What the files that walk values share. */
#ifndef OCI_VALUE_H
#define OCI_VALUE_H

#include "libocispec/field.h"

/* Whether the member of a row, which is at, has a value. */
bool oci_is_present(const struct field *row, const void *at);

#endif
