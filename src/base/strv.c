#include "base/strv.h"

#include "base/str.h"

size_t
strv_len(char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

bool
strv_has(char *const *list, const char *s)
{
	for (; list && *list; list++)
		if (streq(*list, s))
			return true;
	return false;
}

void
strv_push(char ***list, char *s)
{
	size_t n = strv_len(*list);

	*list = xrealloc(*list, n + 2, sizeof(char *));
	(*list)[n] = s;
	(*list)[n + 1] = NULL;
}

void
strv_add(char ***list, const char *s)
{
	strv_push(list, xstrdup(s));
}

void
strv_insert(char ***list, size_t i, const char *s)
{
	size_t n = strv_len(*list);

	strv_add(list, s);
	if (i >= n)
		return;
	char *added = (*list)[n];
	memmove(*list + i + 1, *list + i, (n - i) * sizeof(**list));
	(*list)[i] = added;
}

char *
strv_join(char *const *list, const char *separator)
{
	struct str out = { 0 };

	for (char *const *s = list; s && *s; s++) {
		str_add(&out, s == list ? "" : separator);
		str_add(&out, *s);
	}
	return str_take(&out);
}

char **
strv_copy(char *const *list)
{
	char **copy = NULL;

	for (; list && *list; list++)
		strv_add(&copy, *list);
	return copy;
}

char **
strv_split(const char *s, char separator)
{
	const char ends[] = { separator, 0 };
	char **list = NULL;

	for (;;) {
		size_t n = strcspn(s, ends);

		if (n)
			strv_push(&list, xstrndup(s, n));
		if (!s[n])
			return list;
		s += n + 1;
	}
}

/* The index of the element that begins with the n bytes of name and "=". */
static ssize_t
find_env(char *const *list, const char *name, size_t n)
{
	for (ssize_t i = 0; list && list[i]; i++)
		if (strncmp(list[i], name, n) == 0 && list[i][n] == '=')
			return i;
	return -1;
}

const char *
strv_env(char *const *list, const char *name)
{
	size_t n = strlen(name);
	ssize_t i = find_env(list, name, n);

	return i < 0 ? NULL : list[i] + n + 1;
}

void
strv_set_env(char ***list, const char *assignment)
{
	ssize_t i = find_env(*list, assignment, strcspn(assignment, "="));

	if (i < 0) {
		strv_add(list, assignment);
		return;
	}
	free((*list)[i]);
	(*list)[i] = xstrdup(assignment);
}

void
strv_free(char **list)
{
	for (char **s = list; s && *s; s++)
		free(*s);
	free(list);
}
