/*
 * A plain user is root of a user namespace of his own, with the IDs that /etc/subuid and
 * /etc/subgid give him: there files can belong to whom an image says, and overlays be mounted.
 *
 * There is one such namespace for a state directory, whoever comes first makes it, and a process
 * that does nothing else, the keeper, holds it for as long as there are containers.
 * STATE/keeper has its pid and start time.  Whoever is in the namespace for a command holds
 * STATE/keeper.lock shared, so that the keeper does not leave meanwhile; who makes it, and the
 * keeper when it leaves, holds it whole.
 */
#ifndef ENGINE_ROOTLESS_H
#define ENGINE_ROOTLESS_H

#include "engine/engine.h"

/*
 * Goes there, with a mount namespace of our own, and becomes root; keep the descriptor that it
 * returns open.  For a plain user, and before there is more than one thread.
 */
int rootless_enter(const struct engine *e);

/* The maps of a user, as in /proc/PID/uid_map; in those of one without ranges there is only he. */
struct rootless_maps { char *uids, *gids; bool ranges; };
int rootless_maps(struct rootless_maps *maps);
void rootless_maps_done(struct rootless_maps *maps);

/* From the text of /etc/subuid the ranges of a user, by name or number: "INSIDE OUTSIDE N". */
char *subids_map(const char *text, const char *name, unsigned id);

#endif
