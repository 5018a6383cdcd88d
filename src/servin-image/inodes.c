#include "servin-image/inodes.h"

#include "base/mem.h"

static size_t
slot_of(const struct inodes *set, uint64_t inode)
{
	size_t at = (size_t)(inode * 0x9e3779b97f4a7c15ull >> 20) & (set->room - 1);

	while (set->slot[at] && set->slot[at] != inode)
		at = (at + 1) & (set->room - 1);
	return at;
}

static void
grow(struct inodes *set)
{
	struct inodes larger = { .room = set->room ? set->room * 2 : 256 };

	larger.slot = xcalloc(larger.room, sizeof(*larger.slot));
	for (size_t i = 0; i < set->room; i++)
		if (set->slot[i])
			larger.slot[slot_of(&larger, set->slot[i])] = set->slot[i];
	larger.n = set->n;
	free(set->slot);
	*set = larger;
}

void
inodes_add(struct inodes *set, uint64_t inode)
{
	if (set->n * 2 >= set->room)
		grow(set);
	size_t at = slot_of(set, inode);
	set->n += !set->slot[at];
	set->slot[at] = inode;
}

bool
inodes_has(const struct inodes *set, uint64_t inode)
{
	return set->n && set->slot[slot_of(set, inode)] == inode;
}

void
inodes_done(struct inodes *set)
{
	free(set->slot);
	*set = (struct inodes){ 0 };
}
