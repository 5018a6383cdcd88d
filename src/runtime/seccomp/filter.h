/*
 * The filter of a process: from the configuration to a program that is ready
 * to be loaded.
 *
 * It is made outside, before anything else is, so that a profile that cannot
 * be compiled fails there; the process itself only loads it, as its last act
 * before execve (process_execute()).
 */
#ifndef RUNTIME_SECCOMP_FILTER_H
#define RUNTIME_SECCOMP_FILTER_H

#include "runtime/runtime.h"

#include "base/sha256.h"

#include <linux/filter.h>

struct filter {
	struct sock_filter *code;
	size_t n;		/* 0: no filter */
	unsigned flags;		/* of seccomp(2) */
	bool notifies;		/* somebody gets the listener */
	bool is_new;		/* compiled, and not in the cache yet */
	struct sha256_sum key;
};

/* From the cache if it is there; for a configuration that was checked. */
int filter_plan(struct filter *f, const struct runtime *rt, const struct oci_spec *spec);

/* Puts a new one into the cache.  That this fails is no error, for it is only slower then. */
void filter_keep(struct filter *f, const struct runtime *rt);

void filter_done(struct filter *f);

#endif
