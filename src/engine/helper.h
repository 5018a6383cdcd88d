/*
 * The talk with servin-image, the program that reads what comes from others.
 *
 * It is started for one job, with descriptors for all it may touch, gives up
 * its privileges but for those over files where it unpacks, and ends.  Its
 * answer is a line of JSON on standard output; if it fails its status is 1 and its words, without
 * a name in front, are on standard error.  Progress, if asked for by --progress FD, is lines
 * "DONE TOTAL WHAT" (bytes, TOTAL 0 when unknown) to that descriptor.
 *
 *	servin-image load [--platform OS/ARCH[/VARIANT]] [--progress FD] [--max-size BYTES]
 *		fd 0 is an archive (a file or a pipe, compressed or not) or a directory (an OCI
 *		layout, or a root file system); fd 3 an empty directory of its own.  There it
 *		writes each blob of the images as a file named by the hex of its sha256 (with
 *		"sha512-" in front for those), also the manifests and configurations that it has to
 *		make up, and prints struct loaded.  Started by root it works as nobody: the
 *		directory and the files are nobody's afterwards.  After a failure what stands
 *		there is of no use.
 *	servin-image unpack --digest DIGEST --diff-id DIGEST [--rootless] [--merge]
 *			[--progress FD] [--max-size BYTES] [--max-entries N]
 *		fd 0 is a layer's blob, fd 3 the directory: empty, or with --merge one to apply
 *		the layer to (whiteouts remove what is there; else they become overlayfs').
 *		Prints struct unpacked.  A hard link to a file of a lower layer can be made only
 *		with --merge, and what is missing above an entry is made 0755 and root's.
 *	servin-image pack [--overlay] [--compress none|gzip|zstd]
 *			[--name-in-tar NAME] [--progress FD] [LEAF]
 *		fd 3 is a directory: what it holds, or only what it has as LEAF, goes to fd 1 as a
 *		tar, sorted; with a NAME the directory itself, or the LEAF, is called so there.
 *		With --overlay what overlayfs means becomes whiteouts.  Prints struct packed to
 *		fd 4 (if that is open).
 *	servin-image extract [--rename NAME] [--owners] [--rootless] [--max-size BYTES]
 *		fd 0 is a tar, compressed or not, fd 3 a directory that need not be empty; for cp
 *		and import.  The first component of each name becomes NAME.  With --owners files
 *		belong to whom the tar says, else to us.  Prints struct unpacked.
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
	char **names;			/* as they stand there: "alpine:3.20", or full; or none */
};

struct loaded {
	char *kind;			/* docker-archive, oci-archive, oci-layout, rootfs */
	struct loaded_image **images;
};

struct unpacked {
	struct oci_uint size;		/* of the files, in bytes */
	struct oci_uint entries;
	struct oci_uint skipped;	/* what could not be made: devices without privileges ... */
	struct oci_bool opaque;		/* the root itself: layers below must not be mounted */
};

struct packed {
	char *digest, *diff_id;		/* of the blob, of the tar in it */
	struct oci_uint size;		/* of the blob */
};

extern const struct type loaded_type, unpacked_type, packed_type;

#endif
