/* A container as ls shows it, with docker's names. */
#ifndef SERVIN_LS_ROW_H
#define SERVIN_LS_ROW_H

#include "engine/container.h"
#include "servin/output.h"

struct ls_row {
	char *command, *created_at, *id, *image, *labels, *local_volumes, *mounts, *names;
	char *networks, *ports, *running_for, *size, *state, *status;
	struct oci_pair **all_labels;	/* the container's own */
};

struct ls_row_how {
	bool no_trunc, size;
};

extern const struct type ls_row_type;

int ls_row_make(const struct engine *e, const struct container *c, const struct status *s,
		const struct ls_row_how *how, struct ls_row **row);

/* "Up 3 minutes (Paused)" */
char *status_words(const struct status *s);

#endif
