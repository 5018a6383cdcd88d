/* Reading a container's log (see monitor/log.h), over the rotated files. */
#ifndef ENGINE_LOGS_H
#define ENGINE_LOGS_H

#include "engine/engine.h"
#include "engine/record.h"

/* A line of log.json. */
struct log_entry {
	char *log, *stream, *time;
};

struct logs_request {
	int64_t tail;			/* lines; -1: all */
	const char *since, *until;	/* RFC 3339 in UTC; NULL: no bound */
	bool follow;			/* until the container has ended */
	int (*tell)(void *arg, const struct log_entry *entry);
	void *arg;
};

/* -ENOTSUP with words if the container keeps no log. */
int container_logs(const struct engine *e, const struct container *c,
		   const struct logs_request *req);

#endif
