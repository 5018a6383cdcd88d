/* --change of import and commit: an instruction of a Dockerfile, carried out on a configuration. */
#ifndef ENGINE_IMAGE_CHANGE_H
#define ENGINE_IMAGE_CHANGE_H

#include "libocispec/image.h"

/*
 * CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR; -EINVAL with words.
 * *config is made if it is NULL.
 */
int image_change(struct oci_image_execution **config, const char *instruction);

#endif
