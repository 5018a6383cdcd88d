/* I/O priorities (ioprio_set(2)). */
#ifndef KERNEL_IOPRIO_H
#define KERNEL_IOPRIO_H

#include "base/words.h"

#include <sys/types.h>

#define IOPRIO_LEVELS 8		/* in each class; 0 is served first */

extern const struct word ioprio_class_words[];	/* IOPRIO_CLASS_RT ... */

/* That of a process, whose children inherit it. */
int ioprio_give(pid_t pid, uint64_t class, unsigned level);

#endif
