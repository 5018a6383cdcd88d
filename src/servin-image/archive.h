/*
 * What libarchive does for us: it uncompresses, takes tars apart, and compresses.
 *
 * archive.h of libarchive is included only in archive.c.  The process has the "C" locale, in which
 * names stay the bytes that they are.
 */
#ifndef SERVIN_IMAGE_ARCHIVE_H
#define SERVIN_IMAGE_ARCHIVE_H

#include "servin-image/source.h"

#include <stdbool.h>
#include <sys/stat.h>

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD, PACKING_XZ, PACKING_BZIP2 };

/* By the first bytes, by no suffix. */
enum packing packing_of(const void *start, size_t n);

/* "+gzip" of a media type, "" for none. */
const char *packing_suffix(enum packing p);

/* What comes from another source, uncompressed; one packing, not one in another. */
struct unpacked_source;
int unpacked_source_open(struct unpacked_source **u, struct source *of);
struct source *unpacked_source(struct unpacked_source *u);
enum packing unpacked_source_packing(const struct unpacked_source *u);
void unpacked_source_close(struct unpacked_source *u);

struct xattr {
	const char *name;
	const void *value;
	size_t len;
};

#define XATTRS_MAX	256
#define XATTR_VALUE_MAX (64u << 10)
#define XATTR_NAME_MAX	255

/* A member of a tar; its strings live until the next. */
struct tar_entry {
	const char *path;		/* never NULL */
	const char *link;		/* where a symbolic or hard link leads */
	bool hard;			/* a hard link */
	mode_t mode;			/* with its kind */
	int64_t uid, gid;
	uint64_t size;
	dev_t device;
	struct timespec atime, mtime;
	struct xattr xattr[XATTRS_MAX];
	size_t n_xattrs;
};

struct tar;
int tar_open(struct tar **t, struct source *of);
void tar_close(struct tar *t);

/* 1, or 0 at the end. */
int tar_next(struct tar *t, struct tar_entry *e);

/* The next piece of the member's content, and where it stands; 1, or 0 at the end. */
struct tar_piece {
	const void *data;
	size_t len;
	uint64_t at;
};
int tar_data(struct tar *t, struct tar_piece *piece);

/* Compresses, and hands on what comes out. */
struct packer;
typedef int (*packer_out)(void *arg, const void *data, size_t n);
int packer_open(struct packer **p, enum packing how, packer_out out, void *arg);
int packer_add(struct packer *p, const void *data, size_t n);
int packer_end(struct packer *p);
void packer_close(struct packer *p);

#endif
