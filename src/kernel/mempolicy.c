#include "kernel/mempolicy.h"

#include "base/err.h"

#include <linux/mempolicy.h>
#include <sys/syscall.h>

#define W(name) { #name, name }

const struct word memory_policy_mode_words[] = {
	W(MPOL_DEFAULT), W(MPOL_BIND), W(MPOL_INTERLEAVE),
	{ "MPOL_WEIGHTED_INTERLEAVE", 6 },	/* in no header before Linux 6.9 */
	W(MPOL_PREFERRED), W(MPOL_PREFERRED_MANY), W(MPOL_LOCAL), { 0 },
};

const struct word memory_policy_flag_words[] = {
	W(MPOL_F_NUMA_BALANCING), W(MPOL_F_RELATIVE_NODES), W(MPOL_F_STATIC_NODES), { 0 },
};

/* With these the nodes are numbers of a set that may come yet, or count within the allowed ones. */
#define LOOSE_NODES (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES)

/* How many bits a mask has, and one, for of what it is told the kernel takes one less. */
static size_t
told_size(const struct bits *b)
{
	return b->n * sizeof(*b->word) * 8 + 1;
}

/* The kernel drops from a mask what is not there or outside of the cpuset, unless that is all. */
static int
check_all_there(const struct bits *nodes)
{
	autobits have = { 0 };

	bits_init(&have);
	if (syscall(SYS_get_mempolicy, NULL, have.word, told_size(&have), NULL,
		    MPOL_F_MEMS_ALLOWED) < 0)
		return errno == ENOSYS ? fail(ENOSYS, "this kernel has no CONFIG_NUMA")
				       : fail(errno, "get_mempolicy");
	int missing = bits_missing(nodes, &have);
	return missing < 0 ? 0 : fail(0, "node %d is not there, or outside of the cpuset",
				      missing);
}

int
memory_policy_set(uint64_t mode, const struct bits *nodes)
{
	int r = mode & LOOSE_NODES ? 0 : check_all_there(nodes);

	if (r < 0)
		return r;
	if (syscall(SYS_set_mempolicy, mode, nodes->word, nodes->n ? told_size(nodes) : 0) == 0)
		return 0;
	if (errno == EINVAL && mode & LOOSE_NODES)
		return fail(0, "none of the nodes is there and in the cpuset");
	if (errno == EINVAL)
		return fail(0, "this kernel does not know the mode, or not with these flags");
	return fail(errno, "set_mempolicy");
}
