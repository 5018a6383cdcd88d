#include "kernel/ioprio.h"

#include "base/err.h"

#include <linux/ioprio.h>
#include <sys/syscall.h>

#define W(name) { #name, name }

const struct word ioprio_class_words[] = {
	W(IOPRIO_CLASS_RT), W(IOPRIO_CLASS_BE), W(IOPRIO_CLASS_IDLE), { 0 },
};

int
ioprio_give(pid_t pid, uint64_t class, unsigned level)
{
	unsigned prio = (unsigned)class << IOPRIO_CLASS_SHIFT | level;

	if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid, prio) == 0)
		return 0;
	if (errno == EPERM && class == IOPRIO_CLASS_RT)
		return fail(EPERM, "IOPRIO_CLASS_RT needs CAP_SYS_NICE or CAP_SYS_ADMIN");
	if (errno == ENOSYS)
		return fail(ENOSYS, "this kernel has no I/O priorities (CONFIG_BLOCK)");
	return fail(errno, "ioprio_set");
}
