#include "runtime/cgroup/stats-parse.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

/* -- numbers -- */

static int
number(const char *word, uint64_t max, uint64_t *n)
{
	if (streq(word, "max")) {
		*n = max;
		return 0;
	}
	return parse_uint(word, UINT64_MAX, n);
}

int
stat_uint(const char *text, const char *key, uint64_t max, uint64_t *n)
{
	autostrv lines = strv_split(text, '\n');
	const char *value = key ? NULL : lines ? *lines : NULL;

	for (char **line = lines; key && line && *line && !value; line++) {
		value = str_after(*line, key);
		value = value ? str_after(value, " ") : NULL;
	}
	if (!value)
		return 0;
	int r = number(value, max, n);
	return r < 0 ? r : 1;
}

static void
add(struct oci_uints *list, uint64_t n)
{
	list->v = xrealloc(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = n;
	list->set = true;
}

static int
add_word(struct oci_uints *list, const char *word)
{
	uint64_t n;
	int r = parse_uint(word, UINT64_MAX, &n);

	if (r == 0)
		add(list, n);
	return r;
}

int
stat_numbers(const char *text, struct oci_uints *list)
{
	autostrv words = strv_split(text, ' ');
	int r = 0;

	for (char **word = words; r == 0 && word && *word && **word != '\n'; word++) {
		(*word)[strcspn(*word, "\n")] = 0;
		r = add_word(list, *word);
	}
	return r;
}

int
stat_column(const char *text, size_t column, struct oci_uints *list)
{
	autostrv lines = strv_split(text, '\n');
	int r = 0;

	for (char **line = lines ? lines + 1 : NULL; r == 0 && line && *line; line++) {
		autostrv words = strv_split(*line, ' ');

		if (strv_len(words) <= column)
			return fail(0, "\"%s\" has no column %zu", *line, column + 1);
		r = add_word(list, words[column]);
	}
	return r;
}

/* No machine has as many processors; what is no file of the kernel cannot fill the memory. */
#define RANGE_MAX 65535

static int
add_range(struct oci_uints *list, const char *range)
{
	autofree char *from = xstrndup(range, strcspn(range, "-"));
	const char *dash = strchr(range, '-');
	uint64_t first, last;
	int r = parse_uint(from, RANGE_MAX, &first);

	if (r == 0)
		r = parse_uint(dash ? dash + 1 : from, RANGE_MAX, &last);
	for (; r == 0 && first <= last; first++)
		add(list, first);
	return r;
}

int
stat_ranges(const char *text, struct oci_uints *list)
{
	autofree char *line = xstrndup(text, strcspn(text, "\n"));
	autostrv ranges = strv_split(line, ',');
	int r = 0;

	for (char **range = ranges; r == 0 && range && *range; range++)
		r = add_range(list, *range);
	return r;
}

/* -- lists -- */

/* Puts an element behind the last one of a list that ends with NULL. */
static void
append(void *list, void *element)
{
	strv_push(list, element);
}

int
stat_pairs(const char *text, struct oci_pair ***list)
{
	autostrv lines = strv_split(text, '\n');

	for (char **line = lines; line && *line; line++) {
		size_t key = strcspn(*line, " ");
		const char *value = *line + key + ((*line)[key] == ' ');
		uint64_t n;
		int r = parse_uint(value, UINT64_MAX, &n);

		if (r < 0)
			return r;
		struct oci_pair *pair = xcalloc(1, sizeof(*pair));
		*pair = (struct oci_pair){ xstrndup(*line, key), xstrdup(value) };
		append(list, pair);
	}
	return 0;
}

/* -- pressure -- */

/* "12.34" */
static bool
is_share(const char *s)
{
	size_t whole = strspn(s, "0123456789");

	return whole && (s[whole] == '.') && s[whole + 1] &&
	       !s[whole + 1 + strspn(s + whole + 1, "0123456789")];
}

static int
set_share(char **at, const char *value)
{
	if (!is_share(value))
		return fail(0, "\"%s\" is no share of time", value);
	free(*at);
	*at = xstrdup(value);
	return 0;
}

static int
set_pressure(struct stats_pressure *p, const char *word)
{
	static const struct {
		const char *name;
		size_t at;
	} shares[] = {
		{ "avg10=", offsetof(struct stats_pressure, avg10) },
		{ "avg60=", offsetof(struct stats_pressure, avg60) },
		{ "avg300=", offsetof(struct stats_pressure, avg300) },
	};
	const char *value = str_after(word, "total=");

	if (value)
		return parse_uint(value, UINT64_MAX, &p->total.v);
	for (size_t i = 0; i < countof(shares); i++) {
		value = str_after(word, shares[i].name);
		if (value)
			return set_share((char **)((char *)p + shares[i].at), value);
	}
	return 0;
}

static int
read_pressure(char *const *words, struct stats_pressure **p)
{
	int r = 0;

	if (!*p)
		*p = xcalloc(1, sizeof(**p));
	for (; r == 0 && *words; words++)
		r = set_pressure(*p, *words);
	return r;
}

int
stat_psi(const char *text, struct stats_psi **psi)
{
	autostrv lines = strv_split(text, '\n');
	int r = 0;

	if (!*psi)
		*psi = xcalloc(1, sizeof(**psi));
	for (char **line = lines; r == 0 && line && *line; line++) {
		autostrv words = strv_split(*line, ' ');

		if (words && streq(*words, "some"))
			r = read_pressure(words + 1, &(*psi)->some);
		else if (words && streq(*words, "full"))
			r = read_pressure(words + 1, &(*psi)->full);
	}
	return r;
}

/* -- disk traffic -- */

/* "8:0" */
static int
read_device(const char *word, struct stats_io *io)
{
	autofree char *major = xstrndup(word, strcspn(word, ":"));
	const char *minor = strchr(word, ':');
	int r = parse_uint(major, UINT32_MAX, &io->major.v);

	return r < 0 ? r : parse_uint(minor ? minor + 1 : "", UINT32_MAX, &io->minor.v);
}

static int
add_io(const char *device, const char *op, const char *value, struct stats_io ***list)
{
	struct stats_io io = { .op = NULL };
	int r = read_device(device, &io);

	if (r == 0)
		r = parse_uint(value, UINT64_MAX, &io.value.v);
	if (r < 0)
		return r;
	io.op = op ? xstrdup(op) : NULL;
	append(list, xmemdup(&io, sizeof(io)));
	return 0;
}

int
stat_io_v1(const char *text, struct stats_io ***list)
{
	autostrv lines = strv_split(text, '\n');
	int r = 0;

	for (char **line = lines; r == 0 && line && *line; line++) {
		autostrv words = strv_split(*line, ' ');
		size_t n = strv_len(words);

		if (n == 2 && streq(words[0], "Total"))
			continue;
		if (n != 2 && n != 3)
			return fail(0, "\"%s\" is no line of a device", *line);
		r = add_io(words[0], n == 3 ? words[1] : NULL, words[n - 1], list);
	}
	return r;
}

/* A device without traffic may stand there alone. */
int
stat_io_v2(const char *text, const char *key, const char *op, struct stats_io ***list)
{
	autostrv lines = strv_split(text, '\n');
	int r = 0;

	for (char **line = lines; r == 0 && line && *line; line++) {
		autostrv words = strv_split(*line, ' ');

		for (char **word = words + 1; r == 0 && words && *word; word++) {
			const char *value = str_after(*word, key);

			value = value ? str_after(value, "=") : NULL;
			if (value)
				r = add_io(words[0], op, value, list);
		}
	}
	return r;
}
