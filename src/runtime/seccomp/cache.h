/*
 * Compiled filters, kept for the next container: ROOT/.cache/seccomp/KEY.
 *
 * KEY is the digest of all that a filter depends on.  A file is believed only
 * if it and its directory are ours and nobody else's, and it says its own key
 * and the digest of what it holds; any other is as good as none, and will be
 * replaced.  It is written whole, or not at all.  Of more than CACHE_MAX
 * the one that was written first goes: reading leaves no trace, which would
 * cost more than to compile once again.
 */
#ifndef RUNTIME_SECCOMP_CACHE_H
#define RUNTIME_SECCOMP_CACHE_H

#include "base/sha256.h"

#include <linux/filter.h>

#define CACHE_MAX 64

/* root: the directory of states.  free() takes the code.  Any error means: not there. */
int cache_find(int root, const struct sha256_sum *key, struct sock_filter **code, size_t *n);
int cache_keep(int root, const struct sha256_sum *key, const struct sock_filter *code, size_t n);

#endif
