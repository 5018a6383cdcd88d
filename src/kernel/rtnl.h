/*
 * Network interfaces, by rtnetlink(7).
 *
 * A socket speaks of the network namespace that it was made in.  Every call
 * waits for the kernel's answer; when that says in words what it did not
 * like, they are in the error's words.
 */
#ifndef KERNEL_RTNL_H
#define KERNEL_RTNL_H

#include <stdbool.h>
#include <stddef.h>

int rtnl_open(void);

/* The same in another namespace, an open file of /proc/PID/ns/net. */
int rtnl_open_in(int ns);

struct rtnl_link {
	int index;
	bool is_up, is_loopback;
};

/* -ENODEV if there is none of that name. */
int rtnl_find(int sock, const char *name, struct rtnl_link *link);

/* A place for an interface in another namespace; in the name, %d is for the kernel to fill in. */
struct rtnl_place {
	int ns, index;
	const char *name;
};

/*
 * Moves one there, where to->index becomes the next one that is free.  The
 * kernel renames last: a name that is taken there is -EEXIST, and the
 * interface has moved nevertheless.
 */
int rtnl_move(int sock, int index, struct rtnl_place *to);

int rtnl_set_up(int sock, int index);

/* Addresses as the kernel told them, from one that lists to one that adds. */
struct rtnl_address {
	bool is_lasting;	/* permanent and of global scope */
	void *message;
	size_t len;
};

struct rtnl_addresses {
	struct rtnl_address *at;
	size_t n;
};

/* Those of an interface; done() takes them. */
int rtnl_addresses(int sock, int index, struct rtnl_addresses *list);
void rtnl_addresses_done(struct rtnl_addresses *list);

/* Without its label, which begins with the name of the interface, unless that is the same. */
enum rtnl_label { RTNL_KEEP_LABEL, RTNL_NO_LABEL };
int rtnl_add_address(int sock, int index, const struct rtnl_address *a, enum rtnl_label label);

#endif
