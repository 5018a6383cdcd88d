/* Namespaces: their names, and joining those of others. */
#ifndef KERNEL_NS_H
#define KERNEL_NS_H

#include "base/words.h"

/* The words of the OCI specification and CLONE_NEW* (namespaces(7)). */
extern const struct word ns_words[];

/* Opens the namespace at a path; one of another kind, or no namespace, is an error. */
int ns_open(const char *path, uint64_t kind);

/* Whether it is the one that we are in; the network, ipc, uts and user ones only. */
bool ns_is_ours(const char *path, uint64_t kind);

/* Whether our user namespace is another than the host's: root in it is no root of the host. */
bool ns_in_user(void);

/* setns(2), for one kind through its own fd or for several through a pidfd. */
int ns_join(int fd, uint64_t kinds);

/* Brings up the loopback interface of the network namespace that we are in. */
int ns_loopback_up(void);

#endif
