/*
 * linux.netDevices: network interfaces of the host that move into the container.
 *
 * They keep their lasting addresses and are up afterwards.  From then on they
 * belong to the namespace: delete leaves them to the kernel, which returns
 * physical ones to the host and destroys the others with the namespace.  Only
 * a create that fails takes them back.
 */
#ifndef RUNTIME_NETDEVICES_H
#define RUNTIME_NETDEVICES_H

#include "libocispec/spec.h"

#include "base/mem.h"

#include <sys/types.h>

struct netdevices {
	struct netdevice *at;
	size_t n;
	int own_ns, own;	/* our namespace, and a socket that speaks of it */
	int other_ns, other;	/* the container's */
};

#define NETDEVICES_EMPTY \
	{ .own_ns = -EBADF, .own = -EBADF, .other_ns = -EBADF, .other = -EBADF }

/* Into the namespace that the process is in.  An error leaves to restore() what was moved. */
int netdevices_move(struct netdevices *d, struct oci_net_device *const *list, pid_t pid);

/* Back, with all but the routes; what fails is a warning.  Keeps err_words(). */
void netdevices_restore(struct netdevices *d);

void netdevices_done(struct netdevices *d);

#endif
