/*
 * Where bytes come from, piece by piece.
 *
 * A piece lives until the next one is asked for.  Sources are put one behind
 * the other: a file, what it is uncompressed, and a tap that hashes and keeps
 * what comes by.
 */
#ifndef SERVIN_IMAGE_SOURCE_H
#define SERVIN_IMAGE_SOURCE_H

#include "servin-image/digest.h"

#include <stdint.h>
#include <sys/types.h>

#define PIECE_MAX (1u << 20)

struct source {
	/* The length of the piece; 0 at the end; -errno with words. */
	ssize_t (*next)(struct source *s, const void **piece);
};

/* Lines "DONE TOTAL WHAT", ten a second. */
struct progress {
	int fd;			/* -EBADF: nobody asks */
	uint64_t done, total;
	const char *what;
	int64_t told;
};
void progress_add(struct progress *p, uint64_t n);
void progress_end(struct progress *p);

/* A file from its beginning, or a pipe.  All pieces but the last are whole. */
struct file_source {
	struct source source;
	int fd;
	const char *name;
	char *buf;
	struct progress *progress;	/* may be NULL */
};
int file_source_init(struct file_source *f, int fd, const char *name);
void file_source_done(struct file_source *f);

/* Hands on what comes from another source. */
struct tap {
	struct source source, *of;
	struct hash *hash;		/* may be NULL */
	int (*keep)(void *arg, const void *piece, size_t n);	/* may be NULL */
	void *arg;
};
void tap_init(struct tap *t, struct source *of);
void tap_done(struct tap *t);

/* Reads to the end. */
int source_drain(struct source *s);

/* A file that can be read twice: the same, or a nameless copy in dir of what comes from a pipe. */
int seekable(int fd, int dir, uint64_t max, struct progress *p);

#endif
