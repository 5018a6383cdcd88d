/*
 * How far a long work is: one line on standard error that is drawn anew, if
 * that is a terminal; else nothing.
 */
#ifndef SERVIN_PROGRESS_H
#define SERVIN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool on;
	int64_t next_ms;	/* not before */
	size_t shown;		/* columns that are on the terminal */
};

/* quiet: nothing, whatever the terminal. */
void progress_begin(struct progress *p, bool quiet);

/* As an image_progress() of engine/image.h; arg is the struct progress. */
void progress_show(void *arg, uint64_t done, uint64_t total, const char *what);

/* Takes the line away. */
void progress_end(struct progress *p);

#endif
