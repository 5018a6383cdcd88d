#include "kernel/sched.h"

#include "base/err.h"
#include "kernel/caps.h"

#include <linux/capability.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <sys/syscall.h>

#define W(name) { #name, name }

const struct word sched_policy_words[] = {
	{ "SCHED_OTHER", SCHED_NORMAL },
	W(SCHED_FIFO), W(SCHED_RR), W(SCHED_BATCH), W(SCHED_IDLE), W(SCHED_DEADLINE), { 0 },
};

const struct word sched_flag_words[] = {
	W(SCHED_FLAG_RESET_ON_FORK), W(SCHED_FLAG_RECLAIM), W(SCHED_FLAG_DL_OVERRUN),
	W(SCHED_FLAG_KEEP_POLICY), W(SCHED_FLAG_KEEP_PARAMS),
	W(SCHED_FLAG_UTIL_CLAMP_MIN), W(SCHED_FLAG_UTIL_CLAMP_MAX), { 0 },
};

#define ANY UINT32_MAX

/* What an errno means for a policy. */
static const struct reason {
	int code;
	uint32_t policy;
	const char *words;
} reasons[] = {
	{ EPERM, SCHED_DEADLINE,
	  "needs all CPUs of the machine; a cpuset or an affinity keeps the process from some" },
	{ EPERM, SCHED_FIFO, "its cgroup has no real-time CPU time (cpu.rt_runtime_us)" },
	{ EPERM, SCHED_RR, "its cgroup has no real-time CPU time (cpu.rt_runtime_us)" },
	{ EBUSY, SCHED_DEADLINE,
	  "the CPUs have not so much time left (other deadlines, kernel.sched_rt_runtime_us)" },
	{ EINVAL, SCHED_DEADLINE,
	  "the kernel takes no such times (kernel.sched_deadline_period_min_us and _max_us)" },
	{ EOPNOTSUPP, ANY, "this kernel has no utilization clamping (CONFIG_UCLAMP_TASK)" },
};

static bool
is_privileged(void)
{
	struct caps have;

	return caps_read(&have) == 0 && have.effective >> CAP_SYS_NICE & 1;
}

static const char *
reason_of(int code, uint32_t policy)
{
	if (code == EPERM && !is_privileged())
		return "needs CAP_SYS_NICE";
	for (size_t i = 0; i < countof(reasons); i++)
		if (reasons[i].code == code &&
		    (reasons[i].policy == policy || reasons[i].policy == ANY))
			return reasons[i].words;
	return NULL;
}

int
sched_give(pid_t pid, const struct sched_attr *attr)
{
	struct sched_attr sized = *attr;

	sized.size = sizeof(sized);
	if (syscall(SYS_sched_setattr, pid, &sized, 0) == 0)
		return 0;

	int code = errno;
	const char *policy = number_word(sched_policy_words, attr->sched_policy);
	const char *words = reason_of(code, attr->sched_policy);
	if (words)
		return fail(code == EINVAL ? 0 : code, "%s: %s", policy, words);
	return fail(code, "%s", policy);
}
