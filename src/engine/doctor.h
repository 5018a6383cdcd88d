/* What this host lacks of what servin needs, and what to do about it. */
#ifndef ENGINE_DOCTOR_H
#define ENGINE_DOCTOR_H

#include "engine/engine.h"

enum severity { SEVERITY_OK, SEVERITY_WARNING, SEVERITY_FAILURE };

struct finding {
	const char *check;	/* kernel, cgroups, store ... */
	enum severity severity;	/* FAILURE: containers cannot run */
	char *words;
	char *advice;		/* NULL if it is well */
};

/*
 * Makes all checks, and tells of each.  e need not be open: its root and state are where they would
 * be, or NULL.
 */
void doctor_run(const struct engine *e, void (*tell)(void *arg, const struct finding *f),
		void *arg);

#endif
