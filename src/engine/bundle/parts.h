/* The parts of a configuration, a file each; for bundle.h's own use. */
#ifndef ENGINE_BUNDLE_PARTS_H
#define ENGINE_BUNDLE_PARTS_H

#include "engine/bundle.h"

#include "base/ptrs.h"
#include "base/str.h"
#include "base/strv.h"
#include "libocispec/document.h"

/* What is being made, and of what. */
struct building {
	const struct engine *e;
	const struct container *c;
	const struct bundle_place *at;
	struct oci_spec *spec;
};

/* Where the init of --init is in the container: as docker has it. */
#define BUNDLE_INIT "/sbin/docker-init"

/* An object on the heap, written where it is needed: NEW(struct oci_mount, .type = ...). */
#define NEW(type, ...) ((type *)xmemdup(&(type){ __VA_ARGS__ }, sizeof(type)))

static inline bool
is_on(struct oci_bool b)
{
	return b.set && b.v;
}

/* A number that was given, and is not 0, which means "none" to docker. */
#define is_given(n) ((n).set && (n).v != 0)

/* Each adds its part to the specification. */
int build_process(struct building *b);
int build_mounts(struct building *b);
int build_namespaces(struct building *b);
int build_security(struct building *b);
int build_devices(struct building *b);
int build_resources(struct building *b);

/* The annotations of a container of the image (NULL: of none), into the record. */
void annotate(struct container *c, const struct image *image);

/* Capabilities by docker's rules: the defaults, what is added, what is dropped; for strv_free(). */
int capabilities_list(const struct host_config *host, char ***list);

/* "CAP_" and upper case; free() takes it. */
char *capability_name(const char *word);

/* RLIMIT_NOFILE of nofile; free() takes it. */
char *rlimit_name(const char *name);

/* What a security option says, or NULL. */
const char *security_word(const struct host_config *host, const char *name);

/* Whether it gets namespaces of its own. */
bool has_own_network(const struct container *c);
bool has_own_uts(const struct container *c);

/* The name of the other container in "container:NAME", or NULL. */
const char *mode_container(const char *mode);

/* Whether two paths name the same place, however they are written. */
bool same_place(const char *a, const char *b);

/* What bundle_volumes() does, for a bundle that stands alone. */
int alone_mounts(struct container *c);

/* The checks of what was asked for, a part each. */
int check_resources(struct host_config *host);
int check_devices(const struct host_config *host);
int check_mounts(const struct container *c);
int check_modes(const struct container *c);
int check_security(const struct container *c);

#endif
