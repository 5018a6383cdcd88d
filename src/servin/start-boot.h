/*
 * Starts the containers that are to run after the host has started.
 *
 * In a unit of systemd each monitor gets a scope of its own, by systemd-run: it is not the unit's
 * to kill, and when the host goes down it is told so while networks and file systems are there.
 * Where that cannot be, it stays in the unit.
 */
#ifndef SERVIN_START_BOOT_H
#define SERVIN_START_BOOT_H

#include "engine/engine.h"

/* The exit status, or -errno with words. */
int start_after_boot(const struct engine *e);

#endif
