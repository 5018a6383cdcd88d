#include "ocirun/print.h"

#include "base/file.h"

int
print(const char *text)
{
	return fd_write_all(STDOUT_FILENO, "standard output", text, strlen(text));
}

int
table_print(const struct table *t)
{
	autostr out = { 0 };

	table_text(t, 0, &out);
	return print(out.s ? out.s : "");
}
