/*
 * What a word of a command line can be, for the completion of the shells.
 *
 * It is told by what help calls it: DIR, FILE, CONTAINER.  In small letters it
 * is what it says, this|or|that.
 */
#ifndef BASE_CMD_ANSWER_H
#define BASE_CMD_ANSWER_H

#include "base/cmd.h"

enum answer_kind { NOTHING, LIVE, LIVE_OR_FILES, FILES, DIRS, WORDS, ANSWER_KINDS };

/* words: for WORDS these, for LIVE the command that lists them. */
struct answer {
	enum answer_kind kind;
	struct str words;
};

#define autoanswer auto_(answer_done) struct answer
void answer_done(struct answer *a);

/* The value of an option; what can stand first, or behind a group. */
struct answer opt_answer(const struct program *p, const struct opt *o);
struct answer commands_answer(const struct program *p, const char *group);

/* One after the other of a command's arguments. */
struct arg {
	const char *rest;	/* of command.args */
	int i;
	bool repeats;		/* and so do all that follow */
	struct answer answer;
};

#define autoarg auto_(arg_done) struct arg
struct arg first_arg(const struct command *c);
bool next_arg(const struct program *p, struct arg *arg);
void arg_done(struct arg *arg);

/* All groups, in the order of the commands; for strv_free(). */
char **program_groups(const struct program *p);

/* The program as if it were a command, the one before all others. */
struct command program_itself(const struct program *p);

/* "volume create"; free() takes it. */
char *command_full_name(const struct command *c);

/* How a shell says it: what stands before and behind the words. */
struct phrase { const char *before, *behind; };
void answer_add(struct str *out, const struct phrase *phrases, const struct answer *a);

#endif
