/* The name of the unit that a container gets. */
#ifndef SYSTEMD_UNIT_H
#define SYSTEMD_UNIT_H

#include "base/mem.h"

struct unit_place {
	char *unit;	/* "libpod-ID.scope" */
	char *slice;	/* "machine.slice" */
};

#define autoplace auto_(unit_place_done) struct unit_place
void unit_place_done(struct unit_place *place);

/*
 * "SLICE:PREFIX:NAME" is PREFIX-NAME.scope in SLICE, which may be empty: the
 * default then.  No path at all is ocirun-ID.scope there.
 */
int unit_place(struct unit_place *place, const char *cgroups_path, const char *id,
	       const char *default_slice);

#endif
