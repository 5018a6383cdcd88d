#include "kernel/rlimit.h"

#include <sys/resource.h>

#define W(name) { #name, name }

const struct word rlimit_words[] = {
	W(RLIMIT_CPU), W(RLIMIT_FSIZE), W(RLIMIT_DATA), W(RLIMIT_STACK), W(RLIMIT_CORE),
	W(RLIMIT_RSS), W(RLIMIT_NPROC), W(RLIMIT_NOFILE), W(RLIMIT_MEMLOCK), W(RLIMIT_AS),
	W(RLIMIT_LOCKS), W(RLIMIT_SIGPENDING), W(RLIMIT_MSGQUEUE), W(RLIMIT_NICE),
	W(RLIMIT_RTPRIO), W(RLIMIT_RTTIME), { 0 },
};
