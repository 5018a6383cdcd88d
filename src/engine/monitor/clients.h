/* Who is attached to a container: see engine/frames.h. */
#ifndef ENGINE_MONITOR_CLIENTS_H
#define ENGINE_MONITOR_CLIENTS_H

#include "engine/frames.h"

#include "base/str.h"

#include "kernel/tty.h"

#define CLIENTS_MAX 64

struct client {
	int sock;
	bool output, input;
	bool waited_for;		/* it started the container, which waits for it */
	bool leaving;			/* its backlog ends with how the container ended */
	struct str backlog;		/* packets it does not take yet, behind their lengths */
};

struct clients {
	int listener;			/* -EBADF: none */
	size_t n;
	struct client at[CLIENTS_MAX];
};

/* What a client wants. */
struct request {
	enum frame_type type;		/* SIZE, IN, IN_END; 0: nothing for the container */
	struct tty_size size;
	char *bytes;			/* in the caller's buffer */
	size_t n;
};

/* The socket "attach" in STATE/ID. */
int clients_listen(struct clients *cs, int state);

/* Takes the socket; waited_for: see above. */
void client_add(struct clients *cs, int sock, bool waited_for);

/* One who has connected; false: there is none. */
bool clients_accept(struct clients *cs);

/* Reads a packet of a client, who is removed when he is gone; false: there was none. */
bool client_read(struct clients *cs, size_t i, char buf[FRAME_MAX], struct request *r);

/* To everybody who wants output. */
void clients_say(struct clients *cs, enum frame_type type, const char *bytes, size_t n);

/* Sends what waits for a client. */
void client_flush(struct clients *cs, size_t i);

/* Whether the container is to wait, for somebody who is slow. */
bool clients_are_behind(const struct clients *cs);

/*
 * Tells all how it ended and parts from them.  FINISH waits for who started the container, if that
 * is slow; GO_ON leaves it what it has not taken yet, and it hears nothing of a next start.
 */
enum clients_wait { CLIENTS_FINISH, CLIENTS_GO_ON };
void clients_end(struct clients *cs, int exit_code, enum clients_wait how);

#endif
