/* The options that create and run share. */
#ifndef OCIRUN_CREATE_OPTS_H
#define OCIRUN_CREATE_OPTS_H

#include "ocirun/commands.h"

#include <limits.h>

struct create_words {
	struct create_opts o;
	struct opt_uint preserve_fds;
	bool ignored;
};

#define CREATE_OPTS \
	OPT_STRING(create_words, 'b', o.bundle, "bundle", "DIR", \
		   "the bundle (default: the working directory)"), \
	OPT_STRING(create_words, 'f', o.config, "config", "FILE", \
		   "the configuration (default: config.json of the bundle)"), \
	OPT_STRING(create_words, 'p', o.pid_file, "pid-file", "FILE", \
		   "where to write the pid of init"), \
	OPT_STRING(create_words, 'c', o.console_socket, "console-socket", "SOCKET", \
		   "who gets the master of the terminal"), \
	OPT_STRING(create_words, 0, o.pidfd_socket, "pidfd-socket", "SOCKET", \
		   "who gets a pidfd of init"), \
	OPT_UINT(create_words, 0, preserve_fds, "preserve-fds", "N", \
		 "hand on N descriptors from 3 on", .max = INT_MAX), \
	OPT_FLAG(create_words, 0, o.no_pivot, "no-pivot", "move the root, no pivot_root(2)"), \
	OPT_FLAG(create_words, 0, o.no_new_keyring, "no-new-keyring", \
		 "keep the caller's session keyring"), \
	OPT_FLAG(create_words, 0, ignored, "no-subreaper", "has no effect", .hidden = true)

/* The options as the runtime wants them. */
static inline struct create_opts
create_opts_of(const struct create_words *w, const char *id)
{
	struct create_opts o = w->o;

	o.id = id;
	o.preserve_fds = (unsigned)w->preserve_fds.v;
	return o;
}

#endif
