/*
 * Messages on the wire as Protocol Buffers has them: fields of a number and a
 * value, one behind the other (protobuf.dev, "Encoding").
 *
 * A value is a number (of whatever integer type, bool and enum too) or bytes
 * (a string, or a message again).  Others can be read over, not written.
 * What is read was made elsewhere: no length in it is trusted.
 */
#ifndef BASE_WIRE_H
#define BASE_WIRE_H

#include "base/str.h"

#include <stdint.h>

/* A negative number goes as its 64 bits of two's complement. */
void wire_add_number(struct str *out, unsigned field, uint64_t v);
void wire_add_bytes(struct str *out, unsigned field, const void *bytes, size_t n);
void wire_add_string(struct str *out, unsigned field, const char *s);

/* What is left of a message. */
struct wire {
	const char *at;
	size_t left;
};

struct wire_field {
	unsigned field;
	uint64_t number;	/* 0 if it is bytes */
	struct wire bytes;	/* empty if it is a number; points into the message */
};

/* 1 with the next field, 0 at the end, -EBADMSG with words. */
int wire_next(struct wire *w, struct wire_field *f);

/* The bytes as a string, up to a NUL if there is one; free() takes it. */
char *wire_string(const struct wire *bytes);

#endif
