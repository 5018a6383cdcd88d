/*
 * The other end of a talk with ocirun-systemd: a program of its own, for it
 * needs libsystemd, that runs as long as it is needed.
 *
 * It dies with us.  Every wait for it has a deadline, as D-Bus and systemd
 * may have none.
 */
#ifndef SYSTEMD_HELPER_H
#define SYSTEMD_HELPER_H

#include "systemd/property.h"

#include <stdint.h>
#include <sys/types.h>

struct helper {
	int sock, pidfd;
	pid_t pid;
	int64_t patience_ms;	/* for each request */
};

#define HELPER_EMPTY { .sock = -EBADF, .pidfd = -EBADF }

/* manager: "system" or "user".  Starts the program, which asks nobody anything yet. */
int helper_start(struct helper *h, const char *manager);

/* Asks.  *path, the answer's, is for free(); it may be NULL. */
int helper_ask(const struct helper *h, char *const *request, char **path);

/* Ends it, at once, and waits for that; it leaves its cgroup so.  An empty one is welcome. */
void helper_done(struct helper *h);

#endif
