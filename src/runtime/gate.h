/* The gate: a socket in a container's state directory, on which init waits for start. */
#ifndef RUNTIME_GATE_H
#define RUNTIME_GATE_H

#define GATE_NAME "gate"

/* Each takes the state directory and returns an fd: one that listens, and one to talk with init. */
int gate_make(int dir);
int gate_connect(int dir);

#endif
