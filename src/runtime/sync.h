/*
 * The talk between the runtime (outside) and init (inside).
 *
 *	init				runtime
 *	 |  CGROUP	 ----------->	has systemd put it there, where it may not go itself
 *	 |  MAP_IDS	 ----------->	writes the maps of the new user namespace
 *	 |  NETDEVICES	 ----------->	moves the host's network devices in
 *	 |  CONSOLE + the master ---->	hands it to the console socket, or keeps it
 *	 |  HOOKS	 ----------->	notes that poststop is due, runs prestart and createRuntime
 *	 |  READY	 ----------->	device rules, state, pid file
 *	 |		 <-----------	each is answered OK, or ERROR and words
 *	 |				--- create ends here, start continues ---
 *	 |		 <-----------	GO
 *	 |  LISTENER + its fd ------>	hands it to who decides on system calls, answers
 *	 |  ERROR, or the socket closes by execve
 *
 * Init asks, the runtime serves: init knows what it needs next, so the order
 * is written down once, in its list of steps.  Init is nearly the guest:
 * the runtime serves each request once, and phases only go forward.  The end
 * of the file is the death of the other side, and for init a reason to die.
 */
#ifndef RUNTIME_SYNC_H
#define RUNTIME_SYNC_H

#include "base/packet.h"

enum sync_type {
	SYNC_OK,
	SYNC_ERROR,
	SYNC_MAP_IDS,
	SYNC_CGROUP,
	SYNC_CONSOLE,
	SYNC_NETDEVICES,
	SYNC_HOOKS,
	SYNC_READY,
	SYNC_GO,
	SYNC_LISTENER,
	SYNC_TYPES,
};

/* What the runtime does for a request.  fd came with it, or is -EBADF; it stays the caller's. */
struct service {
	const char *name;	/* fronts the words of an error */
	int phase;		/* requests of an earlier one are refused */
	int (*serve)(void *of, int fd);
};

/* Init's side: asks and waits for the answer; fd goes with it unless negative. */
int sync_ask(int sock, enum sync_type type, int fd);

/* Tells an error with the words that we have. */
void sync_tell_error(int sock, int code);

/* Waits for GO.  -EPIPE if the other side went away. */
int sync_wait_go(int sock);

/* The runtime's side: serves from a table of SYNC_TYPES rows until READY is served, or an error. */
int sync_serve(int sock, const struct service *services, void *of);

/*
 * Waits until the other side has executed its program, which closes the
 * socket: 0, or its error.  A listener that comes is served before, once; with
 * NULL none may come.  One that ends without the answer has executed nothing.
 */
int sync_wait_executed(int sock, const struct service *listener, void *of);

/* Opens the gate, then the same. */
int sync_go(int sock, const struct service *listener, void *of);

#endif
