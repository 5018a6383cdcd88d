/* Trees of files as tars, and back, by servin-image: see helper.h. */
#ifndef ENGINE_TAR_H
#define ENGINE_TAR_H

#include "base/mem.h"

#include <stdbool.h>

struct tar_packing {
	int dir;			/* open for reading */
	const char *leaf;		/* one name in it; NULL: all of it */
	const char *name;		/* what that is called in the tar; NULL: as it is */
	bool overlay, rootless;		/* it is the upper directory of an overlay, see overlay.c */
	int out;
};
int tar_pack(const struct tar_packing *p);

struct tar_extraction {
	int in;
	int dir;			/* open for reading */
	bool owners;			/* they are the tar's; else us */
};
int tar_extract(const struct tar_extraction *x);

/* From the one into the other; .out and .in are not looked at. */
int tar_copy(const struct tar_packing *from, const struct tar_extraction *to);

#endif
