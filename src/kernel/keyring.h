/* Keys (keyrings(7)). */
#ifndef KERNEL_KEYRING_H
#define KERNEL_KEYRING_H

/*
 * A new session keyring of that name for us and our children, so that they
 * find no key of the caller's.  A kernel without keys, or a filter that
 * hides them, has none to find either: no error.
 */
int keyring_join_new(const char *name);

#endif
