/*
 * A directory as a tar, always the same for the same content: sorted by name,
 * with the links, attributes and times that it has.
 */
#ifndef SERVIN_IMAGE_PACK_H
#define SERVIN_IMAGE_PACK_H

#include "servin-image/source.h"
#include "servin-image/tar-out.h"

#include <stdbool.h>

struct pack {
	int dir;
	const char *only;	/* one name in it; NULL: all of it */
	const char *name;	/* what this is called in the tar; NULL: as it is */
	bool overlay;		/* whiteouts of overlayfs become those of tars */
	bool root;		/* with an entry for the directory itself */
	struct tar_out out;
	struct progress *progress;	/* may be NULL */

	time_t newest;		/* of what was packed */
	void *links;		/* files with several names, by tsearch(3) */
};

/* The whole tar, its end too. */
int pack_tree(struct pack *p);

#endif
