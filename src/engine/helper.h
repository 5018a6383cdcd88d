/*
 * The talk with servin-image, the program that reads what comes from others.
 *
 * It is started for one job, with descriptors for all it may touch, gives up
 * its privileges but for those over files where it unpacks, and ends.  Its
 * answer is JSON on standard output, its words of failure are on standard
 * error; its progress, if asked for, is lines "DONE TOTAL WHAT" (bytes, TOTAL
 * 0 when unknown) to an fd.
 *
 *	servin-image load [--platform OS/ARCH[/VARIANT]] [--progress FD]
 *		fd 0 is an archive (a file or a pipe, compressed or not) or a directory (an OCI
 *		layout, or a root file system); fd 3 an empty directory of its own.  There it
 *		writes each blob of the images as a file named by the hex of its sha256 (with
 *		"sha512-" in front for those), also the manifests and configurations that it has to
 *		make up, and prints struct loaded.
 *	servin-image unpack --digest DIGEST --diff-id DIGEST [--rootless] [--merge]
 *		fd 0 is a layer's blob, fd 3 the directory: empty, or with --merge one to apply
 *		the layer to (whiteouts remove what is there; else they become overlayfs').
 *		Prints struct unpacked.
 *	servin-image pack [--overlay] [--compress none|gzip|zstd] [--name-in-tar NAME]
 *		fd 3 is a directory (or with a NAME what of it); its tar goes to fd 1, sorted, and
 *		with --overlay what overlayfs means becomes whiteouts.  Prints struct packed to fd 4.
 *	servin-image extract [--rename NAME] [--owners]
 *		fd 0 is a tar, fd 3 a directory that is not empty; for cp and import.
 *	servin-image archive
 *		standard input has lines "MEMBER TAB FILE" of files below fd 3; the tar of these
 *		members, in that order, goes to fd 1.
 *	servin-image compress --compress none|gzip|zstd
 *		fd 0 is a layer's blob in any compression; fd 1 gets it anew; struct packed to fd 4.
 */
#ifndef ENGINE_HELPER_H
#define ENGINE_HELPER_H

#include "libocispec/image.h"

/* An image that was read, its blobs being in the directory. */
struct loaded_image {
	struct oci_descriptor *manifest;
	char **names;			/* as they stand there: "alpine:3.20", or full; may be empty */
};

struct loaded {
	char *kind;			/* docker-archive, oci-archive, oci-layout, rootfs */
	struct loaded_image **images;
};

struct unpacked {
	struct oci_uint size;		/* of the files, in bytes */
	struct oci_uint entries;
	struct oci_uint skipped;	/* that could not be made: devices, for a plain user */
	struct oci_bool opaque;		/* its root hides the layers below */
};

struct packed {
	char *digest, *diff_id;		/* of the blob, of the tar in it */
	struct oci_uint size;		/* of the blob */
};

extern const struct type loaded_type, unpacked_type, packed_type;

#endif
