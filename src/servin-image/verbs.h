/* The verbs of servin-image, and their options. */
#ifndef SERVIN_IMAGE_VERBS_H
#define SERVIN_IMAGE_VERBS_H

#include "servin-image/confine.h"

#include "base/cmd.h"

#include <sys/stat.h>

struct verb_opts {
	const char *platform, *max_size, *digest, *diff_id, *compress, *name_in_tar, *rename;
	struct opt_uint progress, max_entries;
	bool rootless, merge, overlay, owners;
	uint64_t size_max, entries_max;		/* from max_size and max_entries */
};

#define IN_FD	  0	/* the archive, or the layer */
#define OUT_FD	  1
#define WORK_FD	  3	/* the directory */
#define ANSWER_FD 4	/* where fd 1 has something else */

int verb_load(const struct verb_opts *o, char **args);
int verb_unpack(const struct verb_opts *o, char **args);
int verb_extract(const struct verb_opts *o, char **args);
int verb_pack(const struct verb_opts *o, char **args);
int verb_archive(const struct verb_opts *o, char **args);
int verb_compress(const struct verb_opts *o, char **args);

struct type;

/* Prints the record as a line of JSON. */
int answer(int fd, const struct type *t, const void *record);

#endif
