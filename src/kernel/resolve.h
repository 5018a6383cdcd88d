/*
 * Paths below a directory that is not to be trusted.
 *
 * The only way to a path inside a container: openat2(2) with RESOLVE_IN_ROOT
 * and RESOLVE_NO_MAGICLINKS, tried again a bounded number of times when a
 * rename elsewhere disturbs it (-EAGAIN).  ".." and absolute links stay
 * below the root.  There is no variant that returns a string.
 *
 * What is made on the way has its exact mode whatever the umask, and a link
 * that leads to nothing is followed as if what it names had to be made.
 */
#ifndef KERNEL_RESOLVE_H
#define KERNEL_RESOLVE_H

#include <sys/types.h>

/* Opens path below root; flags as for open(2), O_CLOEXEC is added.  Words name the path. */
int resolve_open(int root, const char *path, int flags);

/*
 * The same for a path without symbolic links; -ELOOP if there is one.  What
 * it opens is what the path says, letter by letter.
 */
int resolve_open_plain(int root, const char *path, int flags);

/* O_PATH of a path, which is made if absent: a directory, with its parents (mode 0755). */
int resolve_make_dir(int root, const char *path);

/* Likewise an empty regular file (mode 0644) at the end. */
int resolve_make_file(int root, const char *path);

/* The same for a path that was just found absent; kind is S_IFDIR or S_IFREG. */
int resolve_make(int root, const char *path, mode_t kind);

/*
 * O_PATH of the directory that the last component stands in, made if absent;
 * *leaf points into path.  -EINVAL if the last component is no name.
 */
int resolve_parent(int root, const char *path, const char **leaf);

#endif
