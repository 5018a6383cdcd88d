#include "libocispec/value.h"

#include "base/str.h"
#include "base/strv.h"
#include "libocispec/document.h"

bool
oci_is_present(const struct field *row, const void *at)
{
	switch (row->kind) {
	case KIND_BOOL:
		return ((const struct oci_bool *)at)->set;
	case KIND_INT:
		return ((const struct oci_int *)at)->set;
	case KIND_UINT:
		return ((const struct oci_uint *)at)->set;
	case KIND_UINTS:
		return ((const struct oci_uints *)at)->set;
	default:
		return *(void *const *)at;
	}
}

/* An element of a list or map; what is a plain string has its two members only. */
static void
done_element(const struct field *row, char *element)
{
	if (row->kind == KIND_MAP)
		free(*(char **)(element + row->of->key));
	if (row->of->fields)
		oci_done(row->of, element);
	else
		free(*(char **)(element + row->of->value));
	free(element);
}

static void
done_member(const struct field *row, void *at)
{
	switch (row->kind) {
	case KIND_NUMBER:
	case KIND_STRING:
		free(*(char **)at);
		break;
	case KIND_STRINGS:
		strv_free(*(char ***)at);
		break;
	case KIND_UINTS:
		free(((struct oci_uints *)at)->v);
		break;
	case KIND_OBJECT:
		oci_free(row->of, *(void **)at);
		break;
	case KIND_LIST:
	case KIND_MAP:
		for (char **e = *(char ***)at; e && *e; e++)
			done_element(row, *e);
		free(*(void **)at);
		break;
	default:
		break;
	}
}

void
oci_done(const struct type *t, void *obj)
{
	for (const struct field *row = t->fields; row->name; row++)
		done_member(row, (char *)obj + row->at);
	memset(obj, 0, t->size);
}

void
oci_free(const struct type *t, void *obj)
{
	if (!obj)
		return;
	oci_done(t, obj);
	free(obj);
}

static char *
copy_string(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

/* Not strv_copy(), to which an empty list is no list. */
static char **
copy_strings(char *const *list)
{
	size_t n = strv_len(list);
	char **copy = xcalloc(n + 1, sizeof(*copy));

	for (size_t i = 0; i < n; i++)
		copy[i] = xstrdup(list[i]);
	return copy;
}

/* Its members, that is; the storage is there. */
static void copy_members(const struct type *t, const char *from, char *to);

static char *
copy_element(const struct field *row, const char *from)
{
	const struct type *t = row->of;
	char *to = xcalloc(1, t->size);

	if (row->kind == KIND_MAP)
		*(char **)(to + t->key) = copy_string(*(char *const *)(from + t->key));
	if (t->fields)
		copy_members(t, from, to);
	else
		*(char **)(to + t->value) = copy_string(*(char *const *)(from + t->value));
	return to;
}

static char **
copy_list(const struct field *row, char *const *list)
{
	size_t n = strv_len(list);
	char **copy = xcalloc(n + 1, sizeof(*copy));

	for (size_t i = 0; i < n; i++)
		copy[i] = copy_element(row, list[i]);
	return copy;
}

static void
copy_uints(const struct oci_uints *from, struct oci_uints *to)
{
	*to = *from;
	if (from->v)
		to->v = xmemdup(from->v, from->n * sizeof(*from->v));
}

static void
copy_member(const struct field *row, const void *from, void *to)
{
	char *const *list;

	switch (row->kind) {
	case KIND_BOOL:
		*(struct oci_bool *)to = *(const struct oci_bool *)from;
		break;
	case KIND_INT:
		*(struct oci_int *)to = *(const struct oci_int *)from;
		break;
	case KIND_UINT:
		*(struct oci_uint *)to = *(const struct oci_uint *)from;
		break;
	case KIND_UINTS:
		copy_uints(from, to);
		break;
	case KIND_NUMBER:
	case KIND_STRING:
		*(char **)to = copy_string(*(char *const *)from);
		break;
	case KIND_STRINGS:
		list = *(char *const *const *)from;
		*(char ***)to = list ? copy_strings(list) : NULL;
		break;
	case KIND_OBJECT:
		*(void **)to = oci_copy(row->of, *(void *const *)from);
		break;
	case KIND_LIST:
	case KIND_MAP:
		list = *(char *const *const *)from;
		*(char ***)to = list ? copy_list(row, list) : NULL;
		break;
	case KIND_END:
		break;
	}
}

static void
copy_members(const struct type *t, const char *from, char *to)
{
	for (const struct field *row = t->fields; row->name; row++)
		copy_member(row, from + row->at, to + row->at);
}

void *
oci_copy(const struct type *t, const void *obj)
{
	if (!obj)
		return NULL;

	void *copy = xcalloc(1, t->size);
	copy_members(t, obj, copy);
	return copy;
}

/* Whether two elements of a list or map go by the same name. */
static bool
same_element(const struct field *row, const char *a, const char *b)
{
	const struct field *key = row->of->fields;

	if (row->kind == KIND_MAP) {
		size_t at = row->of->key;

		return streq(*(char *const *)(a + at), *(char *const *)(b + at));
	}
	for (; key < row->of->fields + row->keys; key++) {
		const void *x = a + key->at, *y = b + key->at;

		if (key->kind == KIND_INT ?
			    ((const struct oci_int *)x)->v != ((const struct oci_int *)y)->v :
			    !streq(*(char *const *)x, *(char *const *)y))
			return false;
	}
	return true;
}

/* Into one element, of which there is one by that name. */
static void
merge_element(const struct field *row, char *to, const char *from)
{
	if (row->of->fields) {
		oci_merge(row->of, to, from);
		return;
	}
	free(*(char **)(to + row->of->value));
	*(char **)(to + row->of->value) = copy_string(*(char *const *)(from + row->of->value));
}

static void
merge_list(const struct field *row, char ***to, char *const *from)
{
	size_t n = strv_len(*to), room = n + strv_len(from) + 1;

	*to = xrealloc(*to, room, sizeof(char *));
	for (; *from; from++) {
		size_t i = 0;

		while (i < n && !same_element(row, (*to)[i], *from))
			i++;
		if (i < n)
			merge_element(row, (*to)[i], *from);
		else
			(*to)[n++] = copy_element(row, *from);
	}
	(*to)[n] = NULL;
}

void
oci_merge(const struct type *t, void *to, const void *from)
{
	for (const struct field *row = t->fields; row->name; row++) {
		const void *new = (const char *)from + row->at;
		void *old = (char *)to + row->at;

		if (!oci_is_present(row, new))
			continue;
		if (row->kind == KIND_OBJECT && *(void **)old)
			oci_merge(row->of, *(void **)old, *(void *const *)new);
		else if (row->kind == KIND_MAP || row->keys) {
			merge_list(row, old, *(char *const *const *)new);
		} else {
			done_member(row, old);
			copy_member(row, new, old);
		}
	}
}
