#include "servin/template-functions.h"

#include "base/err.h"
#include "base/strv.h"
#include "base/table.h"

#include <ctype.h>

/* A text that lives as long as the template is worked on. */
static struct value
keep(struct function_call *c, struct str *text)
{
	char *s = str_take(text);

	strv_push(c->kept, s);
	return value_text(s);
}

static const char *
text_of(struct function_call *c, size_t i)
{
	struct str s = { 0 };

	value_print(&c->arg[i], &s);
	return keep(c, &s).here.s;
}

static int
call_json(struct function_call *c, struct value *result)
{
	struct str s = { 0 };

	value_json(&c->arg[0], &s);
	*result = keep(c, &s);
	return 0;
}

/* join LIST SEPARATOR */
static int
call_join(struct function_call *c, struct value *result)
{
	const char *separator = text_of(c, 1), *key;
	struct str s = { 0 };
	struct value e;

	if (c->arg[0].kind == KIND_STRING || value_length(&c->arg[0]) < 0)
		return fail(0, "join: the first argument is no list");
	for (size_t i = 0; value_element(&c->arg[0], i, &e, &key); i++) {
		str_add(&s, i ? separator : "");
		value_print(&e, &s);
	}
	*result = keep(c, &s);
	return 0;
}

/* split TEXT SEPARATOR */
static int
call_split(struct function_call *c, struct value *result)
{
	const char *text = text_of(c, 0), *separator = text_of(c, 1);
	size_t n = 0, len = strlen(separator);
	char **list = xcalloc(strlen(text) + 2, sizeof(*list));

	for (;;) {
		const char *end = len ? strstr(text, separator) : NULL;

		list[n] = end ? xstrndup(text, (size_t)(end - text)) : xstrdup(text);
		strv_push(c->kept, list[n++]);
		if (!end)
			break;
		text = end + len;
	}
	strv_push(c->kept, (char *)list);	/* the array itself is freed with the strings */
	*result = (struct value){ .kind = KIND_STRINGS, .here.p = list };
	return 0;
}

static int
index_once(const struct value *v, const struct value *by, struct value *result)
{
	autostr key = { 0 };
	const char *name;
	int64_t i;

	if (v->kind == KIND_MAP || v->kind == KIND_OBJECT) {
		value_print(by, &key);
		if (!value_member(v, key.s ? key.s : "", result))
			return fail(0, "index: no such property: %s", key.s ? key.s : "\"\"");
		return 0;
	}
	if (!value_number(by, &i))
		return fail(0, "index: a list has numbers, not names");
	if (i < 0 || !value_element(v, (size_t)i, result, &name))
		return fail(0, "index: there is no element %lld", (long long)i);
	return 0;
}

/* index VALUE KEY... */
static int
call_index(struct function_call *c, struct value *result)
{
	int r = 0;

	*result = c->arg[0];
	for (size_t i = 1; i < c->n && r == 0; i++) {
		struct value of = *result;

		r = index_once(&of, &c->arg[i], result);
	}
	return r;
}

static int
call_len(struct function_call *c, struct value *result)
{
	int64_t n = value_length(&c->arg[0]);

	if (n < 0)
		return fail(0, "len: neither a text nor a list");
	*result = value_int(n);
	return 0;
}

static int
change_case(struct function_call *c, struct value *result, int (*first)(int), int (*rest)(int))
{
	const char *text = text_of(c, 0);
	struct str s = { 0 };

	for (bool start = true; *text; text++) {
		int (*change)(int) = start ? first : rest;

		str_addc(&s, change ? (char)change((unsigned char)*text) : *text);
		start = *text == ' ';
	}
	*result = keep(c, &s);
	return 0;
}

static int
call_lower(struct function_call *c, struct value *result)
{
	return change_case(c, result, tolower, tolower);
}

static int
call_upper(struct function_call *c, struct value *result)
{
	return change_case(c, result, toupper, toupper);
}

static int
call_title(struct function_call *c, struct value *result)
{
	return change_case(c, result, toupper, NULL);
}

/* truncate TEXT N */
static int
call_truncate(struct function_call *c, struct value *result)
{
	const char *text = text_of(c, 0);
	struct str s = { 0 };
	int64_t n;

	if (!value_number(&c->arg[1], &n) || n < 0)
		return fail(0, "truncate: the second argument is no length");
	str_addn(&s, text, strnlen(text, (size_t)n));
	*result = keep(c, &s);
	return 0;
}

/* slice TEXT FROM [TO] */
static int
call_slice(struct function_call *c, struct value *result)
{
	const char *text = text_of(c, 0);
	int64_t from, to = (int64_t)strlen(text);
	struct str s = { 0 };

	if (!value_number(&c->arg[1], &from) || (c->n > 2 && !value_number(&c->arg[2], &to)) ||
	    from < 0 || from > to || to > (int64_t)strlen(text))
		return fail(0, "slice: there is no such part of \"%s\"", text);
	str_addn(&s, text + from, (size_t)(to - from));
	*result = keep(c, &s);
	return 0;
}

static int
call_print(struct function_call *c, struct value *result)
{
	struct str s = { 0 };

	for (size_t i = 0; i < c->n; i++)
		value_print(&c->arg[i], &s);
	*result = keep(c, &s);
	return 0;
}

static int
call_println(struct function_call *c, struct value *result)
{
	struct str s = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		str_add(&s, i ? " " : "");
		value_print(&c->arg[i], &s);
	}
	str_addc(&s, '\n');
	*result = keep(c, &s);
	return 0;
}

/* One %-12s: its width, and what is printed by it. */
static int
print_verb(const char **at, const struct value *v, struct str *out)
{
	bool left = **at == '-';
	size_t width = 0, n;
	autostr text = { 0 };

	*at += left;
	for (; isdigit((unsigned char)**at) && width < 1000; ++*at)
		width = 10 * width + (size_t)(**at - '0');
	if (!**at || !strchr("sdvqt", **at))
		return fail(0, "printf: only %%s, %%d, %%v, %%q, %%t and %%%% are known");
	if (*(*at)++ == 'q') {
		autostr plain = { 0 };

		value_print(v, &plain);
		str_add_json(&text, plain.s ? plain.s : "");
	} else {
		value_print(v, &text);
	}
	n = text_width(text.s ? text.s : "");
	for (size_t i = n; i < width && !left; i++)
		str_addc(out, ' ');
	str_add(out, text.s ? text.s : "");
	for (size_t i = n; i < width && left; i++)
		str_addc(out, ' ');
	return 0;
}

static int
call_printf(struct function_call *c, struct value *result)
{
	const char *at = text_of(c, 0);
	struct str s = { 0 };
	size_t arg = 1;
	int r = 0;

	while (*at && r == 0) {
		if (*at != '%' || at[1] == '%') {
			str_addc(&s, *at);
			at += *at == '%' ? 2 : 1;
			continue;
		}
		at++;
		r = arg < c->n ? print_verb(&at, &c->arg[arg++], &s) :
				 fail(0, "printf: too few arguments");
	}
	*result = keep(c, &s);
	return r;
}

/* Less than 0, 0, or more, as the first is less than the second. */
static int
compare(struct function_call *c, size_t i)
{
	int64_t a, b;

	if (value_number(&c->arg[0], &a) && value_number(&c->arg[i], &b))
		return a < b ? -1 : a > b;
	return strcmp(text_of(c, 0), text_of(c, i));
}

static int
call_eq(struct function_call *c, struct value *result)
{
	bool equal = false;

	for (size_t i = 1; i < c->n && !equal; i++)
		equal = compare(c, i) == 0;
	*result = value_bool(equal);
	return 0;
}

#define COMPARISON(name, test) \
	static int call_##name(struct function_call *c, struct value *result) \
	{ \
		*result = value_bool(compare(c, 1) test 0); \
		return 0; \
	}

COMPARISON(ne, !=)
COMPARISON(lt, <)
COMPARISON(le, <=)
COMPARISON(gt, >)
COMPARISON(ge, >=)

/* The first that is as wanted, or the last. */
static int
first_that(struct function_call *c, bool wanted, struct value *result)
{
	for (size_t i = 0; i < c->n; i++) {
		*result = c->arg[i];
		if (value_truth(result) == wanted)
			break;
	}
	return 0;
}

static int
call_and(struct function_call *c, struct value *result)
{
	return first_that(c, false, result);
}

static int
call_or(struct function_call *c, struct value *result)
{
	return first_that(c, true, result);
}

static int
call_not(struct function_call *c, struct value *result)
{
	*result = value_bool(!value_truth(&c->arg[0]));
	return 0;
}

static const struct function functions[] = {
	{ "and", 1, TEMPLATE_ARGS, call_and },
	{ "eq", 2, TEMPLATE_ARGS, call_eq },
	{ "ge", 2, 2, call_ge },
	{ "gt", 2, 2, call_gt },
	{ "index", 1, TEMPLATE_ARGS, call_index },
	{ "join", 2, 2, call_join },
	{ "json", 1, 1, call_json },
	{ "le", 2, 2, call_le },
	{ "len", 1, 1, call_len },
	{ "lower", 1, 1, call_lower },
	{ "lt", 2, 2, call_lt },
	{ "ne", 2, 2, call_ne },
	{ "not", 1, 1, call_not },
	{ "or", 1, TEMPLATE_ARGS, call_or },
	{ "print", 0, TEMPLATE_ARGS, call_print },
	{ "printf", 1, TEMPLATE_ARGS, call_printf },
	{ "println", 0, TEMPLATE_ARGS, call_println },
	{ "slice", 2, 3, call_slice },
	{ "split", 2, 2, call_split },
	{ "title", 1, 1, call_title },
	{ "truncate", 2, 2, call_truncate },
	{ "upper", 1, 1, call_upper },
};

const struct function *
function_find(const char *name)
{
	for (size_t i = 0; i < countof(functions); i++)
		if (streq(functions[i].name, name))
			return &functions[i];
	return NULL;
}

void
function_add_names(struct str *out)
{
	for (size_t i = 0; i < countof(functions); i++)
		str_addf(out, "%s%s", i ? ", " : "", functions[i].name);
}
