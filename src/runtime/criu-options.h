/* What checkpoint and restore have in common: the options that criu(8) is given by both. */
#ifndef RUNTIME_CRIU_OPTIONS_H
#define RUNTIME_CRIU_OPTIONS_H

#include "runtime/criu.h"
#include "runtime/runtime.h"

/* -EPERM for who is not root. */
int criu_check_user(void);

/* The directory of images that was chosen, or the usual one. */
const char *criu_images(const struct criu_opts *o);

/* Fills in the request; c is open. */
void criu_plan(struct criu_request *r, const struct criu *c, const struct criu_opts *o,
	      struct oci_pair *const *annotations);

#endif
