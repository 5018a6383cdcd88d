/*
 * The monitor of a container: a process that lives as long as that does.
 *
 * It is forked by container_start(), with the record and a few descriptors,
 * and nothing else of its parent.  It mounts the root file system in a mount
 * namespace of its own, so that nothing is left mounted whatever happens,
 * has the runtime make and start the container, reaps it (it is a
 * subreaper), writes what the container says to its log and to whoever is
 * attached, keeps status.json, starts it again as the restart policy says,
 * and removes it with --rm.  It holds monitor.lock until it ends.
 *
 *	process.c	the fork
 *	life.c		from start to end, and again
 *	loop.c		what is waited for meanwhile
 *	root.c		mounts
 *	streams.c	the container's streams, or its terminal
 *	clients.c	who is attached (frames.h)
 *	log.c		log.json
 *	restart.c	whether it is started again, and when
 *	oom.c		whether it was out of memory
 */
#ifndef ENGINE_MONITOR_MONITOR_H
#define ENGINE_MONITOR_MONITOR_H

#include "engine/container.h"
#include "engine/engine.h"
#include "engine/monitor/clients.h"
#include "engine/monitor/log.h"
#include "engine/record.h"

enum stream { STREAM_OUT, STREAM_ERR, STREAMS };

/* The container's streams, our ends. */
struct streams {
	int out[STREAMS];	/* -EBADF when it has ended; of a terminal the master, first */
	int in;			/* -EBADF without -i, and when it is closed */
	bool tty;
	char *pending;		/* input that the container does not take yet */
	size_t pending_len;
	bool in_ended;		/* to be closed behind that */
};

struct monitor {
	const struct engine *e;
	struct container *c;
	struct status status;
	int dir, state;			/* ROOT/containers/ID, STATE/ID */
	int lock;			/* monitor.lock */
	int report;			/* who started us waits here; -EBADF once told */
	int init;			/* pidfd of the container's first process */
	int signals;			/* signalfd */
	char *oom_file;			/* where its cgroup counts kills for memory; or NULL */
	struct streams streams;
	struct clients clients;
	struct log log;
	int64_t kill_at;		/* clock_ms() at which a stop becomes KILL; 0: none */
	int64_t delay;			/* ms before the last restart */
	bool adopted;			/* a monitor before us started it */
	bool mounted;			/* rootfs, in our namespace */
	bool ended;			/* the container's first process */
	bool terminated;		/* we were told to end: nothing is started again */
	struct tty_size size;		/* of the terminal, as the client that came last has it */
};

/* What the parent gives. */
struct monitor_start {
	const struct engine *e;
	struct container *c;
	int lock;			/* monitor.lock, held */
	int report;
	int client;			/* or -EBADF */
	bool adopt;
};

/* The packet to the one who started us. */
struct monitor_report {
	int32_t error;			/* 0 or -errno */
	char words[2048];
};

/* Forks it.  In the parent 0 or an error. */
int monitor_fork(const struct monitor_start *start);

/* life.c */
void monitor_run(struct monitor *m, const struct monitor_start *how);

/* process.c: what the one who started us is told, once. */
void monitor_report(struct monitor *m, int r);

/* loop.c: waits for anything, until end (clock_ms(); 0: for ever).  Whether something happened. */
bool monitor_turn(struct monitor *m, int64_t end);

/* What the first client has sent already. */
void monitor_hear(struct monitor *m);

/* root.c */
int monitor_mount(struct monitor *m);	/* the namespace, and rootfs in it */
void monitor_unmount(struct monitor *m);

/* streams.c */
struct stream_ends { int in, out, err; };	/* what the runtime is given */
int streams_open(struct monitor *m, struct stream_ends *ends, int *console);
int streams_take_console(struct monitor *m, int console);
int streams_reopen(struct monitor *m);
void streams_read(struct monitor *m, enum stream which);
void streams_drain(struct monitor *m);
void streams_input(struct monitor *m, const char *bytes, size_t n);
void streams_end_input(struct monitor *m);
void streams_flush_input(struct monitor *m);
void streams_resize(struct monitor *m, const struct tty_size *size);
void streams_close(struct monitor *m);

/* oom.c: from here on kills for want of memory are known, if the container has a limit of it. */
void oom_watch(struct monitor *m);
bool oom_happened(const struct monitor *m);

/* restart.c: milliseconds until it is to be started again, or -1. */
int64_t restart_delay(struct monitor *m, int64_t ran_ms);

#endif
