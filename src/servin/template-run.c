/* Values in the actions of a template. */
#include "servin/template-run.h"

#include "servin/template-functions.h"

#include "base/err.h"
#include "base/strv.h"

#include <stdio.h>

int
run_next(struct run *run)
{
	int r = token_read(run->at, &run->token);

	if (r == 0)
		run->at = run->token.end;
	return r;
}

bool
run_is_sign(const struct run *run, char sign)
{
	return run->token.kind == TOKEN_SIGN && run->token.sign == sign;
}

bool
run_is_word(const struct run *run, const char *word)
{
	return run->token.kind == TOKEN_WORD && streq(run->token.text, word);
}

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
		r = r < 0 ? r : run_next(run);
	}
	return r;
}

struct variable *
run_find_variable(struct run *run, const char *name)
{
	for (size_t i = run->n_variables; i > 0; i--)
		if (streq(run->variables[i - 1].name, name))
			return &run->variables[i - 1];
	return NULL;
}

int
run_set_variable(struct run *run, const char *name, const struct value *v)
{
	struct variable *to = &run->variables[run->n_variables];

	if (run->n_variables == TEMPLATE_VARIABLES)
		return fail(0, "more than %d variables", TEMPLATE_VARIABLES);
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
	const struct variable *var = run_find_variable(run, run->token.text);

	*v = var ? var->value : run->root;
	if (!var && run->live && *run->token.text)
		return fail(0, "$%s: no such variable", run->token.text);
	int r = run_next(run);
	return r < 0 ? r : members(run, v);
}

static int
parenthesized(struct run *run, struct value *v)
{
	int r = ++run->depth > TEMPLATE_DEPTH ? fail(0, "too deep") : run_next(run);

	r = r < 0 ? r : run_pipeline(run, v);
	run->depth--;
	if (r < 0)
		return r;
	if (!run_is_sign(run, ')'))
		return fail(0, "a \"(\" has no \")\"");
	r = run_next(run);
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
	return run_next(run);
}

static int
word_operand(struct run *run, struct value *v)
{
	if (run_is_word(run, "true") || run_is_word(run, "false"))
		*v = value_bool(run_is_word(run, "true"));
	else if (run_is_word(run, "nil"))
		*v = (struct value){ .kind = KIND_END };
	else
		return fail(0, "%s: stands where a value should", run->token.text);
	return run_next(run);
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
		return run_next(run);
	case TOKEN_NUMBER:
		*v = value_int(run->token.number);
		return run_next(run);
	case TOKEN_WORD:
		return word_operand(run, v);
	default:
		if (run_is_sign(run, '('))
			return parenthesized(run, v);
		return fail(0, "a value is missing");
	}
}

static bool
command_goes_on(const struct run *run)
{
	return run->token.kind != TOKEN_CLOSE && !run_is_sign(run, '|') && !run_is_sign(run, ')');
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
	int r = run_next(run);
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
	int r = run_next(run);

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
	bool constant = run_is_word(run, "true") || run_is_word(run, "false") ||
			run_is_word(run, "nil");
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

int
run_pipeline(struct run *run, struct value *v)
{
	int r = one_command(run, NULL, v);

	while (r == 0 && run_is_sign(run, '|')) {
		struct value last = *v;

		r = run_next(run);
		r = r < 0 ? r : one_command(run, &last, v);
	}
	return r;
}
