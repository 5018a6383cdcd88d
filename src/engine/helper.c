#include "engine/helper.h"

static TYPE(loaded_image, "image",
	F_OBJECT(loaded_image, manifest, "manifest", oci_descriptor, .must = true,
		 .help = "its manifest"),
	F_STRINGS(loaded_image, names, "names", .help = "as the archive has them"),
);

TYPE(loaded, "images that were read",
	F_STRING(loaded, kind, "kind", .must = true, .help = "what they were read from"),
	F_LIST(loaded, images, "images", loaded_image, .help = "each of them"),
);

TYPE(unpacked, "layer that was unpacked",
	F_UINT(unpacked, size, "size", .must = true, .help = "bytes of its files"),
	F_UINT(unpacked, entries, "entries", .must = true, .help = "how many there were"),
	F_UINT(unpacked, skipped, "skipped", .help = "those that could not be made"),
	F_BOOL(unpacked, opaque, "opaque", .help = "its root hides the layers below"),
);

TYPE(packed, "layer that was packed",
	F_STRING(packed, digest, "digest", .must = true, .help = "of the blob"),
	F_STRING(packed, diff_id, "diff_id", .must = true, .help = "of the tar in it"),
	F_UINT(packed, size, "size", .must = true, .help = "of the blob"),
);
