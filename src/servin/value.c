#include "servin/value.h"

#include "base/strv.h"
#include "libocispec/document.h"

#include <inttypes.h>
#include <strings.h>

struct value
value_text(const char *s)
{
	return (struct value){ .kind = KIND_STRING, .here.s = s };
}

struct value
value_int(int64_t i)
{
	return (struct value){ .kind = KIND_INT, .here.i = { i, true } };
}

struct value
value_bool(bool b)
{
	return (struct value){ .kind = KIND_BOOL, .here.b = { b, true } };
}

struct value
value_object(const struct type *t, const void *obj)
{
	return (struct value){ .kind = KIND_OBJECT, .of = t, .here.p = obj };
}

static const void *
place(const struct value *v)
{
	return v->at ? v->at : &v->here;
}

/* The pointer that such a value is: a string, an object, a list; NULL if absent. */
static void *
pointer(const struct value *v)
{
	return *(void *const *)place(v);
}

static const struct field *
find_field(const struct type *t, const char *name)
{
	for (const struct field *f = t->fields; f && f->name; f++)
		if (streq(f->name, name))
			return f;
	for (const struct field *f = t->fields; f && f->name; f++)
		if (strcasecmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* An element of a map, which has a name, or of a list. */
static struct value
element_of(const struct value *v, const void *element)
{
	const struct type *t = v->of;

	if (v->kind == KIND_MAP && !t->fields)
		return (struct value){
			.kind = t->numbers ? KIND_NUMBER : KIND_STRING,
			.at = (const char *)element + t->value,
		};
	return value_object(t, element);
}

static const char *
key_of(const struct value *map, const void *element)
{
	return *(char *const *)((const char *)element + map->of->key);
}

static bool
map_member(const struct value *v, const char *name, struct value *member)
{
	*member = (struct value){ .kind = v->of->fields ? KIND_OBJECT : KIND_STRING, .of = v->of };
	for (void *const *e = pointer(v); e && *e; e++) {
		if (streq(key_of(v, *e), name)) {
			*member = element_of(v, *e);
			break;
		}
	}
	return true;
}

bool
value_member(const struct value *v, const char *name, struct value *member)
{
	const struct field *f;
	const char *obj;

	if (v->kind == KIND_MAP)
		return map_member(v, name, member);
	f = v->kind == KIND_OBJECT ? find_field(v->of, name) : NULL;
	if (!f)
		return false;
	obj = pointer(v);
	*member = (struct value){ .kind = f->kind, .of = f->of, .at = obj ? obj + f->at : NULL };
	return true;
}

static size_t
count(void *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

bool
value_element(const struct value *v, size_t i, struct value *element, const char **key)
{
	void *const *list;

	if (value_length(v) <= (int64_t)i)
		return false;
	*key = NULL;
	if (v->kind == KIND_UINTS) {
		*element = value_int((int64_t)((const struct oci_uints *)place(v))->v[i]);
		return true;
	}
	list = pointer(v);
	if (v->kind == KIND_STRINGS) {
		*element = value_text(list[i]);
		return true;
	}
	if (v->kind == KIND_MAP)
		*key = key_of(v, list[i]);
	*element = element_of(v, list[i]);
	return v->kind == KIND_MAP || v->kind == KIND_LIST;
}

int64_t
value_length(const struct value *v)
{
	const char *s;

	switch (v->kind) {
	case KIND_STRING:
		s = pointer(v);
		return s ? (int64_t)strlen(s) : 0;
	case KIND_STRINGS:
	case KIND_LIST:
	case KIND_MAP:
		return (int64_t)count(pointer(v));
	case KIND_UINTS:
		return (int64_t)((const struct oci_uints *)place(v))->n;
	default:
		return -1;
	}
}

bool
value_truth(const struct value *v)
{
	int64_t n;

	if (v->kind == KIND_BOOL)
		return ((const struct oci_bool *)place(v))->v;
	if (v->kind == KIND_OBJECT)
		return pointer(v);
	if (value_number(v, &n))
		return n != 0;
	return value_length(v) > 0;
}

bool
value_number(const struct value *v, int64_t *n)
{
	if (v->kind == KIND_INT)
		*n = ((const struct oci_int *)place(v))->v;
	else if (v->kind == KIND_UINT)
		*n = (int64_t)((const struct oci_uint *)place(v))->v;
	else
		return false;
	return true;
}

/* [a b], as Go prints it; map[a:b]. */
static void
print_elements(const struct value *v, struct str *out)
{
	struct value e;
	const char *key;

	str_add(out, v->kind == KIND_MAP ? "map[" : "[");
	for (size_t i = 0; value_element(v, i, &e, &key); i++) {
		str_add(out, i ? " " : "");
		if (key)
			str_addf(out, "%s:", key);
		value_print(&e, out);
	}
	str_addc(out, ']');
}

void
value_print(const struct value *v, struct str *out)
{
	const char *s;

	switch (v->kind) {
	case KIND_END:
		str_add(out, "<no value>");
		break;
	case KIND_STRING:
		s = pointer(v);
		str_add(out, s ? s : "");
		break;
	case KIND_STRINGS:
	case KIND_UINTS:
	case KIND_LIST:
	case KIND_MAP:
		print_elements(v, out);
		break;
	case KIND_INT:
		str_addf(out, "%" PRId64, ((const struct oci_int *)place(v))->v);
		break;
	case KIND_UINT:
		str_addf(out, "%" PRIu64, ((const struct oci_uint *)place(v))->v);
		break;
	case KIND_BOOL:
		str_add(out, value_truth(v) ? "true" : "false");
		break;
	default:
		value_json(v, out);
	}
}

/* Encodes a struct that has this one property, and takes that out again. */
void
value_json(const struct value *v, struct str *out)
{
	if (v->kind == KIND_END) {
		str_add(out, "null");
		return;
	}

	const struct field rows[] = {
		{ .name = "x", .len = 1, .kind = v->kind, .of = v->of }, { .name = NULL },
	};
	const struct type one = { .name = "value", .fields = rows };
	autofree char *text = oci_encode(&one, place(v), OCI_WHOLE);
	const char *value = str_after(text, "{\"x\":");

	str_addn(out, value, strlen(value) - 1);
}

void
value_add_names(const struct value *v, struct str *out)
{
	if (v->kind != KIND_OBJECT)
		return;
	for (const struct field *f = v->of->fields; f && f->name; f++)
		str_addf(out, "%s%s", f == v->of->fields ? "" : ", ", f->name);
}
