/*
 * Mappings of IDs: linux.uidMappings and gidMappings, and those of mounts.
 *
 * Whoever holds CAP_SETUID and CAP_SETGID writes them.  A plain user may map
 * the own ID, after which setgroups(2) is denied for good; for more the
 * programs newuidmap(1) and newgidmap(1) look into /etc/subuid and
 * /etc/subgid.  A list without a mapping may be NULL.
 */
#ifndef RUNTIME_IDMAP_H
#define RUNTIME_IDMAP_H

#include "libocispec/spec.h"

#include <stdbool.h>
#include <sys/types.h>

/* What is wrong with one mapping of a list, or NULL. */
const char *idmap_mistake(struct oci_id_mapping *const *list, size_t i);

/* Whether an ID of the container has one outside; *host (may be NULL) is that. */
bool idmap_find(struct oci_id_mapping *const *list, uint64_t id, uint64_t *host);

/* Whether both say the same, in whatever order. */
bool idmap_same(struct oci_id_mapping *const *a, struct oci_id_mapping *const *b);

/* As the kernel's files take it; free() takes it. */
char *idmap_text(struct oci_id_mapping *const *list);

/* Whether nobody in the new namespace can change its groups, for a plain user made it. */
bool idmap_denies_groups(const struct oci_linux *l);

/* Gives the new user namespace of a process its mappings. */
int idmap_write(pid_t pid, const struct oci_linux *l);

/* For one that was joined: an error if mappings were asked for and it has others. */
int idmap_compare(pid_t pid, const struct oci_linux *l);

#endif
