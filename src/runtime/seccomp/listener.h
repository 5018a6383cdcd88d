/*
 * Who decides on calls with SCMP_ACT_NOTIFY: a program of the engine's that
 * waits at a socket for the listener (seccomp_unotify(2)) and for word of the
 * process that it belongs to.
 */
#ifndef RUNTIME_SECCOMP_LISTENER_H
#define RUNTIME_SECCOMP_LISTENER_H

#include "runtime/state.h"

#include "base/mem.h"

struct listener {
	int sock;			/* connected; -EBADF: nobody decides */
	const struct record *record;
	enum status status;		/* of the container */
	pid_t pid;			/* of the process that has the filter */
	const char *metadata;		/* may be NULL */
};

/* Connects, if the container has such a filter: who is not there is found out before the start. */
int listener_connect(struct listener *l, const struct record *r, const struct oci_spec *spec);

/* Hands the listener on: one message, and the connection is closed. */
int listener_send(struct listener *l, int fd);

static inline void
listener_done(struct listener *l)
{
	close_at(&l->sock);
	l->sock = -EBADF;
}

#endif
