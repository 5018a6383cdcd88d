/*
 * What servin does, without its command line: images, volumes and supervised containers.
 *
 * Nothing here prints.  An engine is where everything is kept: the store
 * outlives a reboot, the state directory does not.
 *
 *	ROOT/oci/			an OCI image layout: index.json, blobs/sha256/HEX
 *	ROOT/layers/HEX/diff/		a layer, unpacked, by its diff id
 *	ROOT/sources/KEY		which image a file was loaded as, see source.h
 *	ROOT/containers/ID/		a container and its bundle, see container.h
 *	ROOT/names/NAME			a link to the ID; who makes it has the name
 *	ROOT/volumes/NAME/		volume.json and _data/
 *	ROOT/tmp/			what is being made; who makes it holds a lock on it
 *	ROOT/events.jsonl		what happened, a line each
 *	ROOT/index.lock			held by who changes index.json
 *	ROOT/empty/			nothing: what lies below where there is no layer
 *	ROOT/lock			shared by who uses the store, whole for who removes
 *	STATE/ID/			of a container that runs: its monitor's socket, its pipes
 *	STATE/runtime/			what the runtime keeps of containers
 *	STATE/keeper, keeper.lock	of a plain user, see rootless.h
 *
 * Locks are taken in this order: store, index, container, names (see lock.h).
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/mem.h"

#include <stdbool.h>

struct engine {
	char *root, *state;		/* absolute paths */
	int root_fd, state_fd;
	const char *runtime;		/* an OCI runtime: a path, or a name to look for in PATH */
	bool rootless;			/* a plain user, or root of a user namespace of his */
};

/*
 * Opens the store at root and the state at state, which are made if they are not there.  NULL
 * stands for /var/lib/servin and /run/servin, or for a plain user $XDG_DATA_HOME/servin
 * (~/.local/share/servin) and $XDG_RUNTIME_DIR/servin.
 */
int engine_open(struct engine *e, const char *root, const char *state);
void engine_done(struct engine *e);

/* The absolute path of the runtime; -ENOENT with words. */
int engine_find_runtime(const struct engine *e, char **path);

/* The path of a helper program of ours (servin-image), in libexec or beside us; free() takes it. */
char *engine_helper(const char *name);

#endif
