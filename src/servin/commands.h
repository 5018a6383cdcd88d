/*
 * The commands of servin: one file and one row each, a file a noun and verb.
 *
 * Each gets the struct engine of the global options as its program.
 */
#ifndef SERVIN_COMMANDS_H
#define SERVIN_COMMANDS_H

#include "base/cmd.h"
#include "engine/engine.h"

extern const struct program servin;

#endif
