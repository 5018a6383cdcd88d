/*
 * Files into containers and out of them, by docker's rules.
 *
 * What a directory's name ends with says what is meant: "DIR/." is what it holds.  At the other end
 * a directory that is there gets the thing under its own name; what is not there gets the name
 * that was said, in a directory that has to be there.
 *
 * A container's paths never lead out of it.  One that does not run is not started meanwhile, and
 * its volumes and binds are where they would be.
 */
#ifndef ENGINE_COPY_H
#define ENGINE_COPY_H

#include "engine/engine.h"
#include "engine/record.h"

struct copy_end {
	const struct container *c;	/* NULL: this host */
	const char *path;		/* in a container, relative ones begin at its root */
};

struct copy_how {
	bool owners;			/* they stay as they are; else all is root's, or ours */
	bool follow;			/* the link at the end of what is copied */
};

/* One end is a container, the other is this host. */
int copy_files(const struct engine *e, const struct copy_end *from, const struct copy_end *to,
	       const struct copy_how *how);

/* The same with a tar at one end; what it is unpacked to has to be a directory. */
int copy_to_tar(const struct engine *e, const struct copy_end *from, const struct copy_how *how,
		int out);
int copy_from_tar(const struct engine *e, int in, const struct copy_end *to,
		  const struct copy_how *how);

#endif
