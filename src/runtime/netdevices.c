#include "runtime/netdevices.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/ns.h"
#include "kernel/rtnl.h"

#include <sched.h>

struct netdevice {
	const char *name, *new_name;	/* the configuration's */
	struct rtnl_link link;		/* as it was */
	struct rtnl_addresses addresses;
	int index;			/* in the container; 0 until it is there */
};

static int
open_both(struct netdevices *d, pid_t pid)
{
	autofree char *path = xasprintf("/proc/%d/ns/net", (int)pid);

	d->own_ns = ns_open("/proc/self/ns/net", CLONE_NEWNET);
	if (d->own_ns < 0)
		return d->own_ns;
	d->other_ns = ns_open(path, CLONE_NEWNET);
	if (d->other_ns < 0)
		return d->other_ns;
	d->own = rtnl_open();
	if (d->own < 0)
		return d->own;
	d->other = rtnl_open_in(d->other_ns);
	return d->other < 0 ? d->other : 0;
}

static void
list_all(struct netdevices *d, struct oci_net_device *const *list)
{
	while (list[d->n])
		d->n++;
	d->at = xcalloc(d->n, sizeof(*d->at));
	for (size_t i = 0; i < d->n; i++) {
		const char *name = list[i]->name;

		d->at[i].name = list[i]->key;
		d->at[i].new_name = name && *name ? name : list[i]->key;
	}
}

static int
name_is_taken(const struct netdevice *n)
{
	return fail(EEXIST, "the container has a network device %s already", n->new_name);
}

static int
look_at(const struct netdevices *d, struct netdevice *n)
{
	int r = rtnl_find(d->own, n->name, &n->link);
	struct rtnl_link there;

	if (r == -ENODEV)
		return fail(ENODEV, "the host has no network device of that name");
	if (r == 0 && n->link.is_loopback)
		return fail(0, "the loopback device cannot be moved");
	if (r == 0 && !strchr(n->new_name, '%') && rtnl_find(d->other, n->new_name, &there) == 0)
		return name_is_taken(n);
	return r < 0 ? r : rtnl_addresses(d->own, n->link.index, &n->addresses);
}

/* A label begins with the name. */
static enum rtnl_label
label_of(const struct netdevice *n)
{
	return streq(n->name, n->new_name) ? RTNL_KEEP_LABEL : RTNL_NO_LABEL;
}

static int
set_up(const struct netdevices *d, const struct netdevice *n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n->addresses.n; i++)
		if (n->addresses.at[i].is_lasting)
			r = rtnl_add_address(d->other, n->index, &n->addresses.at[i], label_of(n));
	if (r < 0)
		return wrap(r, "keep its addresses");
	return wrap(rtnl_set_up(d->other, n->index), "set it up");
}

/* The kernel renames last, so that one may have moved and have failed. */
static bool
has_left(const struct netdevices *d, const struct netdevice *n)
{
	autowords words = err_keep();
	struct rtnl_link link;

	return rtnl_find(d->own, n->name, &link) == -ENODEV;
}

static int
move_in(const struct netdevices *d, struct netdevice *n)
{
	struct rtnl_place to = {
		.ns = d->other_ns, .index = n->link.index, .name = n->new_name,
	};
	int r = rtnl_move(d->own, n->link.index, &to);

	if (r == 0 || has_left(d, n))
		n->index = to.index;
	if (r == -EEXIST)	/* by somebody who was quicker */
		return name_is_taken(n);
	if (r == -EPERM)
		return wrap(r, "move it (needs CAP_NET_ADMIN over the host's network)");
	return r < 0 ? wrap(r, "move it") : set_up(d, n);
}

int
netdevices_move(struct netdevices *d, struct oci_net_device *const *list, pid_t pid)
{
	int r = open_both(d, pid);

	if (r < 0)
		return r;
	list_all(d, list);
	/* What can be known before is: so that little has to be taken back. */
	for (size_t i = 0; r >= 0 && i < d->n; i++)
		r = wrap(look_at(d, &d->at[i]), "%s", d->at[i].name);
	for (size_t i = 0; r >= 0 && i < d->n; i++)
		r = wrap(move_in(d, &d->at[i]), "%s", d->at[i].name);
	return r < 0 ? r : 0;
}

static int
move_back(const struct netdevices *d, const struct netdevice *n)
{
	struct rtnl_place to = { .ns = d->own_ns, .index = n->link.index, .name = n->name };
	int r = rtnl_move(d->other, n->index, &to);

	for (size_t i = 0; r == 0 && i < n->addresses.n; i++)
		r = rtnl_add_address(d->own, to.index, &n->addresses.at[i], RTNL_KEEP_LABEL);
	return r == 0 && n->link.is_up ? rtnl_set_up(d->own, to.index) : r;
}

void
netdevices_restore(struct netdevices *d)
{
	autowords words = err_keep();

	for (size_t i = d->n; i-- > 0;) {
		struct netdevice *n = &d->at[i];

		if (n->index && move_back(d, n) < 0)
			warn("linux.netDevices: %s: move it back: %s", n->name, err_words());
		n->index = 0;
	}
}

void
netdevices_done(struct netdevices *d)
{
	int *const fds[] = { &d->own_ns, &d->own, &d->other_ns, &d->other };

	for (size_t i = 0; i < countof(fds); i++)
		close_at(fds[i]);
	for (size_t i = 0; i < d->n; i++)
		rtnl_addresses_done(&d->at[i].addresses);
	free(d->at);
	*d = (struct netdevices)NETDEVICES_EMPTY;
}
