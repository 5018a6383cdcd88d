/* Base64 (RFC 4648), read only and strictly: no blanks, and the padding must be there. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

/* *data is for free().  -EINVAL with words if the text is none. */
int base64_decode(const char *text, void **data, size_t *len);

#endif
