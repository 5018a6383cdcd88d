#include "libocispec/document.h"

#include "base/str.h"
#include "libocispec/value.h"

#include <inttypes.h>
#include <stdio.h>

struct writer {
	struct str out;
	enum oci_style style;
	int depth;
	bool empty;	/* nothing yet between the innermost brackets */
};

static void write_object(struct writer *w, const struct type *t, const void *obj);

static void
new_line(struct writer *w)
{
	if (!(w->style & OCI_INDENTED))
		return;
	str_addc(&w->out, '\n');
	for (int i = 0; i < w->depth; i++)
		str_addn(&w->out, "  ", 2);
}

static void
open_bracket(struct writer *w, char bracket)
{
	str_addc(&w->out, bracket);
	w->depth++;
	w->empty = true;
}

static void
close_bracket(struct writer *w, char bracket)
{
	w->depth--;
	if (!w->empty)
		new_line(w);
	str_addc(&w->out, bracket);
	w->empty = false;
}

/* To the place of the next element. */
static void
next(struct writer *w)
{
	if (!w->empty)
		str_addc(&w->out, ',');
	new_line(w);
	w->empty = false;
}

static void
write_key(struct writer *w, const char *key)
{
	next(w);
	str_add_json(&w->out, key);
	str_add(&w->out, w->style & OCI_INDENTED ? ": " : ":");
}

__attribute__((format(printf, 2, 3))) static void
write_number(struct writer *w, const char *fmt, ...)
{
	char text[32];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	str_add(&w->out, text);
}

static void
write_strings(struct writer *w, char *const *list)
{
	open_bracket(w, '[');
	for (; *list; list++) {
		next(w);
		str_add_json(&w->out, *list);
	}
	close_bracket(w, ']');
}

static void
write_uints(struct writer *w, const struct oci_uints *list)
{
	open_bracket(w, '[');
	for (size_t i = 0; i < list->n; i++) {
		next(w);
		write_number(w, "%" PRIu64, list->v[i]);
	}
	close_bracket(w, ']');
}

static void
write_list(struct writer *w, const struct type *t, void *const *list)
{
	open_bracket(w, '[');
	for (; list && *list; list++) {
		next(w);
		write_object(w, t, *list);
	}
	close_bracket(w, ']');
}

static void
write_map(struct writer *w, const struct type *t, void *const *list)
{
	open_bracket(w, '{');
	for (; *list; list++) {
		const char *entry = *list;

		write_key(w, *(char *const *)(entry + t->key));
		if (t->fields)
			write_object(w, t, entry);
		else if (t->numbers)
			str_add(&w->out, *(char *const *)(entry + t->value));
		else
			str_add_json(&w->out, *(char *const *)(entry + t->value));
	}
	close_bracket(w, '}');
}

static void
write_value(struct writer *w, const struct field *row, const void *at)
{
	switch (row->kind) {
	case KIND_BOOL:
		str_add(&w->out, ((const struct oci_bool *)at)->v ? "true" : "false");
		break;
	case KIND_INT:
		write_number(w, "%" PRId64, ((const struct oci_int *)at)->v);
		break;
	case KIND_UINT:
		write_number(w, "%" PRIu64, ((const struct oci_uint *)at)->v);
		break;
	case KIND_NUMBER:
		str_add(&w->out, *(char *const *)at);
		break;
	case KIND_STRING:
		str_add_json(&w->out, *(char *const *)at);
		break;
	case KIND_STRINGS:
		write_strings(w, *(char *const *const *)at);
		break;
	case KIND_UINTS:
		write_uints(w, at);
		break;
	case KIND_OBJECT:
		write_object(w, row->of, *(void *const *)at);
		break;
	case KIND_LIST:
		write_list(w, row->of, *(void *const *const *)at);
		break;
	case KIND_MAP:
		write_map(w, row->of, *(void *const *const *)at);
		break;
	case KIND_END:
		break;
	}
}

static void
write_absent(struct writer *w, const struct field *row)
{
	static const char *const words[] = {
		[KIND_BOOL] = "false", [KIND_INT] = "0", [KIND_UINT] = "0", [KIND_NUMBER] = "0",
		[KIND_STRING] = "\"\"", [KIND_STRINGS] = "null", [KIND_UINTS] = "null",
		[KIND_OBJECT] = "null", [KIND_LIST] = "null", [KIND_MAP] = "null",
	};

	str_add(&w->out, row->null ? "null" : words[row->kind]);
}

static void
write_object(struct writer *w, const struct type *t, const void *obj)
{
	open_bracket(w, '{');
	for (const struct field *row = t->fields; row->name; row++) {
		const void *at = (const char *)obj + row->at;

		bool present = oci_is_present(row, at);

		if (!present && !(w->style & OCI_WHOLE))
			continue;
		write_key(w, row->name);
		if (present)
			write_value(w, row, at);
		else
			write_absent(w, row);
	}
	close_bracket(w, '}');
}

static char *
finish(struct writer *w)
{
	if (w->style & OCI_INDENTED)
		str_addc(&w->out, '\n');
	return str_take(&w->out);
}

char *
oci_encode(const struct type *t, const void *obj, enum oci_style style)
{
	struct writer w = { .style = style };

	write_object(&w, t, obj);
	return finish(&w);
}

char *
oci_encode_list(const struct type *t, void *const *list, enum oci_style style)
{
	struct writer w = { .style = style };

	write_list(&w, t, list);
	return finish(&w);
}
