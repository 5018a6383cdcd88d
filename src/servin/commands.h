/*
 * The commands of servin: one file and one row each, a file a noun and verb.
 *
 * Each gets the struct engine of the global options as its program.  The front
 * of an error, "VERB: ", is added by main.c.  An error's words are a sentence,
 * and on a second line a hint where we have one: see hint() in base/err.h.
 */
#ifndef SERVIN_COMMANDS_H
#define SERVIN_COMMANDS_H

#include "base/cmd.h"
#include "engine/engine.h"

/* In the order of the alphabet. */
extern const struct command
	cmd_attach, cmd_bundle, cmd_commit, cmd_completion, cmd_container_inspect,
	cmd_container_prune, cmd_cp, cmd_create, cmd_diff, cmd_doctor, cmd_events, cmd_exec,
	cmd_export, cmd_help, cmd_history, cmd_image_inspect, cmd_image_prune, cmd_images,
	cmd_import, cmd_info, cmd_inspect, cmd_kill, cmd_load, cmd_logs, cmd_ls, cmd_pause,
	cmd_port, cmd_rename, cmd_restart, cmd_rm, cmd_rmi, cmd_run, cmd_save, cmd_start,
	cmd_stats, cmd_stop, cmd_system_df, cmd_system_prune, cmd_tag, cmd_top, cmd_unpause,
	cmd_update, cmd_version, cmd_volume_create, cmd_volume_inspect, cmd_volume_ls,
	cmd_volume_prune, cmd_volume_rm, cmd_wait;

extern const struct program servin;

/* The texts of the manual that belong to no single command. */
extern const char manual_description[], manual_text[];

/* Prints the last error, as main.c does at the end. */
void print_error(void);

/* Only what can be done about it, if that is known: the sentence was told already. */
void print_hint(void);

/* The whole behind "VERB: ", for a command that goes on; returns the exit status, 1. */
int print_error_of(const char *verb);

enum { EXIT_ENGINE = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/*
 * What a command returns that failed, words and all, and whose exit status is neither 1 nor its
 * .exit_on_error.  wrap() lets it through.
 */
enum { FAILED_WITH = 1 << 16 };

static inline int
failed_with(int exit_status)
{
	return -(FAILED_WITH + exit_status);
}

/* What a start failed with that returned r: 127, 126 or 125, as docker has it. */
static inline int
failed_start(int r)
{
	return failed_with(r == -ENOENT ? EXIT_NOT_FOUND :
			   r == -EACCES ? EXIT_NOT_EXECUTABLE : EXIT_ENGINE);
}

#endif
