/* What docker's inspect says of a container. */
#ifndef SERVIN_CONTAINER_VIEW_H
#define SERVIN_CONTAINER_VIEW_H

#include "engine/container.h"

extern const struct type container_view_type;

struct container_view;

enum view_size { VIEW_WITHOUT_SIZE, VIEW_WITH_SIZE };

/*
 * Looks at a container, which belongs to the view from then on.  container_view_free() takes it,
 * and welcomes NULL.
 */
int container_view(const struct engine *e, struct container *c, enum view_size size,
		   struct container_view **view);
void container_view_free(struct container_view *view);

#endif
