#include "base/ptrs.h"

#include "base/mem.h"

/* All pointers to objects look the same on Linux, but the compiler may take them for different. */
static char *
load(const void *at)
{
	char *p;

	memcpy(&p, at, sizeof(p));
	return p;
}

static void
store(void *at, const void *p)
{
	memcpy(at, &p, sizeof(p));
}

size_t
ptrs_len(const void *list)
{
	const char *at = list;
	size_t n = 0;

	while (at && load(at + n * sizeof(void *)))
		n++;
	return n;
}

void
ptrs_push(void *list, void *item)
{
	char *old = load(list);
	size_t n = ptrs_len(old);
	char *new = xrealloc(old, n + 2, sizeof(void *));

	store(new + n * sizeof(void *), item);
	store(new + (n + 1) * sizeof(void *), NULL);
	store(list, new);
}

void *
ptrs_take_out(void *list, size_t at)
{
	char *items = load(list);
	size_t n = ptrs_len(items);
	void *item = load(items + at * sizeof(void *));

	memmove(items + at * sizeof(void *), items + (at + 1) * sizeof(void *),
		(n - at) * sizeof(void *));
	return item;
}
