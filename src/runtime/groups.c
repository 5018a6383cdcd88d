#include "runtime/groups.h"

#include "runtime/annotations.h"

#include "base/err.h"

#include <grp.h>
#include <unistd.h>

bool
groups_kept(const struct oci_spec *spec)
{
	return annotation_value(spec->annotations, ANNOTATION_KEEP_GROUPS);
}

int
groups_set(struct process *p)
{
	if (p->keep_groups || setgroups(p->n_groups, p->groups) == 0)
		return 0;
	if (errno == EINVAL && p->in_user_ns)
		return fail(EINVAL, "setgroups: one is not mapped in the user namespace");
	if (errno != EPERM)
		return fail(errno, "setgroups");
	if (p->n_groups)
		return fail(EPERM, "setgroups%s", p->in_user_ns ?
			    ": denied in a user namespace that maps one group" : "");
	/* Denied in a namespace for good: what a plain user has cannot go.  Or nothing has to. */
	p->keep_groups = p->in_user_ns;
	return p->in_user_ns || getgroups(0, NULL) == 0 ? 0 : fail(EPERM, "setgroups");
}

static int
compare_gids(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return x < y ? -1 : x > y;
}

int
groups_verify(const struct process *p)
{
	if (p->keep_groups)
		return 0;
	int n = getgroups(0, NULL);
	autofree gid_t *is = xcalloc((size_t)(n > 0 ? n : 0), sizeof(gid_t));
	autofree gid_t *want = xmemdup(p->groups, p->n_groups * sizeof(gid_t));

	if (n < 0 || getgroups(n, is) != n)
		return fail(errno, "read back the groups");
	if ((size_t)n != p->n_groups)
		return fail(EPERM, "%d additional groups, not %zu", n, p->n_groups);
	/* The kernel keeps them sorted. */
	qsort(is, (size_t)n, sizeof(gid_t), compare_gids);
	qsort(want, (size_t)n, sizeof(gid_t), compare_gids);
	if (n && memcmp(is, want, (size_t)n * sizeof(gid_t)) != 0)
		return fail(EPERM, "other additional groups than asked for");
	return 0;
}
