#include "base/parse.h"

#include "base/err.h"

#include <ctype.h>
#include <stddef.h>

/* Reads digits of the base and stops behind them. */
static int
read_digits(const char **s, unsigned base, uint64_t max, uint64_t *n)
{
	const char *p = *s;

	for (*n = 0; *p >= '0' && *p < (char)('0' + base); p++) {
		if (__builtin_mul_overflow(*n, base, n) ||
		    __builtin_add_overflow(*n, (uint64_t)(*p - '0'), n) || *n > max)
			return fail(ERANGE, "%s", *s);
	}
	if (p == *s)
		return fail(0, "%s: not a number", *p ? *s : "\"\"");
	*s = p;
	return 0;
}

static int
parse_whole(const char *s, unsigned base, uint64_t max, uint64_t *n)
{
	const char *p = s;
	int r = read_digits(&p, base, max, n);

	if (r < 0)
		return r;
	return *p ? fail(0, "%s: not a number", s) : 0;
}

int
parse_uint(const char *s, uint64_t max, uint64_t *n)
{
	return parse_whole(s, 10, max, n);
}

int
parse_octal(const char *s, uint64_t max, uint64_t *n)
{
	return parse_whole(s, 8, max, n);
}

int
parse_int(const char *s, int64_t min, int64_t max, int64_t *n)
{
	uint64_t u;
	int r;

	if (*s != '-') {
		r = parse_uint(s, (uint64_t)max, &u);
		*n = (int64_t)u;
		return r;
	}
	r = parse_uint(s + 1, -(uint64_t)min, &u);
	*n = (int64_t)-u;
	return r;
}

int
parse_size(const char *s, uint64_t *bytes)
{
	static const char units[] = "kmgt";
	const char *p = s, *unit;
	int r = read_digits(&p, 10, UINT64_MAX, bytes);

	if (r < 0)
		return fail(-r == ERANGE ? ERANGE : 0, "%s: not a size", s);
	unit = *p ? strchr(units, tolower((unsigned char)*p)) : NULL;
	if (unit) {
		if (__builtin_mul_overflow(*bytes, 1ull << 10 * (unit - units + 1), bytes))
			return fail(ERANGE, "%s", s);
		p++;
		if (tolower((unsigned char)p[0]) == 'i' && tolower((unsigned char)p[1]) == 'b')
			p++;
	}
	if (tolower((unsigned char)*p) == 'b')
		p++;
	return *p ? fail(0, "%s: not a size", s) : 0;
}

int
parse_duration(const char *s, uint64_t *ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		/* "ms" before "m", or the longer would never be seen. */
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 },
		{ "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 },
	};
	const char *p = s;
	uint64_t n;

	*ns = 0;
	do {
		size_t i = 0;

		if (read_digits(&p, 10, UINT64_MAX, &n) < 0)
			return fail(0, "%s: not a duration", s);
		while (i < countof(units) && strncmp(p, units[i].unit, strlen(units[i].unit)) != 0)
			i++;
		if (i == countof(units))
			return fail(0, "%s: not a duration", s);
		if (__builtin_mul_overflow(n, units[i].ns, &n) ||
		    __builtin_add_overflow(*ns, n, ns))
			return fail(ERANGE, "%s", s);
		p += strlen(units[i].unit);
	} while (*p);
	return 0;
}
