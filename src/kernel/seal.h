/*
 * Keeping our own program out of reach.
 *
 * A process in a container can find us in /proc, or be told to execute
 * /proc/self/exe, and so get at the file behind it: with root's rights, to
 * write to the host's binary (CVE-2019-5736).  seal_program() makes that
 * file one on a mount that is read-only and that nobody can reach to change:
 * our segments are mapped again through it, and the kernel is told that it
 * is what we execute.  No second execve, no copy; docs/design.md has the
 * figures.
 *
 * Also makes the process not dumpable, which the seal does not need but
 * others' eyes do.
 */
#ifndef KERNEL_SEAL_H
#define KERNEL_SEAL_H

/*
 * To be called with one thread and before any namespace is joined.  Where
 * the kernel does not let us (no CONFIG_CHECKPOINT_RESTORE), executes the
 * program again through that mount, with argv.  Where it does not let us make
 * a mount (a plain user), a program that belongs to root is left as it is, for
 * no container of ours can write to it; else a sealed copy in memory is executed.
 */
int seal_program(char **argv);

#endif
