#include "servin/output.h"

#include "servin/template.h"
#include "servin/value.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/table.h"
#include "libocispec/document.h"

#include <ctype.h>
#include <sys/ioctl.h>

int
print(const char *text)
{
	return fd_write_all(STDOUT_FILENO, "standard output", text, strlen(text));
}

int
print_line(const char *text)
{
	autofree char *line = xasprintf("%s\n", text);

	return print(line);
}

size_t
terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t n;

	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) < 0)
		return 0;
	if (size.ws_col)
		return size.ws_col;
	return columns && parse_uint(columns, 10000, &n) == 0 ? n : 80;
}

bool
terminal_has_colors(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && !has_text(getenv("NO_COLOR")) && term && !streq(term, "dumb");
}

/* --- listings ---------------------------------------------------------------------- */

static int
run_template(const struct listing *l, const char *template, const void *row, struct str *out)
{
	struct template_data data = { .type = l->type, .obj = row };

	if (l->labels)
		data.labels = *(struct oci_pair **const *)((const char *)row + l->labels);
	return template_run(template, &data, out);
}

/* The template for each row, a line each. */
static int
print_lines(const struct listing *l, const char *template, void *const *rows)
{
	autostr out = { 0 };
	int r = 0;

	for (; rows && *rows && r >= 0; rows++) {
		r = run_template(l, template, *rows, &out);
		str_addc(&out, '\n');
	}
	return r < 0 || !out.s ? r : print(out.s);
}

static int
print_table(const struct table *t, const struct listing_how *how)
{
	autostr out = { 0 };

	table_text(t, how->no_trunc ? 0 : terminal_width(STDOUT_FILENO), &out);
	return out.s ? print(out.s) : 0;
}

static void
add_row(struct table *t, const struct listing *l, const void *row)
{
	const struct value of = value_object(l->type, row);

	for (const struct column *c = l->columns; c->field; c++) {
		struct str cell = { 0 };
		struct value v;

		if (c->extra)
			continue;
		if (value_member(&of, c->field, &v))
			value_print(&v, &cell);
		table_add(t, str_take(&cell));
	}
}

/* The table that a listing has by itself. */
static int
print_columns(const struct listing *l, const struct listing_how *how, void *const *rows)
{
	autofree struct table_column *rules = NULL;
	autotable t = { 0 };

	for (const struct column *c = l->columns; c->field; c++) {
		if (c->extra)
			continue;
		rules = xrealloc(rules, t.columns + 1, sizeof(*rules));
		rules[t.columns++] = (struct table_column){ c->min, c->drop };
		table_add_text(&t, c->title);
	}
	t.rules = rules;
	for (; rows && *rows; rows++)
		add_row(&t, l, *rows);
	return print_table(&t, how);
}

/* docker's titles, or the name of a property in capitals: CREATED AT. */
static void
add_title(const void *listing, const char *property, struct str *out)
{
	const struct listing *l = listing;

	for (const struct column *c = l->columns; c->field; c++) {
		if (streq(c->field, property)) {
			str_add(out, c->title);
			return;
		}
	}
	for (const char *p = property; *p; p++) {
		if (p > property && isupper((unsigned char)*p) && islower((unsigned char)p[-1]))
			str_addc(out, ' ');
		str_addc(out, (char)toupper((unsigned char)*p));
	}
}

/* Cells are between tabs; a line that has less or more of them than the titles is filled or cut. */
static void
add_cells(struct table *t, const char *line)
{
	for (size_t i = 0; i < t->columns; i++) {
		size_t n = strcspn(line, "\t");

		table_add(t, xstrndup(line, n));
		line += n + (line[n] == '\t');
	}
}

static int
print_template_table(const struct listing *l, const struct listing_how *how, const char *template,
		     void *const *rows)
{
	autofree void *nothing = xcalloc(1, l->type->size);
	struct template_data titles = {
		.type = l->type, .obj = nothing, .title = add_title, .arg = l,
	};
	autotable t = { .columns = 1 };
	autostr head = { 0 };
	int r = template_run(template, &titles, &head);

	if (r < 0)
		return r;
	for (const char *c = head.s; *c; c++)
		t.columns += *c == '\t';
	add_cells(&t, head.s);
	for (; rows && *rows; rows++) {
		autostr line = { 0 };

		r = run_template(l, template, *rows, &line);
		if (r < 0)
			return r;
		add_cells(&t, line.s);
	}
	return print_table(&t, how);
}

int
listing_print(const struct listing *l, const struct listing_how *how, void *const *rows)
{
	autofree char *quiet = xasprintf("{{.%s}}", l->quiet ? l->quiet : "");
	autofree char *format = template_unescape(how->format ? how->format : "table");
	const char *table = str_after(format, "table");

	if (how->quiet && (!how->format || table))
		return print_lines(l, quiet, rows);
	if (table && !*table)
		return print_columns(l, how, rows);
	if (table && isspace((unsigned char)*table))
		return print_template_table(l, how, table + 1, rows);
	return print_lines(l, streq(format, "json") ? "{{json .}}" : format, rows);
}

int
object_print(const struct type *t, const char *format, const void *obj)
{
	const struct listing l = { .type = t };
	autofree char *template = template_unescape(format);
	void *const one[] = { (void *)obj, NULL };

	return print_lines(&l, streq(template, "json") ? "{{json .}}" : template, one);
}

int
inspect_print(const struct type *t, const char *format, void *const *objects)
{
	const struct listing l = { .type = t };
	autofree char *template = NULL;
	autofree char *list = NULL;

	if (format && !streq(format, "json")) {
		template = template_unescape(format);
		return print_lines(&l, template, objects);
	}
	list = oci_encode_list(t, objects, format ? OCI_WHOLE : OCI_WHOLE | OCI_INDENTED);
	return format ? print_line(list) : print(list);
}
