/*
 * A document being decoded: what decode.c and remark.c share.
 */
#ifndef OCI_DECODER_H
#define OCI_DECODER_H

#include "libocispec/document.h"

/*
 * yajl tells of keys and values as it meets them.  The object or list that
 * they belong to is on top of a stack of frames; what is ignored, whatever it
 * holds, only counts how deep it goes.  Nothing here recurses on the text.
 */
struct frame {
	enum kind kind;			/* one with something in it; END below the root */
	const struct type *type;	/* of the object, or of the elements */
	const struct field *field;	/* OBJECT: the row of the value to come; else of the list */
	void *at;			/* OBJECT: the struct; else the member that has the list */
	size_t n;			/* elements in the list */
	size_t index;			/* of the value in the text, from 1; mistakes count */
	const char *key;		/* of the value, or NULL */
	char *own_key;			/* the same if it is ours to free */
	uint64_t seen, present;		/* OBJECT: one bit a row */
	size_t start;			/* where in the text */
};

struct decoder {
	const struct oci_source *source;
	struct yajl_handle_t *parser;
	void (*tell)(void *arg, const struct oci_remark *);
	void *arg;			/* of tell; without that, the first mistake is the last */
	int mistakes;
	bool stop;
	size_t len;			/* of the text that is good */
	bool at_end;			/* all of that was read */
	unsigned line;			/* of the place line_at */
	size_t line_at;
	size_t ignored;			/* levels */
	size_t depth;
	struct frame frames[OCI_DEPTH_MAX + 1];
};

/* decode.c: where in the text the value at hand, or the key before it, ends. */
size_t oci_here(const struct decoder *d);

/* remark.c: a mistake in the value at hand. */
void oci_mistake(struct decoder *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A property that the object on top of the stack lacks, at its end. */
void oci_missing(struct decoder *d, const char *name);

/* A key that the map on top of the stack has more than once, at its end. */
void oci_twice(struct decoder *d, const char *key);

/* A property that has no row: a warning. */
void oci_unknown(struct decoder *d);

#endif
