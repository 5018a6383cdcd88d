#include "ocirun/print.h"

#include "base/file.h"

int
print(const char *text)
{
	return fd_write_all(STDOUT_FILENO, "standard output", text, strlen(text));
}

void
table_add(struct table *t, char *cell)
{
	t->cells = xrealloc(t->cells, t->n + 1, sizeof(*t->cells));
	t->cells[t->n++] = cell;
}

static int
column_width(const struct table *t, size_t column)
{
	size_t width = 0;

	for (size_t i = column; i < t->n; i += t->columns)
		if (strlen(t->cells[i]) > width)
			width = strlen(t->cells[i]);
	return (int)width;
}

int
table_print(const struct table *t)
{
	autofree int *widths = xcalloc(t->columns, sizeof(*widths));
	autostr out = { 0 };

	for (size_t column = 0; column < t->columns; column++)
		widths[column] = column_width(t, column);
	for (size_t i = 0; i < t->n; i++) {
		size_t column = i % t->columns;

		if (column < t->columns - 1)
			str_addf(&out, "%-*s  ", widths[column], t->cells[i]);
		else
			str_addf(&out, "%s\n", t->cells[i]);
	}
	return print(out.s);
}

void
table_done(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){ 0 };
}
