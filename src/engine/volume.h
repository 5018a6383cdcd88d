/*
 * Volumes: directories that outlive containers, ROOT/volumes/NAME/_data.
 *
 * A volume is in use by the containers whose records name it.  Who finds one
 * for a record that is not yet written holds volumes_use() until it is, so
 * that nobody removes it meanwhile.
 */
#ifndef ENGINE_VOLUME_H
#define ENGINE_VOLUME_H

#include "engine/engine.h"

#include "libocispec/spec.h"

/* volume.json; docker's words. */
struct volume {
	char *name, *driver, *mountpoint, *scope, *created_at;
	struct oci_pair **labels, **options;
	struct oci_bool anonymous;
};

extern const struct type volume_type;

/* A name is of letters, digits, "_", "." and "-", and begins with one of the first two. */
int volume_check_name(const char *name);

/* For as long as the fd is open no volume goes. */
int volumes_use(const struct engine *e);

/* Makes one, or finds the one that is there; name NULL: anonymous, 64 hex digits. */
int volume_create(const struct engine *e, const char *name, struct oci_pair *const *labels,
		  struct volume **volume);

/* -ENOENT with words; oci_free(&volume_type) takes it. */
int volume_find(const struct engine *e, const char *name, struct volume **volume);
int volumes_list(const struct engine *e, struct volume ***list);	/* by name, ends in NULL */

/* The names of the containers that use it, for strv_free(). */
int volume_users(const struct engine *e, const char *name, char ***users);

/* -EBUSY with words that name the containers that use it. */
int volume_remove(const struct engine *e, const char *name);

/* Where its files are, below ROOT; free() takes it. */
char *volume_data(const char *name);

/*
 * Copies what the image has at a place into a volume that is empty, owner and mode of the place
 * included, as docker does; root is the container's root file system.
 */
int volume_seed(const struct engine *e, const char *name, int root, const char *place);

#endif
