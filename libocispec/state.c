#include "libocispec/state.h"

#include "libocispec/choices.h"

TYPE(oci_state, "state",
	F_STRING(oci_state, oci_version, "ociVersion", .must = true,
		 .help = "version of the specification that the state follows"),
	F_STRING(oci_state, id, "id", .must = true,
		 .help = "name of the container, unique on the host"),
	F_STRING(oci_state, status, "status", .must = true, .choices = oci_statuses,
		 .help = "where the container is in its life"),
	F_INT(oci_state, pid, "pid", .min = 0, .max = INT64_MAX,
	      .help = "its first process, as the host numbers it; 0 when there is none"),
	F_STRING(oci_state, bundle, "bundle", .must = true, .help = "absolute path of the bundle"),
	F_STRING(oci_state, rootfs, "rootfs", .help = "absolute path of the root file system"),
	F_STRING(oci_state, created, "created", .help = "when it was made (RFC 3339)"),
	F_STRING(oci_state, owner, "owner", .help = "name of the user who made it"),
	F_MAP(oci_state, annotations, "annotations", oci_pair, .help = "those of config.json"),
);
