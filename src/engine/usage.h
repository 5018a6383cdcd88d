/* What a container uses of the machine at a moment: as its runtime knows, and the kernel. */
#ifndef ENGINE_USAGE_H
#define ENGINE_USAGE_H

#include "engine/engine.h"
#include "engine/record.h"

#include <stdint.h>
#include <sys/types.h>

/* All zeros is one that does not run. */
struct usage {
	bool up;
	bool counted;			/* false: it has no cgroup of its own, and nobody knows */
	int64_t at_ms;			/* when, see base/clock.h */
	uint64_t cpu_ns;		/* since its start */
	uint64_t memory, memory_limit;	/* bytes; the cache that can go at once does not count */
	uint64_t received, sent;	/* bytes over its own network interfaces, but for lo */
	uint64_t read, written;		/* bytes of disks */
	uint64_t pids;
};

int container_usage(const struct engine *e, const struct container *c, struct usage *u);

/* Percent of one processor that it used between two moments. */
double usage_cpu_percent(const struct usage *before, const struct usage *now);

/*
 * The same of the cgroup that a process is in, as far as this host tells it.  -ENODATA if that is
 * ours, or the host's.
 */
int usage_of_cgroup(pid_t pid, struct usage *u);

/* Adds up the lines of /proc/PID/net/dev. */
void usage_read_net_dev(const char *text, struct usage *u);

#endif
