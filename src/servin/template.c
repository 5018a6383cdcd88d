/*
 * A template is carried out as it is read: a block that is not wanted, such as
 * that of an if, is read without effect, and that of a range once for each element.
 */
#include "servin/template.h"

#include "servin/template-run.h"

#include "base/err.h"
#include "base/strv.h"

#include <stdio.h>

enum { OUTPUT_MAX = 64 << 20 };

/* What a block ended with; an error is less than 0. */
enum block_end { END_OF_TEXT, END_ELSE, END_END };

static int block(struct run *run, bool live);

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
	r = run_next(run);
	if (r == 0 && run_is_word(run, "if")) {	/* its end is ours */
		struct value v;

		r = run_next(run);
		run->live = live && !wanted;
		r = r < 0 ? r : run_pipeline(run, &v);
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
	int r = run_next(run);

	r = r < 0 ? r : run_pipeline(run, &v);
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
	int r;

	names->n = 0;
	for (r = run_next(run); r == 0 && run->token.kind == TOKEN_VARIABLE; r = run_next(run)) {
		snprintf(names->name[names->n++], sizeof(names->name[0]), "%.31s",
			 run->token.text);
		if (run_next(run) < 0)
			break;
		if (run->token.kind == TOKEN_ASSIGN)
			return run_next(run);
		if (!run_is_sign(run, ',') || names->n == 2)
			break;
	}
	names->n = 0;
	run->at = start;
	return run_next(run);
}

static int
set_names(struct run *run, const struct names *names, size_t i, const char *key)
{
	struct value index = key ? value_text(key) : value_int((int64_t)i);
	int r = names->n > 1 ? run_set_variable(run, names->name[0], &index) : 0;

	return r < 0 || !names->n ? r : run_set_variable(run, names->name[names->n - 1], &run->dot);
}

/* The block of a range once more without effect, and what stands there for no elements. */
static int
rest_of_range(struct run *run, bool any)
{
	int r = block(run, false);

	if (r != END_ELSE)
		return r;
	r = run_next(run);
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

	r = r < 0 ? r : run_pipeline(run, &v);
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
	int r = run_next(run);
	if (r < 0)
		return r;
	if (run->token.kind != TOKEN_ASSIGN) {
		run->token = first;
		run->at = first.end;
		return 0;
	}
	snprintf(name, 32, "%.31s", first.text);
	*sign = run->token.sign;
	return run_next(run);
}

static int
assign(struct run *run, const char *name, char sign, const struct value *v)
{
	struct variable *old = run_find_variable(run, name);

	if (sign != '=')
		return run_set_variable(run, name, v);
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

	r = r < 0 ? r : run_pipeline(run, &v);
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
	int r = run_next(run);
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
	r = run_next(run);
	if (r < 0)
		return r;
	if (run_is_word(run, "end")) {
		r = run_next(run);
		r = r < 0 ? r : close_action(run);
		return r < 0 ? r : END_END;
	}
	if (run_is_word(run, "else"))
		return END_ELSE;
	if (run_is_word(run, "if") || run_is_word(run, "with"))
		r = if_action(run, run_is_word(run, "with"));
	else if (run_is_word(run, "range"))
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
	int r = ++run->depth > TEMPLATE_DEPTH ? fail(0, "too deep") : GO_ON;

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
