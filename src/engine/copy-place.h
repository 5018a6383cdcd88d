/* Where things are copied from and to: a path below a root that is not to be trusted. */
#ifndef ENGINE_COPY_PLACE_H
#define ENGINE_COPY_PLACE_H

#include "engine/copy.h"

#include <sys/stat.h>

/* What is at the end of a path: a directory, anything else, or nothing yet. */
struct place {
	const struct copy_end *end;
	int root;			/* of the container or the host, or of a volume */
	char *path;			/* below it, absolute */
	int lock;			/* keeps the container from being started */
	bool read_only;
	bool is_mount;			/* a file that is mounted there when the container runs */

	bool is_content;		/* "DIR/." */
	bool asks_dir;			/* it ends with "/" */
	bool is_there;
	int dir;			/* the directory that it is; -EBADF: it is none */
	int parent;			/* the directory that it stands in, or -EBADF */
	char *leaf;			/* its name there */
};

#define PLACE_NONE { .root = -EBADF, .lock = -EBADF, .dir = -EBADF, .parent = -EBADF }

enum place_link { PLACE_LINK_ITSELF, PLACE_LINK_FOLLOWED };

/* Fills it from the end; -ENOENT with words if the parent is not there, -ENOTDIR. */
int place_find(const struct engine *e, const struct copy_end *end, enum place_link how,
	       struct place *p);
void place_done(struct place *p);

/* The last name of the path as it was given. */
char *place_name(const struct place *p);

#endif
