/*
 * Why a command cannot be executed: the kernel's answer is a number, and the
 * cause is in the container's files.
 */
#ifndef ENGINE_EXPLAIN_H
#define ENGINE_EXPLAIN_H

/*
 * To an error's words, those of a command that could not be executed, a second line is added: a
 * hint, if we find a cause below root.  env is the container's.  Returns r.
 */
int explain_failure(int r, int root, const char *command, char *const *env);

#endif
