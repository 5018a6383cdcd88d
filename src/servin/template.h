/*
 * Templates of --format, as Go's text/template has them.
 *
 * Text, and actions between {{ and }}: .Name.Name, functions, pipes, if, range,
 * with, variables.  Names are looked up in the table of fields of a struct
 * (libocispec/field.h): what JSON calls a property, a template calls it too; if there is none so
 * written, one with other capitals will do.  A property that is absent is empty:
 * "", 0, false or no elements, as its kind is.
 */
#ifndef SERVIN_TEMPLATE_H
#define SERVIN_TEMPLATE_H

#include "base/str.h"
#include "libocispec/spec.h"

struct template_data {
	const struct type *type;
	const void *obj;
	struct oci_pair *const *labels;		/* for {{.Label "KEY"}}; may be NULL */
	/*
	 * For the titles of a table: what stands for a property, instead of its value.  NULL: a
	 * template of values.
	 */
	void (*title)(const void *arg, const char *property, struct str *out);
	const void *arg;
};

/*
 * Adds what the template makes of the data.  -EINVAL with words that say where: 'template: .Foo: no
 * such property'.
 */
int template_run(const char *text, const struct template_data *data, struct str *out);

/* The text with \t and \n in the place of what stands for them, for free(). */
char *template_unescape(const char *text);

#endif
