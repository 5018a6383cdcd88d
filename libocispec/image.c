#include "libocispec/image.h"

TYPE(oci_layout, "layout",
	F_STRING(oci_layout, version, "imageLayoutVersion", .must = true,
		 .help = "version of the layout"),
);

static TYPE(oci_platform, "platform",
	F_STRING(oci_platform, architecture, "architecture", .must = true,
		 .help = "processor, in Go's words"),
	F_STRING(oci_platform, os, "os", .must = true, .help = "operating system, in Go's words"),
	F_STRING(oci_platform, os_version, "os.version", .help = "version of it"),
	F_STRINGS(oci_platform, os_features, "os.features", .help = "what of it is needed"),
	F_STRING(oci_platform, variant, "variant", .help = "kind of the processor"),
);

TYPE(oci_descriptor, "descriptor",
	F_STRING(oci_descriptor, media_type, "mediaType", .must = true, .help = "what it is"),
	F_STRING(oci_descriptor, digest, "digest", .must = true, .help = "its name"),
	F_UINT(oci_descriptor, size, "size", .umax = INT64_MAX, .must = true, .help = "in bytes"),
	F_STRINGS(oci_descriptor, urls, "urls", .help = "where else it is to be had"),
	F_STRING(oci_descriptor, data, "data", .help = "the content itself, in base64"),
	F_STRING(oci_descriptor, artifact_type, "artifactType", .help = "what it is, if no image"),
	F_OBJECT(oci_descriptor, platform, "platform", oci_platform, .help = "what it runs on"),
	F_MAP(oci_descriptor, annotations, "annotations", oci_pair, .help = "further facts"),
);

TYPE(oci_index, "index",
	F_UINT(oci_index, schema_version, "schemaVersion", .help = "2"),
	F_STRING(oci_index, media_type, "mediaType", .help = "what this is"),
	F_STRING(oci_index, artifact_type, "artifactType", .help = "what it is, if no image"),
	F_LIST(oci_index, manifests, "manifests", oci_descriptor, .help = "manifests, or indexes"),
	F_OBJECT(oci_index, subject, "subject", oci_descriptor, .help = "what this is about"),
	F_MAP(oci_index, annotations, "annotations", oci_pair, .help = "further facts"),
);

TYPE(oci_manifest, "manifest",
	F_UINT(oci_manifest, schema_version, "schemaVersion", .help = "2"),
	F_STRING(oci_manifest, media_type, "mediaType", .help = "what this is"),
	F_STRING(oci_manifest, artifact_type, "artifactType", .help = "what it is, if no image"),
	F_OBJECT(oci_manifest, config, "config", oci_descriptor, .must = true,
		 .help = "the configuration"),
	F_LIST(oci_manifest, layers, "layers", oci_descriptor, .help = "layers, the lowest first"),
	F_OBJECT(oci_manifest, subject, "subject", oci_descriptor, .help = "what this is about"),
	F_MAP(oci_manifest, annotations, "annotations", oci_pair, .help = "further facts"),
);

const struct type oci_member_type = {
	.name = "member of a set", .size = sizeof(struct oci_member),
	.fields = (const struct field[]){ { .name = NULL } },
	.key = offsetof(struct oci_member, key),
};

TYPE(oci_healthcheck, "health check",
	F_STRINGS(oci_healthcheck, test, "Test", .help = "NONE, CMD or CMD-SHELL, and the command"),
	F_INT(oci_healthcheck, interval, "Interval", .help = "ns between two"),
	F_INT(oci_healthcheck, timeout, "Timeout", .help = "ns until one has failed"),
	F_INT(oci_healthcheck, start_period, "StartPeriod", .help = "ns in which none counts"),
	F_INT(oci_healthcheck, start_interval, "StartInterval", .help = "ns between two then"),
	F_INT(oci_healthcheck, retries, "Retries", .help = "failures in a row that count"),
);

TYPE(oci_image_execution, "execution parameters",
	F_STRING(oci_image_execution, user, "User", .help = "name or ID, and :GROUP"),
	F_MAP(oci_image_execution, exposed_ports, "ExposedPorts", oci_member,
	      .help = "ports, such as 80/tcp"),
	F_STRINGS(oci_image_execution, env, "Env", .help = "the environment"),
	F_STRINGS(oci_image_execution, entrypoint, "Entrypoint",
		  .help = "the command's first words"),
	F_STRINGS(oci_image_execution, cmd, "Cmd", .help = "its further words, to be replaced"),
	F_MAP(oci_image_execution, volumes, "Volumes", oci_member,
	      .help = "directories that outlive a container"),
	F_STRING(oci_image_execution, working_dir, "WorkingDir", .help = "where it starts"),
	F_MAP(oci_image_execution, labels, "Labels", oci_pair, .help = "further facts"),
	F_STRING(oci_image_execution, stop_signal, "StopSignal", .help = "the signal that ends it"),
	F_OBJECT(oci_image_execution, healthcheck, "Healthcheck", oci_healthcheck,
		 .help = "how to see whether it works"),
	F_STRINGS(oci_image_execution, shell, "Shell", .help = "for builds"),
	F_STRINGS(oci_image_execution, on_build, "OnBuild", .help = "for builds"),
	F_BOOL(oci_image_execution, args_escaped, "ArgsEscaped", .help = "for Windows"),
);

static TYPE(oci_image_rootfs, "root file system",
	F_STRING(oci_image_rootfs, type, "type", .must = true, .help = "layers"),
	F_STRINGS(oci_image_rootfs, diff_ids, "diff_ids",
		  .help = "digests of the layers, uncompressed, the lowest first"),
);

TYPE(oci_image_history, "history",
	F_STRING(oci_image_history, created, "created", .help = "when"),
	F_STRING(oci_image_history, created_by, "created_by", .help = "by what command"),
	F_STRING(oci_image_history, author, "author", .help = "by whom"),
	F_STRING(oci_image_history, comment, "comment", .help = "anything"),
	F_BOOL(oci_image_history, empty_layer, "empty_layer", .help = "it made no layer"),
);

TYPE(oci_image, "image configuration",
	F_STRING(oci_image, created, "created", .help = "when"),
	F_STRING(oci_image, author, "author", .help = "by whom"),
	F_STRING(oci_image, architecture, "architecture", .must = true,
		 .help = "processor, in Go's words"),
	F_STRING(oci_image, variant, "variant", .help = "kind of the processor"),
	F_STRING(oci_image, os, "os", .must = true, .help = "operating system, in Go's words"),
	F_STRING(oci_image, os_version, "os.version", .help = "version of it"),
	F_STRINGS(oci_image, os_features, "os.features", .help = "what of it is needed"),
	F_OBJECT(oci_image, config, "config", oci_image_execution,
		 .help = "what a container is run with"),
	F_OBJECT(oci_image, rootfs, "rootfs", oci_image_rootfs, .must = true,
		 .help = "the layers"),
	F_LIST(oci_image, history, "history", oci_image_history, .help = "how the layers came"),
);

TYPE(docker_archive, "image in an archive",
	F_STRING(docker_archive, config, "Config", .must = true,
		 .help = "member with the configuration"),
	F_STRINGS(docker_archive, repo_tags, "RepoTags", .help = "names"),
	F_STRINGS(docker_archive, layers, "Layers", .help = "members with the layers"),
);
