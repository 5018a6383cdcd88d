/* What the files that read statistics share. */
#ifndef RUNTIME_CGROUP_STATS_READ_H
#define RUNTIME_CGROUP_STATS_READ_H

#include "runtime/cgroup/kind.h"
#include "runtime/cgroup/stats.h"

struct stat_reader {
	struct site site;
	struct stats *stats;
	char *path, *text;	/* of the file that was read last: many numbers are in one */
};

/*
 * The text of a file, until the next call; NULL if there is none.  v2 needs
 * no controller; a file of NULL is one that this kind of host does not have.
 */
int stat_text(struct stat_reader *r, const char *controller, const char *file, const char **text);

/* stats-lists.c: all that is no single number. */
int stat_lists(struct stat_reader *r);

/* Where a member is: in a part of struct stats, or in a part of a part. */
struct stat_place {
	size_t part, sub, member;
};

#define STAT_HERE ((size_t)-1)	/* sub: in the part itself */

static inline void *
stat_place(const struct stats *s, const struct stat_place *p)
{
	char *at = *(char *const *)((const char *)s + p->part);

	if (p->sub != STAT_HERE)
		at = *(char **)(at + p->sub);
	return at + p->member;
}

#define stat_type_(x) __typeof__(((struct stats *)0)->x)
#define stat_at_(outer, m, c) \
	(offsetof(outer, m) + \
	 0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((outer *)0)->m), c) ? 1 : -1]))

/* The place of a member of C type c, which the compiler checks. */
#define STAT_IN(p, m, c) \
	{ offsetof(struct stats, p), STAT_HERE, stat_at_(stat_type_(p[0]), m, c) }
#define STAT_BELOW(p, q, m, c) \
	{ offsetof(struct stats, p), offsetof(stat_type_(p[0]), q), \
	  stat_at_(stat_type_(p->q[0]), m, c) }

#endif
