#include "base/bits.h"

#include "base/err.h"
#include "base/parse.h"

#define WORD (8 * sizeof(unsigned long))

void
bits_init(struct bits *b)
{
	*b = (struct bits){ .n = BITS_MAX / WORD };
	b->word = xcalloc(b->n, sizeof(*b->word));
}

void
bits_done(struct bits *b)
{
	free(b->word);
	*b = (struct bits){ 0 };
}

static void
grow(struct bits *b, size_t n)
{
	if (n <= b->n)
		return;
	b->word = xrealloc(b->word, n, sizeof(*b->word));
	memset(b->word + b->n, 0, (n - b->n) * sizeof(*b->word));
	b->n = n;
}

static void
add_range(struct bits *b, size_t first, size_t last)
{
	grow(b, last / WORD + 1);
	for (size_t i = first; i <= last; i++)
		b->word[i / WORD] |= 1ul << i % WORD;
}

/* Cuts the blanks off both ends. */
static char *
trim(char *s)
{
	s += strspn(s, " ");
	for (size_t n = strlen(s); n && s[n - 1] == ' '; n--)
		s[n - 1] = 0;
	return s;
}

static int
parse_part(struct bits *b, char *part)
{
	char *last = strchr(part, '-');
	uint64_t from, to;

	if (last)
		*last++ = 0;
	int r = parse_uint(trim(part), BITS_MAX - 1, &from);
	to = from;
	if (r == 0 && last)
		r = parse_uint(trim(last), BITS_MAX - 1, &to);
	if (r == 0 && to < from)
		r = fail(0, "%s-%s: runs backwards", part, last);
	if (r == 0)
		add_range(b, from, to);
	return r;
}

int
bits_parse(struct bits *b, const char *list)
{
	autofree char *copy = xstrdup(list);
	char *rest = copy, *part;
	int r = 0;

	while (r == 0 && (part = strsep(&rest, ",")))
		r = parse_part(b, trim(part));
	return r;
}

bool
bits_has(const struct bits *b, size_t i)
{
	return i / WORD < b->n && b->word[i / WORD] >> i % WORD & 1;
}

int
bits_missing(const struct bits *want, const struct bits *have)
{
	for (size_t i = 0; i < want->n * WORD; i++)
		if (bits_has(want, i) && !bits_has(have, i))
			return (int)i;
	return -1;
}
