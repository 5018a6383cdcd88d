#include "libocispec/document.h"

#include "base/str.h"

#include <inttypes.h>

static const char *const kinds[] = {
	[KIND_BOOL]    = "true or false",
	[KIND_INT]     = "whole number",
	[KIND_UINT]    = "whole number",
	[KIND_NUMBER]  = "number",
	[KIND_STRING]  = "string",
	[KIND_STRINGS] = "list of strings",
	[KIND_UINTS]   = "list of whole numbers",
	[KIND_OBJECT]  = "object",
	[KIND_LIST]    = "list of objects",
	[KIND_MAP]     = "object",
};

static const char *
kind_words(const struct field *row)
{
	if (row->kind == KIND_MAP && !row->of->fields)
		return row->of->numbers ? "object of numbers" : "object of strings";
	return kinds[row->kind];
}

static void
add_range(struct str *out, const struct field *row)
{
	bool is_int = row->kind == KIND_INT;
	bool is_uint = row->kind == KIND_UINT || row->kind == KIND_UINTS;

	if (is_int && row->min != row->max && row->max == INT64_MAX)
		str_addf(out, ", %" PRId64 " or more", row->min);
	else if (is_int && row->min != row->max)
		str_addf(out, ", %" PRId64 " to %" PRId64, row->min, row->max);
	else if (is_uint && row->umax)
		str_addf(out, ", 0 to %" PRIu64, row->umax);
	else if (is_uint)
		str_add(out, ", 0 or more");
}

static void
add_choices(struct str *out, const char *const *choices)
{
	const char *front = ": ";

	for (; choices && *choices; choices++, front = ", ")
		str_addf(out, "%s`%s`", front, *choices);
}

static void
add_row(struct str *out, const struct field *row, const char *path)
{
	str_addf(out, "| `%s` | %s", path, kind_words(row));
	add_range(out, row);
	if (row->wants)
		str_addf(out, ", %s", row->wants);
	str_addf(out, " | %s | %s", row->must ? "yes" : "", row->help ? row->help : "");
	add_choices(out, row->choices);
	str_add(out, " |\n");
}

/* What stands between an object and the properties of its elements. */
static const char *
element(enum kind kind)
{
	return kind == KIND_LIST ? "[]" : kind == KIND_MAP ? ".*" : "";
}

static void
add_rows(struct str *out, const struct type *t, const char *front)
{
	for (const struct field *row = t->fields; row->name; row++) {
		autofree char *path = xasprintf("%s.%s", front, row->name);

		add_row(out, row, path);
		if (row->of && row->of->fields) {
			autofree char *below = xasprintf("%s%s", path, element(row->kind));

			add_rows(out, row->of, below);
		}
	}
}

char *
oci_describe(const struct type *t)
{
	struct str out = { 0 };

	str_add(&out, "| Property | Kind | Required | Meaning |\n|---|---|---|---|\n");
	add_rows(&out, t, "");
	return str_take(&out);
}
