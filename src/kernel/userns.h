/*
 * User namespaces (user_namespaces(7)): their maps, and who we are in one.
 *
 * A map is the text of uid_map(5): lines of "INSIDE OUTSIDE COUNT".  Whoever
 * writes one needs CAP_SETUID or CAP_SETGID outside, or maps nothing but
 * the own ID; for a group the latter also needs setgroups(2) to be denied.
 */
#ifndef KERNEL_USERNS_H
#define KERNEL_USERNS_H

#include <stdbool.h>
#include <sys/types.h>

/* The kernel takes no more lines. */
#define USERNS_LINES 340

enum userns_file { USERNS_UID_MAP, USERNS_GID_MAP, USERNS_SETGROUPS };

/* Writes a file of the namespace that a process is in; each can be written once. */
int userns_write(pid_t pid, enum userns_file file, const char *text);

/* An fd of the namespace that a process is in. */
int userns_of(pid_t pid);

/* An fd of a new namespace with these maps and nobody in it, for idmapped mounts. */
int userns_make(const char *uid_map, const char *gid_map);

/* Whether groups from outside go when we enter, if the namespace lets us drop them. */
enum userns_groups { USERNS_DROP, USERNS_KEEP };

/*
 * It is no error to lack the right, as a plain user does, and as everybody does in
 * a namespace that denies setgroups(2): those who may must do it before they join one.
 */
int userns_drop_groups(void);

/*
 * In a namespace that was just entered we are nobody until we take an ID of
 * it: root, or, where the maps lack that, the given ones.
 */
int userns_become_root(uid_t uid, gid_t gid, enum userns_groups groups);

/* Whether we may write maps of many IDs, that is, hold these capabilities. */
bool userns_may_map(void);

/*
 * Files of a process in /proc belong to root unless it can be dumped: a plain
 * user must be, for as long as others of his processes write to them.
 */
int userns_show(bool on);

#endif
