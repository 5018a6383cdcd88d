#include "kernel/affinity.h"

#include "base/err.h"

#include <sys/syscall.h>

static size_t
size_of(const struct bits *cpus)
{
	return cpus->n * sizeof(*cpus->word);
}

/* The kernel drops from a mask what is offline or outside of the cpuset, unless that is all. */
static int
check_all_there(const struct bits *cpus)
{
	autobits have = { 0 };

	bits_init(&have);
	if (syscall(SYS_sched_getaffinity, 0, size_of(&have), have.word) < 0)
		return fail(errno, "sched_getaffinity");
	int missing = bits_missing(cpus, &have);
	return missing < 0 ? 0 : fail(0, "CPU %d is not online, or outside of the cpuset",
				      missing);
}

int
affinity_set(const struct bits *cpus)
{
	if (syscall(SYS_sched_setaffinity, 0, size_of(cpus), cpus->word) == 0)
		return check_all_there(cpus);
	if (errno == EINVAL)
		return fail(0, "none of these CPUs is online and in the cpuset");
	return fail(errno, "sched_setaffinity");
}

int
affinity_reset(void)
{
	autobits all = { 0 };

	bits_init(&all);
	memset(all.word, 0xff, size_of(&all));
	if (syscall(SYS_sched_setaffinity, 0, size_of(&all), all.word) < 0)
		return fail(errno, "sched_setaffinity");
	return 0;
}
