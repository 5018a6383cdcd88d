/* The containers that a command line names. */
#ifndef SERVIN_SELECT_H
#define SERVIN_SELECT_H

#include "engine/container.h"

/*
 * Finds one, and mends it first if its monitor was killed, which is told as a warning.
 * oci_free(&container_type) takes it.
 */
int select_container(const struct engine *e, const char *name, struct container **c);

struct acting {
	const char *verb;		/* in front of errors */
	int (*act)(const struct engine *e, const struct container *c, const void *how);
	const void *how;
	bool missing_is_fine;		/* one that is not there is told, but is no failure */
};

/* verb, act, how, and further members. */
#define ACTING(v, a, h, ...) (&(struct acting){ .verb = v, .act = a, .how = h, __VA_ARGS__ })

/*
 * Does it to each and prints its word; a failure is told, and the rest goes on.  Returns the exit
 * status.
 */
int select_each(const struct engine *e, char *const *names, const struct acting *a);

#endif
