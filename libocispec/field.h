/*
 * A JSON object and a C struct, held together by one table.
 *
 * Each row names a JSON property, the struct member that holds it and the
 * kind of value.  Reading, writing, copying, freeing and documenting all walk
 * the same rows, so a new property is one member and one row, and nothing
 * else.  The compiler checks that the member has the C type of its kind.
 *
 * An object that was decoded, copied or is all zeros can be given to every
 * function here.  A property that was absent leaves its member empty: a
 * pointer NULL, a number or bool with .set false.  JSON null is absent.
 */
#ifndef OCI_FIELD_H
#define OCI_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Values may be absent, and absent is not zero. */
struct oci_int  { int64_t v; bool set; };
struct oci_uint { uint64_t v; bool set; };
struct oci_bool { bool v; bool set; };

/* Whole numbers in a list; n of them. */
struct oci_uints { uint64_t *v; size_t n; bool set; };

enum kind {
	KIND_END,
	KIND_BOOL,	/* struct oci_bool */
	KIND_INT,	/* struct oci_int, from .min to .max when they differ */
	KIND_UINT,	/* struct oci_uint, no larger than .umax if that is not 0 */
	KIND_NUMBER,	/* char *, the text of a number that need not be whole */
	KIND_STRING,	/* char *, one of .choices and such that .fits, if there are any */
	KIND_STRINGS,	/* char **, ends with NULL, at least .min, each such as a KIND_STRING */
	KIND_UINTS,	/* struct oci_uints, none larger than .umax if that is not 0 */
	KIND_OBJECT,	/* struct x *, described by .of */
	KIND_LIST,	/* struct x **, ends with NULL, each described by .of */
	KIND_MAP,	/* like KIND_LIST; the key goes to the member at .of->key */
};

struct type;

struct field {
	const char *name;
	size_t len;			/* of the name */
	enum kind kind;
	size_t at;
	const struct type *of;
	int64_t min, max;
	uint64_t umax;
	const char *const *choices;	/* ends with NULL */
	bool (*fits)(const char *s);
	const char *wants;		/* what .fits looks for: "a size such as 2MB" */
	bool must;			/* the document is wrong without it */
	bool null;			/* OCI_WHOLE has null for it, if absent, not 0 or false */
	size_t keys;			/* LIST: so many rows of .of name an element */
	const char *help;
};

struct type {
	const char *name;		/* in words: "mount" */
	size_t size;
	const struct field *fields;	/* ends with a row without a name; NULL: a plain string */
	size_t key;			/* where a KIND_MAP puts the element's key, a char * */
	size_t value;			/* where it puts a plain string value, if no fields */
	bool numbers;			/* those plain values are such as a KIND_NUMBER */
};

#define same_(s, m, c) __builtin_types_compatible_p(__typeof__(((struct s *)0)->m), c)
#define at_(s, m, c)   (offsetof(struct s, m) + 0 * sizeof(char[same_(s, m, c) ? 1 : -1]))
#define row_(k, n, a, ...) { .name = n, .len = sizeof(n) - 1, .kind = k, .at = a, __VA_ARGS__ }

#define F_BOOL(s, m, n, ...)      row_(KIND_BOOL,    n, at_(s, m, struct oci_bool),  __VA_ARGS__)
#define F_INT(s, m, n, ...)       row_(KIND_INT,     n, at_(s, m, struct oci_int),   __VA_ARGS__)
#define F_UINT(s, m, n, ...)      row_(KIND_UINT,    n, at_(s, m, struct oci_uint),  __VA_ARGS__)
#define F_NUMBER(s, m, n, ...)    row_(KIND_NUMBER,  n, at_(s, m, char *),           __VA_ARGS__)
#define F_STRING(s, m, n, ...)    row_(KIND_STRING,  n, at_(s, m, char *),           __VA_ARGS__)
#define F_STRINGS(s, m, n, ...)   row_(KIND_STRINGS, n, at_(s, m, char **),          __VA_ARGS__)
#define F_UINTS(s, m, n, ...)     row_(KIND_UINTS,   n, at_(s, m, struct oci_uints), __VA_ARGS__)
#define F_OBJECT(s, m, n, t, ...) \
	row_(KIND_OBJECT, n, at_(s, m, struct t *), .of = &t##_type, __VA_ARGS__)
#define F_LIST(s, m, n, t, ...) \
	row_(KIND_LIST, n, at_(s, m, struct t **), .of = &t##_type, __VA_ARGS__)
#define F_MAP(s, m, n, t, ...) \
	row_(KIND_MAP, n, at_(s, m, struct t **), .of = &t##_type, __VA_ARGS__)

#define TYPE(s, words, ...) const struct type s##_type = { \
	.name = words, .size = sizeof(struct s), \
	.fields = (const struct field[]){ __VA_ARGS__ { .name = NULL } } }

#endif
