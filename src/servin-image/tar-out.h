/*
 * Writing a tar: ustar's form, with pax records for what that has no room for.
 *
 * Nothing in it comes from the clock or from us: the same members give the
 * same bytes.
 */
#ifndef SERVIN_IMAGE_TAR_OUT_H
#define SERVIN_IMAGE_TAR_OUT_H

#include "base/str.h"

#include <stdint.h>
#include <sys/stat.h>

/* Who takes the bytes; small pieces are gathered. */
struct tar_out {
	int (*write)(void *arg, const void *data, size_t n);
	void *arg;
	char *buf;
	size_t n;
};

struct tar_member {
	const char *path;	/* a directory's without "/" at its end; "" is the root */
	const char *link;	/* where a symbolic or hard link leads; NULL: none */
	bool hard;
	struct stat st;		/* mode, owner, size, time, device */
	struct str records;	/* further pax records, see tar_add_record() */
};

/* "LENGTH KEY=VALUE\n", the length being that of all of it. */
void tar_add_record(struct str *out, const char *key, const void *value, size_t n);

int tar_put_header(struct tar_out *out, const struct tar_member *m);
int tar_put(struct tar_out *out, const void *data, size_t n);
/* Zeros up to the next block behind so many bytes of content. */
int tar_put_padding(struct tar_out *out, uint64_t size);
int tar_put_end(struct tar_out *out);
void tar_out_done(struct tar_out *out);

#endif
