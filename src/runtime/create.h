/*
 * A container that is being made: what create, run and init share.
 */
#ifndef RUNTIME_CREATE_H
#define RUNTIME_CREATE_H

#include "runtime/cgroup/systemd.h"
#include "runtime/child.h"
#include "runtime/config.h"
#include "runtime/hook-output.h"
#include "runtime/netdevices.h"
#include "runtime/rootfs.h"
#include "runtime/runtime.h"
#include "runtime/state.h"

struct creation {
	const struct runtime *rt;
	const struct create_opts *opts;
	struct config config;
	struct state state;
	struct rootfs rootfs;
	struct child child;
	struct netdevices net_devices;
	struct hook_output hook_output;
	struct scope scope;	/* empty unless systemd manages the cgroup */
	char *bundle;		/* absolute */
	uint64_t new_ns;	/* CLONE_NEW* to make */
	uint64_t to_join;	/* CLONE_NEW* that have a path and are not joined yet */
	bool user_ns;		/* a user namespace is among either of them */
	bool passage;		/* a helper joins; see join.h */
	bool is_run;		/* run: this process goes on to start it */
	bool notify;		/* the container gets a socket for sd_notify(3) */
	bool is_restore;	/* until it is complete, not only init may be there */
	bool cgroup_refused;	/* the cgroup is not ours, so not ours to undo either */
};

/*
 * Everything until init waits for GO on child.sync[0] (is_run), or at the gate.
 * On an error nothing is left.  The lock on the state is let go.
 */
int creation_run(struct creation *c, const struct runtime *rt, const struct create_opts *o,
		 bool is_run);

/* What has to be there before anything is planned. */
void creation_init(struct creation *c, const struct runtime *rt, const struct create_opts *o);
void creation_done(struct creation *c);

#endif
