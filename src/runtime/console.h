/* The terminal of a container's process (config.md, process.terminal). */
#ifndef RUNTIME_CONSOLE_H
#define RUNTIME_CONSOLE_H

#include "libocispec/spec.h"

/*
 * Inside: a new terminal of the devpts below root (an fd), of the size that
 * the process asks for.  Returns the master; *slave is the other end.
 */
int console_open(int root, const struct oci_process *p, int *slave);

/* Outside: connects to the socket of an engine; an fd. */
int console_connect(const char *path);

/* Sends the master over it, with the name as payload, as runc and crun do. */
int console_send(int sock, int master);

#endif
