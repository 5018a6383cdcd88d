/*
 * The documents of the OCI image specification 1.1: index, manifest, configuration and layout.
 *
 * Docker's media types and manifest list have the same shape.  docker_archive
 * is a row of manifest.json, which docker save writes.
 */
#ifndef OCI_IMAGE_H
#define OCI_IMAGE_H

#include "libocispec/spec.h"

#define OCI_MEDIA_INDEX	   "application/vnd.oci.image.index.v1+json"
#define OCI_MEDIA_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_MEDIA_CONFIG   "application/vnd.oci.image.config.v1+json"
#define OCI_MEDIA_LAYER	   "application/vnd.oci.image.layer.v1.tar"	/* "+gzip", "+zstd" */

#define OCI_ANNOTATION_REF_NAME "org.opencontainers.image.ref.name"

struct oci_layout {
	char *version;			/* 1.0.0 */
};

struct oci_platform {
	char *architecture, *os, *os_version, *variant;
	char **os_features;
};

struct oci_descriptor {
	char *media_type;
	char *digest;
	struct oci_uint size;
	char **urls;
	char *data;			/* the content itself, in base64 */
	char *artifact_type;
	struct oci_platform *platform;
	struct oci_pair **annotations;
};

struct oci_index {
	struct oci_uint schema_version;	/* 2 */
	char *media_type, *artifact_type;
	struct oci_descriptor **manifests;
	struct oci_descriptor *subject;
	struct oci_pair **annotations;
};

struct oci_manifest {
	struct oci_uint schema_version;
	char *media_type, *artifact_type;
	struct oci_descriptor *config;
	struct oci_descriptor **layers;
	struct oci_descriptor *subject;
	struct oci_pair **annotations;
};

/* A set in JSON: an object whose keys count, with empty objects as values. */
struct oci_member {
	char *key;
};

/* Docker's, reserved by the specification; durations are nanoseconds. */
struct oci_healthcheck {
	char **test;
	struct oci_int interval, timeout, start_period, start_interval, retries;
};

/* What a container of the image is run with. */
struct oci_image_execution {
	char *user;
	struct oci_member **exposed_ports;
	char **env, **entrypoint, **cmd;
	struct oci_member **volumes;
	char *working_dir;
	struct oci_pair **labels;
	char *stop_signal;
	struct oci_healthcheck *healthcheck;
	char **shell, **on_build;
	struct oci_bool args_escaped;
};

struct oci_image_rootfs {
	char *type;			/* layers */
	char **diff_ids;
};

struct oci_image_history {
	char *created, *author, *created_by, *comment;
	struct oci_bool empty_layer;
};

struct oci_image {
	char *created, *author, *architecture, *variant, *os, *os_version;
	char **os_features;
	struct oci_image_execution *config;
	struct oci_image_rootfs *rootfs;
	struct oci_image_history **history;
};

/* An element of the list in manifest.json of docker save. */
struct docker_archive {
	char *config;			/* names of members of the archive */
	char **repo_tags;
	char **layers;
};

extern const struct type oci_layout_type;
extern const struct type oci_index_type;
extern const struct type oci_manifest_type;
extern const struct type oci_descriptor_type;
extern const struct type oci_image_type;
extern const struct type oci_image_execution_type;
extern const struct type oci_image_history_type;
extern const struct type oci_healthcheck_type;
extern const struct type oci_member_type;	/* the element of a set: F_MAP(..., oci_member) */
extern const struct type docker_archive_type;

#endif
