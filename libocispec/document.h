/*
 * JSON documents of the OCI specifications: read, written, copied, freed.
 *
 * The types are in spec.h, state.h and features.h; a program may describe
 * further ones with the rows of field.h.  Only decode.c includes yajl(3).
 *
 * Limits: 16 MiB of text, 64 levels.  UTF-8 must be valid, keys of an object
 * unique, numbers whole and in range.  Unknown properties are ignored.
 */
#ifndef OCI_DOCUMENT_H
#define OCI_DOCUMENT_H

#include "libocispec/field.h"

#define OCI_DOCUMENT_MAX (16u << 20)
#define OCI_DEPTH_MAX	 64

/* The text of a document and what to call it: "config.json". */
struct oci_source {
	const char *name;
	const char *text;
	size_t len;
};

/*
 * Fills out, a struct of type t, which the caller has zeroed.  Returns 0 or
 * -EINVAL (-EFBIG over the size), words "NAME:LINE: PATH: reason" with the
 * path in jq's notation; out is then all zeros again.
 */
int oci_decode(const struct type *t, const struct oci_source *source, void *out);

/* The same for a document that is a list of such objects; *list ends with NULL. */
int oci_decode_list(const struct type *t, const struct oci_source *source, void ***list);

/* Frees a list of objects, and the list; welcomes NULL. */
void oci_free_list(const struct type *t, void **list);

/* A remark about a document; path and reason live as long as the call. */
struct oci_remark {
	bool warning;		/* an unknown property; else a mistake */
	unsigned line;
	const char *path;	/* ".mounts[1].options[0]" */
	const char *reason;	/* "must be a string" */
};

/*
 * The same, but goes on behind a mistake and hands every remark to tell().
 * Returns the number of mistakes; out holds what was right and is the
 * caller's to free in every case.  Text that is no JSON ends it.
 */
int oci_decode_all(const struct type *t, const struct oci_source *source, void *out,
		   void (*tell)(void *arg, const struct oci_remark *), void *arg);

/* The line, from 1, of the value at a path as in the words above, or of its nearest parent. */
unsigned oci_line(const struct oci_source *source, const char *path);

/* "NAME:LINE: PATH: " + the words of a mistake that was found after decoding; returns -code. */
int oci_fail(int code, const struct oci_source *source, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* WHOLE with one of the others: absent members, too, as "", 0, false and null. */
enum oci_style { OCI_COMPACT = 0, OCI_INDENTED = 1, OCI_WHOLE = 2 };

/* JSON text that free() takes; absent members are left out.  INDENTED ends with a newline. */
char *oci_encode(const struct type *t, const void *obj, enum oci_style style);

/* A list that ends with NULL, each element of type t; the empty list is []. */
char *oci_encode_list(const struct type *t, void *const *list, enum oci_style style);

/* A deep copy, all of it from malloc; NULL for NULL. */
void *oci_copy(const struct type *t, const void *obj);

/*
 * Puts what is present in from into to, both of type t; what from lacks stays.
 * Objects are merged member by member, and so are maps, and lists whose row
 * says what names an element; other lists are replaced whole.
 */
void oci_merge(const struct type *t, void *to, const void *from);

/* Frees what obj holds, not obj itself, and zeroes it. */
void oci_done(const struct type *t, void *obj);

/* oci_done() and free(); welcomes NULL. */
void oci_free(const struct type *t, void *obj);

/* A Markdown table of every property below t; free() takes it. */
char *oci_describe(const struct type *t);

#endif
