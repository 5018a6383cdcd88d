/* Images as listings show them, and how they are chosen. */
#ifndef SERVIN_IMAGES_H
#define SERVIN_IMAGES_H

#include "engine/image.h"

#include "libocispec/image.h"

/* A line of "servin images": a name of an image. */
struct image_row {
	char *id, *repository, *tag, *digest;
	char *created_at, *created_since, *size;
	struct oci_pair **labels;
};

extern const struct type image_row_type;

/* Of one name of it, whole, or NULL. */
struct image_row *image_row_make(const struct image *image, const char *name, bool no_trunc);

struct image_rows_how {
	bool no_trunc;
	char *const *filters;		/* "KEY=VALUE": dangling, reference, label, before, since */
	const char *reference;		/* a pattern more, or NULL */
};

/* *rows ends with NULL; oci_free_list(&image_row_type) takes it. */
int image_rows(const struct engine *e, const struct image_rows_how *how, struct image_row ***rows);

/* Whether an image, by one of its names (NULL: none), is among those of the filters; -errno. */
int image_matches(const struct engine *e, const struct image *image, const char *name,
		  char *const *filters);

/* "sha256:..." as a table has it: 12 digits, or all. */
char *image_short_id(const char *id, bool no_trunc);

/* What docker's inspect says of an image. */
struct image_rootfs_view {
	char *type;
	char **layers;
};

struct image_view {
	char *id;
	char **repo_tags, **repo_digests;
	char *comment, *created, *author;
	struct oci_image_execution *config;
	char *architecture, *variant, *os, *os_version;
	struct oci_uint size;
	struct image_rootfs_view *rootfs;
};

extern const struct type image_view_type;

/* oci_free(&image_view_type) takes it. */
struct image_view *image_view(const struct image *image);

#endif
