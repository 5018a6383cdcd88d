/*
 * What happened: ROOT/events.jsonl, a line each, appended whole; docker's words.
 *
 * When the file is large it becomes events.jsonl.1, in the place of an older one.
 */
#ifndef ENGINE_EVENTS_H
#define ENGINE_EVENTS_H

#include "engine/engine.h"

#include "libocispec/spec.h"

struct event_actor {
	char *id;
	struct oci_pair **attributes;	/* name, image, exitCode, signal ... */
};

struct event {
	char *type, *action;		/* container, start */
	struct event_actor *actor;
	char *scope;			/* local */
	struct oci_int time, time_nano;
	char *status, *id, *from;	/* docker's older words: told, not in the file */
};

extern const struct type event_type;

/* "KEY", "VALUE" ..., NULL.  One that cannot be written is lost: an event stops nobody's work. */
void event_add(const struct engine *e, const char *type, const char *action, const char *id, ...)
	__attribute__((sentinel));

struct events_query {
	int64_t since, until;		/* nanoseconds since 1970; INT64_MAX: no end */
	bool follow;			/* wait for what is to come, up to until */
	/* Gets each; what it returns other than 0 ends it, and is what events_read() returns. */
	int (*tell)(void *arg, const struct event *event);
	void *arg;
};

/* Tells of what happened in that time, the oldest first.  A line that is no event is left out. */
int events_read(const struct engine *e, const struct events_query *q);

#endif
