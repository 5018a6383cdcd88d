/*
 * A long procedure as a list of steps.
 *
 * A step has a name, which fronts its errors and is traced with --debug, and
 * beside it its undo.  When a step fails, the undos of those before it run,
 * the last one first; the failed step has cleaned up after itself.
 */
#ifndef BASE_STEP_H
#define BASE_STEP_H

#include <stdbool.h>

struct step {
	const char *name;
	int (*run)(void *of);
	void (*undo)(void *of);		/* may be NULL; keeps err_words() */
	bool (*when)(const void *of);	/* may be NULL: always */
};

/* Runs the list, which ends with a row without a name. */
int steps_run(const struct step *steps, void *of);

#endif
