#include "engine/helper.h"

static TYPE(loaded_image, "image",
	F_OBJECT(loaded_image, manifest, "manifest", oci_descriptor, .must = true),
	F_STRINGS(loaded_image, names, "names"),
);

TYPE(loaded, "what was loaded",
	F_STRING(loaded, kind, "kind", .must = true),
	F_LIST(loaded, images, "images", loaded_image),
);

TYPE(unpacked, "what was unpacked",
	F_UINT(unpacked, size, "size", .must = true),
	F_UINT(unpacked, entries, "entries"),
);

TYPE(packed, "what was packed",
	F_STRING(packed, digest, "digest", .must = true),
	F_STRING(packed, diff_id, "diffId", .must = true),
	F_UINT(packed, size, "size", .must = true),
);
