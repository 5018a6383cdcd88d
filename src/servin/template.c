/*
 * A template is carried out as it is read: a block that is not wanted, such as
 * that of an if, is read without effect, and that of a range once for each element.
 */
#include "servin/template.h"

#include "servin/template-functions.h"
#include "servin/template-lexer.h"

#include "base/err.h"
#include "base/strv.h"

#include <stdio.h>

enum { DEPTH_MAX = 32, VARIABLES_MAX = 32, OUTPUT_MAX = 64 << 20 };

struct variable {
	char name[32];
	struct value value;
};

struct run {
	const char *at;			/* where we are in the text */
	const struct template_data *data;
	struct value root, dot;
	struct variable variables[VARIABLES_MAX];
	size_t n_variables;
	struct str *out;
	char **kept;
	struct token token;		/* the next word of the action */
	int depth;
	bool live;			/* else it is only read */
};

/* What a block ended with; an error is less than 0. */
enum block_end { END_OF_TEXT, END_ELSE, END_END };

static int pipeline(struct run *run, struct value *v);
static int block(struct run *run, bool live);

static int
next(struct run *run)
{
	int r = token_read(run->at, &run->token);

	if (r == 0)
		run->at = run->token.end;
	return r;
}

static bool
is_sign(const struct run *run, char sign)
{
	return run->token.kind == TOKEN_SIGN && run->token.sign == sign;
}

static bool
is_word(const struct run *run, const char *word)
{
	return run->token.kind == TOKEN_WORD && streq(run->token.text, word);
}

/* --- expressions ----------------------------------------------------------------- */

static int
no_member(const struct value *v, const char *name)
{
	autostr names = { 0 };

	value_add_names(v, &names);
	if (names.s)
		return fail(0, ".%s: no such property; there are %s", name, names.s);
	return fail(0, ".%s: what stands before it has no properties", name);
}

static int
member(struct run *run, struct value *v, const char *name)
{
	struct value of = *v;
	struct str title = { 0 };

	if (!run->live || of.is_title || of.kind == KIND_END)
		return 0;
	if (!value_member(&of, name, v))
		return no_member(&of, name);
	if (run->data->title && of.kind == KIND_OBJECT) {
		run->data->title(run->data->arg, name, &title);
		strv_push(&run->kept, str_take(&title));
		*v = value_text(run->kept[strv_len(run->kept) - 1]);
		v->is_title = true;
	}
	return 0;
}

/* .Name.Name behind what v is. */
static int
members(struct run *run, struct value *v)
{
	int r = 0;

	while (r == 0 && run->token.kind == TOKEN_FIELD && !run->token.blank_before) {
		r = member(run, v, run->token.text);
		r = r < 0 ? r : next(run);
	}
	return r;
}

static struct variable *
find_variable(struct run *run, const char *name)
{
	for (size_t i = run->n_variables; i > 0; i--)
		if (streq(run->variables[i - 1].name, name))
			return &run->variables[i - 1];
	return NULL;
}

static int
set_variable(struct run *run, const char *name, const struct value *v)
{
	struct variable *to = &run->variables[run->n_variables];

	if (run->n_variables == VARIABLES_MAX)
		return fail(0, "more than %d variables", VARIABLES_MAX);
	if (strlen(name) >= sizeof(to->name))
		return fail(0, "$%s: too long a name", name);
	snprintf(to->name, sizeof(to->name), "%s", name);
	to->value = *v;
	run->n_variables++;
	return 0;
}

static int
variable_operand(struct run *run, struct value *v)
{
	const struct variable *var = find_variable(run, run->token.text);

	*v = var ? var->value : run->root;
	if (!var && run->live && *run->token.text)
		return fail(0, "$%s: no such variable", run->token.text);
	int r = next(run);
	return r < 0 ? r : members(run, v);
}

static int
parenthesized(struct run *run, struct value *v)
{
	int r = ++run->depth > DEPTH_MAX ? fail(0, "too deep") : next(run);

	r = r < 0 ? r : pipeline(run, v);
	run->depth--;
	if (r < 0)
		return r;
	if (!is_sign(run, ')'))
		return fail(0, "a \"(\" has no \")\"");
	r = next(run);
	return r < 0 ? r : members(run, v);
}

static int
field_operand(struct run *run, struct value *v)
{
	*v = run->dot;
	if (*run->token.text) {
		run->token.blank_before = false;
		return members(run, v);
	}
	return next(run);
}

static int
word_operand(struct run *run, struct value *v)
{
	if (is_word(run, "true") || is_word(run, "false"))
		*v = value_bool(is_word(run, "true"));
	else if (is_word(run, "nil"))
		*v = (struct value){ .kind = KIND_END };
	else
		return fail(0, "%s: stands where a value should", run->token.text);
	return next(run);
}

static int
operand(struct run *run, struct value *v)
{
	char *text;

	switch (run->token.kind) {
	case TOKEN_FIELD:
		return field_operand(run, v);
	case TOKEN_VARIABLE:
		return variable_operand(run, v);
	case TOKEN_STRING:
		text = xstrdup(run->token.text);
		strv_push(&run->kept, text);
		*v = value_text(text);
		return next(run);
	case TOKEN_NUMBER:
		*v = value_int(run->token.number);
		return next(run);
	case TOKEN_WORD:
		return word_operand(run, v);
	default:
		if (is_sign(run, '('))
			return parenthesized(run, v);
		return fail(0, "a value is missing");
	}
}

static bool
command_goes_on(const struct run *run)
{
	return run->token.kind != TOKEN_CLOSE && !is_sign(run, '|') && !is_sign(run, ')');
}

static int
arguments(struct run *run, struct function_call *call)
{
	int r = 0;

	while (r == 0 && command_goes_on(run)) {
		if (call->n == TEMPLATE_ARGS)
			return fail(0, "more than %d arguments", TEMPLATE_ARGS);
		r = operand(run, &call->arg[call->n++]);
	}
	return r;
}

/* Titles go through functions as they are. */
static bool
takes_title(const struct function_call *call, struct value *v)
{
	for (size_t i = 0; i < call->n; i++) {
		if (call->arg[i].is_title) {
			*v = call->arg[i];
			return true;
		}
	}
	return false;
}

/* The name of a function, and its arguments; last is what a pipe brings, or NULL. */
static int
function_command(struct run *run, const struct value *last, struct value *v)
{
	const struct function *f = function_find(run->token.text);
	struct function_call call = { .kept = &run->kept };
	autostr names = { 0 };

	if (!f) {
		function_add_names(&names);
		return fail(0, "%s: no such function; there are %s", run->token.text, names.s);
	}
	int r = next(run);
	r = r < 0 ? r : arguments(run, &call);
	if (r < 0)
		return r;
	if (last && call.n < TEMPLATE_ARGS)
		call.arg[call.n++] = *last;
	if (call.n < f->min || call.n > f->max)
		return fail(0, "%s: %zu arguments", f->name, call.n);
	*v = value_text("");
	return !run->live || takes_title(&call, v) ? 0 : f->call(&call, v);
}

/* .Label "KEY", docker's way to say index .Labels "KEY". */
static int
label_command(struct run *run, struct value *v)
{
	struct value key;
	int r = next(run);

	r = r < 0 ? r : operand(run, &key);
	if (r < 0 || !run->live)
		return r;
	if (run->data->title) {
		*v = key;
		v->is_title = true;
		return 0;
	}
	*v = value_text("");
	for (struct oci_pair *const *l = run->data->labels; l && *l; l++)
		if (key.kind == KIND_STRING && streq((*l)->key, key.here.s))
			*v = value_text((*l)->value);
	return 0;
}

static int
one_command(struct run *run, const struct value *last, struct value *v)
{
	bool constant = is_word(run, "true") || is_word(run, "false") || is_word(run, "nil");
	int r;

	if (run->token.kind == TOKEN_WORD && !constant)
		return function_command(run, last, v);
	if (run->token.kind == TOKEN_FIELD && streq(run->token.text, "Label"))
		return label_command(run, v);
	r = operand(run, v);
	if (r == 0 && (last || command_goes_on(run)))
		return fail(0, "a value is no function, and takes no arguments");
	return r;
}

/* Reads up to what ends it, which is in run->token then. */
static int
pipeline(struct run *run, struct value *v)
{
	int r = one_command(run, NULL, v);

	while (r == 0 && is_sign(run, '|')) {
		struct value last = *v;

		r = next(run);
		r = r < 0 ? r : one_command(run, &last, v);
	}
	return r;
}

/* --- actions --------------------------------------------------------------------- */

/* At }}: blanks behind it go if a "-" stands there. */
static int
close_action(struct run *run)
{
	if (run->token.kind != TOKEN_CLOSE)
		return fail(0, "}} is missing");
	if (run->token.sign == '-')
		run->at += strspn(run->at, " \t\n\r");
	return 0;
}

/* A block, and what stands for it otherwise, up to the end. */
static int
branches(struct run *run, bool wanted, const struct value *dot)
{
	struct value outer = run->dot;
	bool live = run->live;
	size_t n = run->n_variables;
	int r;

	if (dot && wanted)
		run->dot = *dot;
	r = block(run, live && wanted);
	run->dot = outer;
	run->n_variables = n;
	if (r != END_ELSE)
		return r;
	r = next(run);
	if (r == 0 && is_word(run, "if")) {	/* its end is ours */
		struct value v;

		r = next(run);
		run->live = live && !wanted;
		r = r < 0 ? r : pipeline(run, &v);
		r = r < 0 ? r : close_action(run);
		r = r < 0 ? r : branches(run, run->live && value_truth(&v), NULL);
		run->live = live;
		return r;
	}
	r = r < 0 ? r : close_action(run);
	return r < 0 ? r : block(run, live && !wanted);
}

static int
expect_end(int r, const char *of)
{
	return r < 0 || r == END_END ? (r < 0 ? r : 0) : fail(0, "%s: has no end", of);
}

static int
if_action(struct run *run, bool with)
{
	const char *word = with ? "with" : "if";
	struct value v;
	int r = next(run);

	r = r < 0 ? r : pipeline(run, &v);
	r = r < 0 ? r : close_action(run);
	return r < 0 ? r : expect_end(branches(run, run->live && value_truth(&v),
					       with ? &v : NULL), word);
}

/* $i, $v := or $v := in front of what is ranged over. */
struct names { size_t n; char name[2][32]; };

static int
range_names(struct run *run, struct names *names)
{
	const char *start = run->at;

	names->n = 0;
	for (int r = next(run); r == 0 && run->token.kind == TOKEN_VARIABLE; r = next(run)) {
		snprintf(names->name[names->n++], sizeof(names->name[0]), "%.31s",
			 run->token.text);
		if (next(run) < 0)
			break;
		if (run->token.kind == TOKEN_ASSIGN)
			return next(run);
		if (!is_sign(run, ',') || names->n == 2)
			break;
	}
	names->n = 0;
	run->at = start;
	return next(run);
}

static int
set_names(struct run *run, const struct names *names, size_t i, const char *key)
{
	struct value index = key ? value_text(key) : value_int((int64_t)i);
	int r = names->n > 1 ? set_variable(run, names->name[0], &index) : 0;

	return r < 0 || !names->n ? r : set_variable(run, names->name[names->n - 1], &run->dot);
}

/* The block of a range once more without effect, and what stands there for no elements. */
static int
rest_of_range(struct run *run, bool any)
{
	int r = block(run, false);

	if (r != END_ELSE)
		return r;
	r = next(run);
	r = r < 0 ? r : close_action(run);
	return r < 0 ? r : block(run, run->live && !any);
}

static int
range_action(struct run *run)
{
	struct value v, e, outer = run->dot;
	struct names names;
	size_t n = run->n_variables, i = 0;
	const char *key, *body;
	int r = range_names(run, &names);

	r = r < 0 ? r : pipeline(run, &v);
	r = r < 0 ? r : close_action(run);
	body = run->at;
	for (; r >= 0 && run->live && value_element(&v, i, &e, &key); i++) {
		run->at = body;
		run->dot = e;
		r = set_names(run, &names, i, key);
		r = r < 0 ? r : block(run, true);
		run->n_variables = n;
	}
	run->dot = outer;
	if (r < 0)
		return r;
	run->at = body;
	return expect_end(rest_of_range(run, i > 0), "range");
}

/* $name := or $name = in front of a value; name is "" without it. */
static int
assignment(struct run *run, char name[32], char *sign)
{
	const struct token first = run->token;

	name[0] = 0;
	if (first.kind != TOKEN_VARIABLE)
		return 0;
	int r = next(run);
	if (r < 0)
		return r;
	if (run->token.kind != TOKEN_ASSIGN) {
		run->token = first;
		run->at = first.end;
		return 0;
	}
	snprintf(name, 32, "%.31s", first.text);
	*sign = run->token.sign;
	return next(run);
}

static int
assign(struct run *run, const char *name, char sign, const struct value *v)
{
	struct variable *old = find_variable(run, name);

	if (sign != '=')
		return set_variable(run, name, v);
	if (!old)
		return fail(0, "$%s: no such variable", name);
	old->value = *v;
	return 0;
}

static int
assign_or_print(struct run *run)
{
	char name[32], sign = 0;
	struct value v;
	int r = assignment(run, name, &sign);

	r = r < 0 ? r : pipeline(run, &v);
	r = r < 0 ? r : close_action(run);
	if (r < 0 || !run->live)
		return r;
	if (*name)
		return assign(run, name, sign, &v);
	value_print(&v, run->out);
	return run->out->len > OUTPUT_MAX ? fail(0, "the result is too large") : 0;
}

static int
skip_comment(struct run *run)
{
	const char *end = strstr(run->at, "*/");

	if (!end)
		return fail(0, "a comment has no end");
	run->at = end + 2;
	int r = next(run);
	return r < 0 ? r : close_action(run);
}

enum { GO_ON = END_END + 1 };

/* Returns GO_ON, or what the block ends with. */
static int
action(struct run *run)
{
	int r;

	if (str_after(run->at, "/*")) {
		r = skip_comment(run);
		return r < 0 ? r : GO_ON;
	}
	r = next(run);
	if (r < 0)
		return r;
	if (is_word(run, "end")) {
		r = next(run);
		r = r < 0 ? r : close_action(run);
		return r < 0 ? r : END_END;
	}
	if (is_word(run, "else"))
		return END_ELSE;
	if (is_word(run, "if") || is_word(run, "with"))
		r = if_action(run, is_word(run, "with"));
	else if (is_word(run, "range"))
		r = range_action(run);
	else
		r = assign_or_print(run);
	return r < 0 ? r : GO_ON;
}

/* Text up to the next action; blanks at its end go if that begins with {{-. */
static bool
text(struct run *run)
{
	const char *end = strstr(run->at, "{{");
	size_t n = end ? (size_t)(end - run->at) : strlen(run->at);
	bool trim = end && end[2] == '-' && strchr(" \t\n\r", end[3]) && end[3];

	for (size_t m = n; trim && m && strchr(" \t\n\r", run->at[m - 1]); m--)
		n = m - 1;
	if (run->live)
		str_addn(run->out, run->at, n);
	run->at = end ? end + 2 + (trim ? 2 : 0) : run->at + strlen(run->at);
	return end;
}

static int
block(struct run *run, bool live)
{
	bool outer = run->live;
	int r = ++run->depth > DEPTH_MAX ? fail(0, "too deep") : GO_ON;

	run->live = live;
	while (r == GO_ON)
		r = text(run) ? action(run) : END_OF_TEXT;
	run->live = outer;
	run->depth--;
	return r;
}

int
template_run(const char *text, const struct template_data *data, struct str *out)
{
	struct value root = value_object(data->type, data->obj);
	struct run run = { .at = text, .data = data, .root = root, .dot = root, .out = out };
	int r;

	str_addn(out, "", 0);
	r = block(&run, true);
	if (r == END_ELSE || r == END_END)
		r = fail(0, "%s: there is nothing that it ends", r == END_ELSE ? "else" : "end");
	strv_free(run.kept);
	return wrap(r, "template");
}

char *
template_unescape(const char *text)
{
	struct str s = { 0 };

	for (; *text; text++) {
		bool known = *text == '\\' && (text[1] == 't' || text[1] == 'n');

		str_addc(&s, !known ? *text : text[1] == 't' ? '\t' : '\n');
		text += known;
	}
	return str_take(&s);
}
