/* A container is made: what run and create share. */
#ifndef SERVIN_MAKE_H
#define SERVIN_MAKE_H

#include "engine/container.h"
#include "servin/run-opts.h"

/*
 * From the options and words of the command line; the image is loaded if it is a file.
 * oci_free(&container_type) takes it.
 */
int make_container(const struct engine *e, const struct run_opts *o, char *const *args,
		   struct container **c);

#endif
