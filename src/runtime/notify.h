/*
 * sd_notify(3) for containers: when the runtime has a NOTIFY_SOCKET, the
 * container gets one of its own, /run/notify/notify.sock, and what it says
 * there is handed on to ours, with the pid that counts outside.
 */
#ifndef RUNTIME_NOTIFY_H
#define RUNTIME_NOTIFY_H

#include "runtime/state.h"

#define NOTIFY_DIR "notify"

/* Whether our service manager wants to be told. */
bool notify_wanted(void);

/* create: the mount of that directory, and the variable for the process. */
void notify_add(struct oci_spec *spec, const char *dir);
int notify_make(const struct state *s);

/* start: an fd on which the container will be heard, or -ENOENT if create was not asked to. */
int notify_listen(const struct state *s);

/* Hands one message on.  Returns 1 if it was that the container is ready. */
int notify_hand_on(int fd, pid_t pid);

/* Until it is ready, or the process has ended. */
int notify_wait_ready(int fd, pid_t pid, int pidfd);

#endif
