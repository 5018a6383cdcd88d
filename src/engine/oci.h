/*
 * Calls of the OCI runtime, by its command line.
 *
 * The containers of a store are in a root directory of the runtime's own,
 * STATE/runtime: nobody else's names are in their way.
 */
#ifndef ENGINE_OCI_H
#define ENGINE_OCI_H

#include "engine/engine.h"
#include "engine/record.h"

#include "base/str.h"

#include <sys/types.h>

/* Its command line, for strv_free(): "PATH --root DIR" and the words, which end with NULL. */
int oci_command(const struct engine *e, const struct container *c, const char *const *words,
		char ***argv);

struct oci_call {
	const char *const *words;	/* the verb, its options and arguments, ends with NULL */
	const char *input;		/* may be NULL */
	int in, out, err;		/* its streams; -EBADF: input, and what it says is words */
};

/* Runs it to its end; the words of a failure are the runtime's, without its name and ours. */
int oci_run(const struct engine *e, const struct container *c, const struct oci_call *call);

/* Runs it with no input; what it prints is the text, for str_done(). */
int oci_ask(const struct engine *e, const struct container *c, const char *const *words,
	    struct str *text);

/* Its processes, whoever started them, as the runtime knows; free() takes the array. */
int oci_pids(const struct engine *e, const struct container *c, pid_t **pids, size_t *n);

/* "VERB ID": the simple ones. */
int oci_verb(const struct engine *e, const struct container *c, const char *verb);

/* What the runtime said in other ways, as the words of an error; returns -code. */
int oci_words(const struct container *c, int code, const char *said);

/*
 * What a runtime says of a command that it cannot execute, as an errno: ENOENT (docker exits
 * with 127 then), EACCES (126), or 0 if it is about something else.
 */
int oci_exec_failure(const char *words);

#endif
