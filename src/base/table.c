#include "base/table.h"

enum { GAP = 2 };	/* blanks between columns */

void
table_add(struct table *t, char *cell)
{
	for (char *c = cell; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	t->cells = xrealloc(t->cells, t->n + 1, sizeof(*t->cells));
	t->cells[t->n++] = cell;
}

void
table_add_text(struct table *t, const char *cell)
{
	table_add(t, xstrdup(cell ? cell : ""));
}

void
table_done(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){ 0 };
}

/* Of a letter of UTF-8, and not its first byte. */
static bool
is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t
text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += !is_inside(*text);
	return width;
}

void
text_cut(const char *text, size_t width, struct str *out)
{
	const char *end = text;

	if (text_width(text) <= width) {
		str_add(out, text);
		return;
	}
	for (size_t n = 0; *end; end++) {
		if (is_inside(*end))
			continue;
		if (++n >= width)
			break;
	}
	str_addn(out, text, (size_t)(end - text));
	str_add(out, width ? "…" : "");
}

/* The columns that are shown, and how wide. */
struct layout {
	size_t *widths;
	bool *shown;
};

static size_t
natural_width(const struct table *t, size_t column)
{
	size_t width = 0;

	for (size_t i = column; i < t->n; i += t->columns) {
		size_t n = text_width(t->cells[i]);

		width = n > width ? n : width;
	}
	return width;
}

static size_t
total_width(const struct table *t, const struct layout *l)
{
	size_t total = 0;

	for (size_t i = 0; i < t->columns; i++)
		if (l->shown[i])
			total += l->widths[i] + (total ? GAP : 0);
	return total;
}

/* Cuts the widest that may be cut by one letter; false if there is none. */
static bool
cut_one(const struct table *t, struct layout *l)
{
	size_t widest = t->columns;

	for (size_t i = 0; i < t->columns; i++) {
		if (!l->shown[i] || !t->rules[i].min || l->widths[i] <= (size_t)t->rules[i].min)
			continue;
		if (widest == t->columns || l->widths[i] > l->widths[widest])
			widest = i;
	}
	if (widest == t->columns)
		return false;
	l->widths[widest]--;
	return true;
}

static bool
drop_one(const struct table *t, struct layout *l)
{
	size_t first = t->columns;

	for (size_t i = 0; i < t->columns; i++)
		if (l->shown[i] && t->rules[i].drop &&
		    (first == t->columns || t->rules[i].drop > t->rules[first].drop))
			first = i;
	if (first == t->columns)
		return false;
	l->shown[first] = false;
	return true;
}

static void
fit(const struct table *t, size_t width, struct layout *l)
{
	do {
		for (size_t i = 0; i < t->columns; i++)
			l->widths[i] = natural_width(t, i);
		if (!t->rules || !width)
			return;
		while (total_width(t, l) > width && cut_one(t, l))
			;
	} while (total_width(t, l) > width && drop_one(t, l));
}

static void
add_row(const struct table *t, const struct layout *l, char *const *cells, struct str *out)
{
	size_t blanks = 0;

	for (size_t i = 0; i < t->columns; i++) {
		if (!l->shown[i])
			continue;
		for (; blanks; blanks--)
			str_addc(out, ' ');
		text_cut(cells[i], l->widths[i], out);
		size_t n = text_width(cells[i]);
		blanks = GAP + (n < l->widths[i] ? l->widths[i] - n : 0);
	}
}

void
table_text(const struct table *t, size_t width, struct str *out)
{
	autofree size_t *widths = xcalloc(t->columns, sizeof(*widths));
	autofree bool *shown = xcalloc(t->columns, sizeof(*shown));
	struct layout l = { widths, shown };

	for (size_t i = 0; i < t->columns; i++)
		shown[i] = true;
	fit(t, width, &l);
	for (size_t i = 0; i + t->columns <= t->n; i += t->columns) {
		autostr row = { 0 };

		add_row(t, &l, t->cells + i, &row);
		if (width && row.s)
			text_cut(row.s, width, out);
		else
			str_add(out, row.s ? row.s : "");
		str_addc(out, '\n');
	}
}
