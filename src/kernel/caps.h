/*
 * Capabilities (capabilities(7)).
 *
 * A set is a mask with bit n for capability n.  libcap gives the names and
 * is included here only; the sets themselves are set by the system calls.
 */
#ifndef KERNEL_CAPS_H
#define KERNEL_CAPS_H

#include <stdbool.h>
#include <stdint.h>

struct caps {
	uint64_t bounding, permitted, effective, inheritable, ambient;
};

/* Whether the name is that of a capability, such as CAP_KILL, and its bit. */
bool cap_bit(const char *name, uint64_t *bit);

/* All names that cap_bit() knows, a list for strv_free(). */
char **caps_names(void);

/* What this process has now. */
int caps_read(struct caps *c);

/* What the first process of a new user namespace has there: all that the kernel knows. */
int caps_full(struct caps *c);

/* Takes from the bounding set all that is not in keep; needs CAP_SETPCAP. */
int caps_drop_bounding(uint64_t keep);

/* Sets permitted, effective and inheritable. */
int caps_set(const struct caps *c);

/* The same, then ambient. */
int caps_apply(const struct caps *c);

/* Whether all of mask is permitted to us. */
bool caps_permitted(uint64_t mask);

#endif
