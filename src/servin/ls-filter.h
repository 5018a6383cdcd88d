/* What ls --filter asks of a container. */
#ifndef SERVIN_LS_FILTER_H
#define SERVIN_LS_FILTER_H

#include "engine/container.h"
#include "servin/filter.h"

struct ls_filter {
	struct filters given;
	char *before, *since;		/* when the container that was named was created */
	struct images ancestors;
};

/* Checks what is asked for, and looks up what it names; ls_filter_done() takes it in any case. */
int ls_filter_make(const struct engine *e, char *const *given, struct ls_filter *f);
void ls_filter_done(struct ls_filter *f);

bool ls_filter_fits(const struct ls_filter *f, const struct container *c, const struct status *s);

/* Whether a status is asked for: then those that do not run count, too. */
bool ls_filter_has_status(const struct ls_filter *f);

#endif
