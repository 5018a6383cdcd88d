/*
 * Values of templates: a member of a struct with its kind, as libocispec/field.h has them, or one
 * that was computed.  They own nothing.
 */
#ifndef SERVIN_VALUE_H
#define SERVIN_VALUE_H

#include "base/str.h"
#include "libocispec/field.h"

struct value {
	enum kind kind;			/* KIND_END is none at all */
	const struct type *of;		/* of an object, or of the elements */
	const void *at;			/* the member; NULL: it is here */
	union {
		struct oci_bool b;
		struct oci_int i;
		const char *s;
		const void *p;
	} here;
	bool is_title;			/* see struct template_data */
};

struct value value_text(const char *s);
struct value value_int(int64_t i);
struct value value_bool(bool b);
struct value value_object(const struct type *t, const void *obj);

/* What v calls so; false if there can be no such property.  v is an object or a map. */
bool value_member(const struct value *v, const char *name, struct value *member);

/* The element at i; false if there are not so many.  Of a map key gets the name. */
bool value_element(const struct value *v, size_t i, struct value *element, const char **key);

/* How many elements or bytes; -1 if v has no length. */
int64_t value_length(const struct value *v);

/* Whether it counts as true for if: not 0, not empty. */
bool value_truth(const struct value *v);

/* Whether it is a whole number, and which. */
bool value_number(const struct value *v, int64_t *n);

void value_print(const struct value *v, struct str *out);
void value_json(const struct value *v, struct str *out);

/* Properties that v has, "Id, Name": for the words of an error. */
void value_add_names(const struct value *v, struct str *out);

#endif
