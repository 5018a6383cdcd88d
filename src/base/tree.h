/*
 * Copies of whole directories.
 *
 * What is copied may be somebody else's, who may be at work in it: every name
 * is opened in its directory, never a link, and judged by what was opened.
 * Nothing leads out of it, and no device is opened.
 */
#ifndef BASE_TREE_H
#define BASE_TREE_H

#include <sys/stat.h>

/*
 * What is in the directory from, into the directory to, where no such names
 * are: with owners, modes, attributes, times, symbolic and hard links, devices.
 * Attributes that the file system of to cannot have are left out.
 */
int tree_copy(int from, int to);

/* Owner, attributes, mode and times of one open file for another. */
int tree_copy_inode(int from, int to, const struct stat *st);

#endif
