/* What nobody needs goes, after it was told what that is. */
#ifndef SERVIN_PRUNE_H
#define SERVIN_PRUNE_H

#include "engine/engine.h"

struct prune {
	bool images, all_images;	/* those without a name; all that no container uses */
	bool volumes;			/* without a name of their own */
	bool force;			/* nobody is asked */
	char **filters;			/* until=, label=, label!= */
};

/* Containers that do not run go in any case. */
int prune(const struct engine *e, const struct prune *p);

#endif
