#include "libocispec/document.h"

#include "base/strv.h"

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
