/* The state of a container, as hooks read it and `state` prints it (runtime.md, State). */
#ifndef OCI_STATE_H
#define OCI_STATE_H

#include "libocispec/spec.h"

struct oci_state {
	char *oci_version;
	char *id;
	char *status;			/* creating created running paused stopped */
	struct oci_int pid;
	char *bundle;
	char *rootfs;			/* not in the specification; runc and crun print it */
	char *created;			/* RFC 3339; likewise */
	char *owner;			/* likewise */
	struct oci_pair **annotations;
};

extern const struct type oci_state_type;

#endif
