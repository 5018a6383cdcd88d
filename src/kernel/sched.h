/* CPU scheduling policies (sched_setattr(2)). */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include "base/words.h"

#include <linux/sched/types.h>
#include <sys/types.h>

extern const struct word sched_policy_words[];	/* SCHED_OTHER ...: those that Linux has */
extern const struct word sched_flag_words[];	/* SCHED_FLAG_RESET_ON_FORK ... */

/* The least time of SCHED_DEADLINE, in nanoseconds: the kernel counts in these. */
#define SCHED_RUNTIME_MIN 1024

/* Gives a process its policy; attr->size is filled in. */
int sched_give(pid_t pid, const struct sched_attr *attr);

#endif
