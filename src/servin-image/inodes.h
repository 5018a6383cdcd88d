/* A set of inode numbers. */
#ifndef SERVIN_IMAGE_INODES_H
#define SERVIN_IMAGE_INODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zeros is the empty set. */
struct inodes {
	uint64_t *slot;		/* 0 is free */
	size_t n, room;		/* room is a power of two, and never more than half full */
};

void inodes_add(struct inodes *set, uint64_t inode);
bool inodes_has(const struct inodes *set, uint64_t inode);
void inodes_done(struct inodes *set);

#endif
