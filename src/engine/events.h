/* What happened: ROOT/events.jsonl, a line each, appended whole; docker's words. */
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
};

extern const struct type event_type;

/* "KEY", "VALUE" ..., NULL.  One that cannot be written is lost: an event stops nobody's work. */
void event_add(const struct engine *e, const char *type, const char *action, const char *id, ...)
	__attribute__((sentinel));

#endif
