/* status.json, as it was written; container_status() reckons what it means now. */
#ifndef ENGINE_STATUS_H
#define ENGINE_STATUS_H

#include "engine/record.h"

/* dir is the container's directory.  What makes no sense is read as exited. */
int status_read(int dir, struct status *status);
int status_write(int dir, const struct status *status);

/* Frees what it holds. */
void status_done(struct status *status);

/* For auto_(): of what container_status() gave. */
void status_free(struct status **status);

/* Replaces the text at a member. */
void status_set(char **member, const char *text);

/* Whether it has a process: running or paused. */
bool status_is_up(const struct status *status);

/* An fd of its process if that lives, else -ESRCH. */
int status_open_process(const struct status *status);

#endif
