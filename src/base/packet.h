/*
 * Packets with descriptors beside them, over a unix socket.
 *
 * The socket is a SOCK_SEQPACKET or SOCK_STREAM one on which a message is
 * sent whole.  Descriptors that arrive are close-on-exec and belong to the
 * receiver.
 */
#ifndef BASE_PACKET_H
#define BASE_PACKET_H

#include "base/mem.h"

#define PACKET_FDS 4

struct packet_fds {
	int n;
	int fd[PACKET_FDS];
};

/* A connected SOCK_SEQPACKET pair. */
int packet_pair(int pair[2]);

/* fds may be NULL; they stay the caller's. */
int packet_send(int sock, const void *data, size_t len, const struct packet_fds *fds);

/*
 * Returns the length, 0 when the other side is gone.  A packet longer than
 * room is an error.  With fds NULL, descriptors that come are closed.
 */
ssize_t packet_recv(int sock, void *data, size_t room, struct packet_fds *fds);

/* Connects to a unix stream socket at a path of any length. */
int packet_connect(const char *path);

#endif
