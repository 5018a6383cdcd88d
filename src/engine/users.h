/* Who uses what is in the store: the records of containers, as far as images are concerned. */
#ifndef ENGINE_USERS_H
#define ENGINE_USERS_H

#include "engine/engine.h"
#include "engine/record.h"

/* Calls each() for every container's record; ends at what is not 0, and returns that. */
int store_users(const struct engine *e, int (*each)(void *arg, const struct container *c),
		void *arg);

/* 1 if a container is of that image, *id is its ID; 0 if none is. */
int store_image_user(const struct engine *e, const char *image_id, char **id);

#endif
