#include "libocispec/decoder.h"

#include "base/err.h"
#include "base/str.h"
#include "libocispec/text.h"

#include <assert.h>

#include <yajl/yajl_parse.h>

static const char *const wants[] = {
	[KIND_BOOL]    = "true or false",
	[KIND_INT]     = "a whole number",
	[KIND_UINT]    = "a whole number",
	[KIND_NUMBER]  = "a number",
	[KIND_STRING]  = "a string",
	[KIND_STRINGS] = "a list of strings",
	[KIND_UINTS]   = "a list of whole numbers",
	[KIND_OBJECT]  = "an object",
	[KIND_LIST]    = "a list",
	[KIND_MAP]     = "an object",
};

/* The stack. */

size_t
oci_here(const struct decoder *d)
{
	/* yajl counts anew when it is told of the end. */
	return d->at_end ? d->len : yajl_get_bytes_consumed(d->parser);
}

static void
push(struct decoder *d, enum kind kind, const struct type *t, const struct field *field, void *at)
{
	d->depth++;
	d->frames[d->depth] = (struct frame){
		.kind = kind, .type = t, .field = field, .at = at, .start = oci_here(d),
	};
}

static void
pop(struct decoder *d)
{
	free(d->frames[d->depth].own_key);
	d->depth--;
}

/*
 * The list in *list has n elements; puts another behind them.  There is room
 * for the next power of two and the NULL: no count of it is kept.
 */
static void
append(void ***list, size_t n, void *element)
{
	if (n && (n & (n + 1)) == 0)
		*list = xrealloc(*list, (n + 1) * 2, sizeof(void *));
	(*list)[n] = element;
	(*list)[n + 1] = NULL;
}

static void *
add_element(struct frame *f, void *element)
{
	append(f->at, f->n++, element);
	return element;
}

/* A new element of a map under the key that was read. */
static void *
add_entry(struct frame *f)
{
	char *entry = add_element(f, xcalloc(1, f->type->size));

	*(char **)(entry + f->type->key) = take(f->own_key);
	return entry;
}

static void
add_number(struct frame *f, uint64_t v)
{
	struct oci_uints *list = f->at;

	if ((list->n & (list->n + 1)) == 0)
		list->v = xrealloc(list->v, (list->n + 1) * 2, sizeof(*list->v));
	list->v[list->n++] = v;
}

/* What the frame on top waits for. */
static enum kind
expected(const struct frame *f)
{
	switch (f->kind) {
	case KIND_OBJECT:
		return f->field->kind;
	case KIND_STRINGS:
		return KIND_STRING;
	case KIND_UINTS:
		return KIND_UINT;
	case KIND_MAP:
		return f->type->fields  ? KIND_OBJECT :
		       f->type->numbers ? KIND_NUMBER :
					  KIND_STRING;
	default:
		return KIND_OBJECT;
	}
}

#define BIT(kind) (1u << (kind))

/* The kind that a value has here, one of kinds; KIND_END if it is to be ignored. */
static enum kind
accept_value(struct decoder *d, unsigned kinds)
{
	struct frame *f = &d->frames[d->depth];

	if (d->ignored || (f->kind == KIND_OBJECT && !f->field))
		return KIND_END;
	if (f->kind == KIND_MAP && !f->own_key)
		return KIND_END;
	if (f->kind == KIND_LIST || f->kind == KIND_STRINGS || f->kind == KIND_UINTS)
		f->index++;

	enum kind want = expected(f);
	if (kinds & BIT(want))
		return want;
	oci_mistake(d, "must be %s", wants[want]);
	return KIND_END;
}

/* Where a value belongs that the frame on top has accepted. */
static void *
member(const struct frame *f)
{
	return (char *)f->at + f->field->at;
}

/* Values. */

static int
on_null(void *arg)
{
	struct decoder *d = arg;
	struct frame *f = &d->frames[d->depth];

	if (f->kind == KIND_OBJECT && !d->ignored) {
		if (f->field)
			f->present &= ~(1ull << (f->field - f->type->fields));
		return 1;
	}
	accept_value(d, 0);
	return !d->stop;
}

static int
on_bool(void *arg, int v)
{
	struct decoder *d = arg;

	if (accept_value(d, BIT(KIND_BOOL)))
		*(struct oci_bool *)member(&d->frames[d->depth]) = (struct oci_bool){ v, true };
	return !d->stop;
}

/* The size of a number of digits only; false if it has more than 64 bits. */
static bool
read_digits(const char *s, size_t len, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < len; i++)
		if (__builtin_mul_overflow(*v, 10, v) ||
		    __builtin_add_overflow(*v, (uint64_t)(s[i] - '0'), v))
			return false;
	return true;
}

static bool
read_int(const struct field *row, const char *s, size_t len, int64_t *v)
{
	bool negative = *s == '-';
	uint64_t size, most = (uint64_t)INT64_MAX + negative;

	if (!read_digits(s + negative, len - negative, &size) || size > most)
		return false;
	*v = (int64_t)(negative ? -size : size);
	return row->min == row->max || (*v >= row->min && *v <= row->max);
}

static bool
read_uint(const struct field *row, const char *s, size_t len, uint64_t *v)
{
	bool negative = *s == '-';

	if (!read_digits(s + negative, len - negative, v) || (negative && *v))
		return false;
	return !row->umax || *v <= row->umax;
}

static void
set_int(struct decoder *d, const char *s, size_t len)
{
	struct frame *f = &d->frames[d->depth];
	const struct field *row = f->field;
	struct oci_int v = { .set = true };
	bool any = row->min == row->max;

	if (read_int(row, s, len, &v.v))
		*(struct oci_int *)member(f) = v;
	else
		oci_mistake(d, "must be from %jd to %jd", (intmax_t)(any ? INT64_MIN : row->min),
			(intmax_t)(any ? INT64_MAX : row->max));
}

static void
set_uint(struct decoder *d, const char *s, size_t len)
{
	struct frame *f = &d->frames[d->depth];
	struct oci_uint v = { .set = true };

	if (!read_uint(f->field, s, len, &v.v))
		oci_mistake(d, "must be from 0 to %ju",
			(uintmax_t)(f->field->umax ? f->field->umax : UINT64_MAX));
	else if (f->kind == KIND_UINTS)
		add_number(f, v.v);
	else
		*(struct oci_uint *)member(f) = v;
}

static void
set_number(struct decoder *d, const char *s, size_t len)
{
	struct frame *f = &d->frames[d->depth];
	char *copy = xstrndup(s, len);

	if (f->kind == KIND_MAP)
		*(char **)((char *)add_entry(f) + f->type->value) = copy;
	else
		*(char **)member(f) = copy;
}

static int
on_number(void *arg, const char *s, size_t len)
{
	struct decoder *d = arg;
	enum kind kind = accept_value(d, BIT(KIND_INT) | BIT(KIND_UINT) | BIT(KIND_NUMBER));

	if (!kind)
		return !d->stop;
	if (kind == KIND_NUMBER)
		set_number(d, s, len);
	else if (memchr(s, '.', len) || memchr(s, 'e', len) || memchr(s, 'E', len))
		oci_mistake(d, "must be a whole number");
	else if (kind == KIND_INT)
		set_int(d, s, len);
	else
		set_uint(d, s, len);
	return !d->stop;
}

static bool
is_choice(const char *const *choices, const char *s)
{
	for (; *choices; choices++)
		if (streq(*choices, s))
			return true;
	return false;
}

static void
not_a_choice(struct decoder *d, const char *const *choices)
{
	autostr list = { 0 };

	for (; *choices; choices++)
		str_addf(&list, "%s%s", list.len ? ", " : "", *choices);
	oci_mistake(d, "must be one of %s", list.s);
}

/* Whether a string of the text, which is no string of C yet, can become one. */
static bool
check_nul(struct decoder *d, const unsigned char *s, size_t len)
{
	if (!memchr(s, 0, len))
		return true;
	oci_mistake(d, "must not contain \\u0000");
	return false;
}

static bool
check_string(struct decoder *d, const struct field *row, const char *s)
{
	if (row->choices && !is_choice(row->choices, s))
		not_a_choice(d, row->choices);
	else if (row->fits && !row->fits(s))
		oci_mistake(d, "must be %s", row->wants);
	else
		return true;
	return false;
}

/* Not xstrndup(): the length is known. */
static char *
copy_text(const unsigned char *s, size_t len)
{
	char *copy = xrealloc(NULL, len + 1, 1);

	memcpy(copy, s, len);
	copy[len] = 0;
	return copy;
}

static int
on_string(void *arg, const unsigned char *s, size_t len)
{
	struct decoder *d = arg;
	struct frame *f = &d->frames[d->depth];

	if (!accept_value(d, BIT(KIND_STRING)) || !check_nul(d, s, len))
		return !d->stop;

	autofree char *copy = copy_text(s, len);
	if (f->kind == KIND_MAP)
		*(char **)((char *)add_entry(f) + f->type->value) = take(copy);
	else if (!check_string(d, f->field, copy))
		return !d->stop;
	else if (f->kind == KIND_STRINGS)
		add_element(f, take(copy));
	else
		*(char **)member(f) = take(copy);
	return 1;
}

/* Objects and lists. */

static bool
check_depth(struct decoder *d)
{
	if (d->depth + d->ignored < OCI_DEPTH_MAX)
		return true;
	oci_mistake(d, "is nested deeper than %d levels", OCI_DEPTH_MAX);
	d->stop = true;
	return false;
}

static void *
new_object(struct frame *f, const struct type *t)
{
	if (f->kind == KIND_MAP)
		return add_entry(f);
	if (f->kind == KIND_LIST)
		return add_element(f, xcalloc(1, t->size));
	if (f->kind == KIND_OBJECT)
		return *(void **)member(f) = xcalloc(1, t->size);
	return f->at;	/* the root is the caller's */
}

/* A list is never without its NULL, so that it can be freed at any time. */
static void *
new_list(const struct frame *f)
{
	void **slot = member(f);

	*slot = xcalloc(2, sizeof(void *));
	return slot;
}

static int
on_start_map(void *arg)
{
	struct decoder *d = arg;

	if (!check_depth(d))
		return 0;

	enum kind kind = accept_value(d, BIT(KIND_OBJECT) | BIT(KIND_MAP));
	struct frame *f = &d->frames[d->depth];
	const struct type *t = f->kind == KIND_OBJECT && kind ? f->field->of : f->type;

	if (kind == KIND_OBJECT)
		push(d, kind, t, NULL, new_object(f, t));
	else if (kind == KIND_MAP)
		push(d, kind, t, f->field, new_list(f));
	else
		d->ignored++;
	return !d->stop;
}

static const struct field *
find_row(const struct type *t, const unsigned char *name, size_t len)
{
	for (const struct field *row = t->fields; row->name; row++)
		if (row->len == len && memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

static void
known_key(struct decoder *d, struct frame *f)
{
	ptrdiff_t row = f->field - f->type->fields;
	uint64_t bit = 1ull << row;

	assert(row < 64);
	f->key = f->field->name;
	if (f->seen & bit) {
		oci_mistake(d, "is there twice");
		f->field = NULL;
	}
	f->seen |= bit;
	f->present |= bit;
}

static void
forget_key(struct frame *f)
{
	free(take(f->own_key));
	f->key = NULL;
}

static int
on_key(void *arg, const unsigned char *name, size_t len)
{
	struct decoder *d = arg;
	struct frame *f = &d->frames[d->depth];

	if (d->ignored)
		return 1;
	forget_key(f);
	if (f->kind == KIND_OBJECT && (f->field = find_row(f->type, name, len))) {
		known_key(d, f);
		return !d->stop;
	}
	f->key = f->own_key = copy_text(name, len);
	if (f->kind == KIND_OBJECT)
		oci_unknown(d);
	else if (!check_nul(d, name, len))
		forget_key(f);
	return !d->stop;
}

static void
check_missing(struct decoder *d)
{
	const struct frame *f = &d->frames[d->depth];

	for (const struct field *row = f->type->fields; row->name && !d->stop; row++)
		if (row->must && !(f->present & 1ull << (row - f->type->fields)))
			oci_missing(d, row->name);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, for a map may have a million keys.  One remark is enough: its line is searched for. */
static void
check_keys(struct decoder *d)
{
	const struct frame *f = &d->frames[d->depth];
	autofree char **keys = xcalloc(f->n, sizeof(*keys));
	void **list = *(void ***)f->at;

	for (size_t i = 0; i < f->n; i++)
		keys[i] = *(char **)((char *)list[i] + f->type->key);
	qsort(keys, f->n, sizeof(*keys), by_text);
	for (size_t i = 1; i < f->n; i++) {
		if (streq(keys[i - 1], keys[i])) {
			oci_twice(d, keys[i]);
			return;
		}
	}
}

static int
on_end_map(void *arg)
{
	struct decoder *d = arg;

	if (d->ignored) {
		d->ignored--;
		return 1;
	}
	if (d->frames[d->depth].kind == KIND_OBJECT)
		check_missing(d);
	else
		check_keys(d);
	pop(d);
	return !d->stop;
}

static int
on_start_array(void *arg)
{
	struct decoder *d = arg;

	if (!check_depth(d))
		return 0;

	enum kind kind = accept_value(d, BIT(KIND_LIST) | BIT(KIND_STRINGS) | BIT(KIND_UINTS));
	const struct frame *f = &d->frames[d->depth];

	if (kind == KIND_UINTS) {
		struct oci_uints *list = member(f);

		list->set = true;
		push(d, kind, NULL, f->field, list);
	} else if (kind) {
		push(d, kind, f->field->of, f->field, new_list(f));
	} else {
		d->ignored++;
	}
	return !d->stop;
}

static int
on_end_array(void *arg)
{
	struct decoder *d = arg;

	if (d->ignored) {
		d->ignored--;
		return 1;
	}

	const struct frame *f = &d->frames[d->depth];
	bool too_few = f->kind == KIND_STRINGS && f->index < (size_t)f->field->min;
	pop(d);
	if (too_few)
		oci_mistake(d, "must not be empty");
	return !d->stop;
}

/* The whole text. */

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,	/* as text: numbers of 64 bits lose nothing */
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end_map,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end_array,
};

static void *
yajl_gets(void *ctx, size_t size)
{
	(void)ctx;
	return xrealloc(NULL, size, 1);
}

static void *
yajl_resizes(void *ctx, void *p, size_t size)
{
	(void)ctx;
	return xrealloc(p, size, 1);
}

static void
yajl_frees(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

/* yajl itself does not look whether it got memory. */
static yajl_alloc_funcs memory = { yajl_gets, yajl_resizes, yajl_frees, NULL };

/* Text in which yajl sees no JSON; it stands at or behind what it cannot use. */
static void
no_json(struct decoder *d)
{
	size_t at = oci_here(d), column = 0;

	while (column < at && d->source->text[at - column - 1] != '\n')
		column++;
	oci_mistake(d, "is not JSON near column %zu", column ? column : 1);
}

static void
parse(struct decoder *d)
{
	const unsigned char *text = (const unsigned char *)d->source->text;
	const char *why;

	d->len = oci_text_check(d->source->text, d->source->len, &why);
	yajl_status status = yajl_parse(d->parser, text, d->len);
	if (status == yajl_status_error)
		no_json(d);
	if (status != yajl_status_ok)
		return;
	d->at_end = true;
	if (d->len < d->source->len)
		oci_mistake(d, "%s", why);
	else if (yajl_complete_parse(d->parser) == yajl_status_error)
		oci_mistake(d, "ends too early");
}

static int
decode(struct decoder *d, const struct frame *root)
{
	d->line = 1;
	d->frames[0] = *root;
	d->parser = yajl_alloc(&callbacks, &memory, d);
	/* oci_text_check() is stricter. */
	yajl_config(d->parser, yajl_dont_validate_strings, 1);
	parse(d);
	while (d->depth)
		pop(d);
	yajl_free(d->parser);
	return d->mistakes;
}

int
oci_decode(const struct type *t, const struct oci_source *source, void *out)
{
	struct decoder d = { .source = source };

	if (source->len > OCI_DOCUMENT_MAX)
		return fail(EFBIG, "%s", source->name);
	if (decode(&d, &(struct frame){ .type = t, .at = out }) == 0)
		return 0;
	oci_done(t, out);
	return -EINVAL;
}

/* As if it were the value of the only property of an object, whose key was just read. */
int
oci_decode_list(const struct type *t, const struct oci_source *source, void ***list)
{
	const struct field rows[] = { { .name = "", .kind = KIND_LIST, .of = t }, { 0 } };
	const struct type whole = { .size = sizeof(*list), .fields = rows };
	const struct frame root = {
		.kind = KIND_OBJECT, .type = &whole, .field = rows, .at = list,
	};
	struct decoder d = { .source = source };

	*list = NULL;
	if (source->len > OCI_DOCUMENT_MAX)
		return fail(EFBIG, "%s", source->name);
	if (decode(&d, &root) == 0 && !*list)	/* null, which elsewhere is nothing at all */
		return fail(0, "%s:1: .: must be a list", source->name);
	if (d.mistakes == 0)
		return 0;
	oci_free_list(t, take(*list));
	return -EINVAL;
}

void
oci_free_list(const struct type *t, void **list)
{
	for (void **at = list; at && *at; at++)
		oci_free(t, *at);
	free(list);
}

int
oci_decode_all(const struct type *t, const struct oci_source *source, void *out,
	       void (*tell)(void *arg, const struct oci_remark *), void *arg)
{
	struct decoder d = { .source = source, .tell = tell, .arg = arg };

	if (source->len > OCI_DOCUMENT_MAX) {
		tell(arg, &(struct oci_remark){ .line = 1, .path = ".", .reason = "is too large" });
		return 1;
	}
	return decode(&d, &(struct frame){ .type = t, .at = out });
}
