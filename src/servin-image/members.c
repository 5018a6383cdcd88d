#include "servin-image/members.h"

#include "base/err.h"
#include "base/str.h"

#include <limits.h>

#define DEPTH_MAX 512
#define LINKS_MAX 16

/* The next component of *rest: its length, and where it begins; 0 at the end. */
static size_t
component(const char **rest)
{
	*rest += strspn(*rest, "/");
	return strcspn(*rest, "/");
}

static int
check_component(const char *name, size_t n)
{
	if (n == 2 && !strncmp(name, "..", 2))
		return fail(0, "a path with \"..\" in it");
	return n > NAME_MAX ? fail(0, "a name of %zu bytes, more than %d", n, NAME_MAX) : 0;
}

int
path_clean(const char *path, char **out)
{
	auto_(str_done) struct str clean = { 0 };
	unsigned depth = 0;
	size_t n;
	int r;

	if (strlen(path) >= PATH_MAX)
		return fail(0, "%.80s...: a path of %zu bytes, more than %d", path, strlen(path),
			    PATH_MAX - 1);
	for (; (n = component(&path)); path += n) {
		r = check_component(path, n);
		if (r == 0 && ++depth > DEPTH_MAX)
			r = fail(0, "a path deeper than %d directories", DEPTH_MAX);
		if (r < 0)
			return wrap(r, "%.200s", clean.s ? clean.s : path);
		if (n == 1 && *path == '.')
			continue;
		if (clean.len)
			str_addc(&clean, '/');
		str_addn(&clean, path, n);
	}
	*out = str_take(&clean);
	return 0;
}

/* Takes the last component away; false if there is none. */
static bool
path_up(struct str *s)
{
	char *slash = s->len ? strrchr(s->s, '/') : NULL;

	if (!s->len)
		return false;
	s->len = slash ? (size_t)(slash - s->s) : 0;
	s->s[s->len] = 0;
	return true;
}

char *
path_of_link(const char *path, const char *target)
{
	auto_(str_done) struct str at = { 0 };
	size_t n;

	str_add(&at, path);
	path_up(&at);
	if (*target == '/')
		str_done(&at);
	for (; (n = component(&target)); target += n) {
		if (n == 1 && *target == '.')
			continue;
		if (n == 2 && !strncmp(target, "..", 2)) {
			if (!path_up(&at))
				return NULL;
			continue;
		}
		if (at.len)
			str_addc(&at, '/');
		str_addn(&at, target, n);
		if (at.len >= PATH_MAX)
			return NULL;
	}
	return str_take(&at);
}

int
members_add(struct members *list, struct member m)
{
	if (list->n >= MEMBERS_MAX) {
		free(m.path);
		free(m.link);
		free(m.digest);
		return fail_plain(EFBIG, "more than %u members", MEMBERS_MAX);
	}
	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->at = xrealloc(list->at, list->room, sizeof(*list->at));
	}
	m.order = list->n;
	list->at[list->n++] = m;
	list->sorted = 0;
	return 0;
}

void
members_done(struct members *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->at[i].path);
		free(list->at[i].link);
		free(list->at[i].digest);
	}
	free(list->at);
	*list = (struct members){ 0 };
}

static int
by_path(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

/* The last one at or before the path, if it has that path. */
const struct member *
members_at(struct members *list, const char *path)
{
	size_t low = 0, high = list->n;

	if (!list->sorted && list->n)
		qsort(list->at, list->n, sizeof(*list->at), by_path);
	list->sorted = 1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(list->at[middle].path, path) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && streq(list->at[low - 1].path, path) ? list->at + low - 1 : NULL;
}

const struct member *
members_find(struct members *list, const char *path)
{
	const struct member *m = members_at(list, path);

	for (int links = 0; m && m->link; links++) {
		if (links == LINKS_MAX)
			return NULL;
		m = members_at(list, m->link);
	}
	return m;
}
