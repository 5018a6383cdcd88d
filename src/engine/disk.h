/* What is used of the disk. */
#ifndef ENGINE_DISK_H
#define ENGINE_DISK_H

#include "engine/engine.h"
#include "engine/record.h"

#include <stdint.h>

/*
 * Bytes of all files below a directory, each counted once however many names it has.  What is
 * more than 256 levels deep is left out.
 */
int disk_below(int dir, uint64_t *bytes);

struct container_size {
	uint64_t rw;		/* what the container has changed */
	uint64_t root_fs;	/* that, and its layers */
};
int container_size(const struct engine *e, const struct container *c, struct container_size *size);

#endif
