/*
 * criu(8) at work for checkpoint and restore: found, started, asked, and its
 * words fetched from its log.
 *
 * It is a program of its own that nothing is linked with: `criu swrk`, our
 * child, gone when the task is done or we are.
 */
#ifndef RUNTIME_CRIU_H
#define RUNTIME_CRIU_H

#include "criu/talk.h"

#include <stdbool.h>

struct criu {
	const char *program;	/* a path, or NULL: "criu" in PATH */
	const char *log_name;	/* of the log, in work */
	bool streams;		/* it gets our standard streams, for it has a terminal to restore */
	int images, work;	/* directories */
	bool made;		/* the one of images, by us */
	char *images_path, *work_path;
	int sock, said, pidfd;
};

#define CRIU_EMPTY { .images = -EBADF, .work = -EBADF, .sock = -EBADF, .said = -EBADF, \
		     .pidfd = -EBADF }

enum criu_dirs { CRIU_MAKE, CRIU_FIND };

/* The directories of images and of the log (NULL: the same); made with mode 0700, or found. */
int criu_open(struct criu *c, const char *images, const char *work, enum criu_dirs how);

enum criu_end_with_us { CRIU_DIES, CRIU_ENDS_ITSELF };

/* What becomes of the new process before it is criu. */
struct criu_birth {
	uint64_t namespaces;	/* CLONE_NEW* to make */
	int cgroup;		/* a cgroup v2 directory to be born in, or -EBADF */
	int (*prepare)(void *of);	/* may be NULL */
	void *of;
	enum criu_end_with_us end;	/* what it does when we are killed */
	int lock;			/* a descriptor that it holds on to, or -EBADF */
	const struct criu_request *request;	/* criu gets the descriptors that it names */
};

/* Starts it, and makes sure that it is one that we can talk with. */
int criu_start(struct criu *c, const struct criu_birth *b);

/* As criu_talk(), with the reason from criu's log. */
int criu_do(struct criu *c, const struct criu_request *r, const struct criu_listener *l,
	    struct criu_answer *a);

/* It may end by itself if it has answered; is killed else. */
void criu_end(struct criu *c);

/* criu_end(), and lets go of the rest. */
void criu_done(struct criu *c);

/* The file of criu's own options: the annotation's ("" is none), or the usual one, or NULL. */
struct oci_pair;
const char *criu_config_file(struct oci_pair *const *annotations);

#endif
