/*
 * Runs servin-image for one job; engine/helper.h says which there are.
 *
 * It dies with us, and is waited for however long it takes.
 */
#ifndef ENGINE_HELPER_RUN_H
#define ENGINE_HELPER_RUN_H

#include "engine/image.h"

#include "libocispec/document.h"

struct helper_job {
	const char *const *args;	/* the job and its options; ends with NULL */
	int in;				/* its standard input; -EBADF: input, or nothing */
	const char *input;		/* may be NULL */
	int out;			/* its standard output; -EBADF: the answer comes there */
	int dir;			/* fd 3; -EBADF: none */
	/* Progress: from the helper's own lines, or else as far as in was read. */
	bool tells_progress;
	const char *what;		/* for the latter */
	image_progress progress;	/* may be NULL */
	void *arg;
};

/* t and answer are NULL for a job that has none.  Fails with the helper's own words. */
int helper_run(const struct helper_job *job, const struct type *t, void *answer);

#endif
