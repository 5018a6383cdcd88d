/*
 * The commands of ocirun: one file and one row each.
 *
 * Each gets the struct runtime of the global options as its program.  The
 * front of an error, "VERB ID: ", is added by main.c.
 */
#ifndef OCIRUN_COMMANDS_H
#define OCIRUN_COMMANDS_H

#include "base/cmd.h"
#include "runtime/runtime.h"

extern const struct command cmd_check, cmd_checkpoint, cmd_completion, cmd_create, cmd_delete,
	cmd_events, cmd_exec, cmd_features, cmd_help, cmd_kill, cmd_list, cmd_mounts, cmd_pause,
	cmd_ps, cmd_restore, cmd_resume, cmd_run, cmd_spec, cmd_start, cmd_state, cmd_update;

extern const struct program ocirun;

/* The texts of the manual that belong to no single command. */
extern const char manual_description[], manual_text[];

#endif
