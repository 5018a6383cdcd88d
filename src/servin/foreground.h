/* A container in the foreground: our streams are its streams. */
#ifndef SERVIN_FOREGROUND_H
#define SERVIN_FOREGROUND_H

#include "engine/container.h"

struct foreground {
	bool input, output, error;	/* which streams */
	const char *detach_keys;
	bool proxy_signals;
};

/* A terminal for the container needs one of ours; -EINVAL with words. */
int foreground_check(bool input, bool tty);

/* Starts a container and stays with it until it ends: its exit status, or an error. */
int foreground_start(const struct engine *e, const struct container *c,
		     const struct foreground *f);

/* The same with one that runs. */
int foreground_attach(const struct engine *e, const struct container *c,
		      const struct foreground *f);

#endif
