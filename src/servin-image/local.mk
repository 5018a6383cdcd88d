# The only program that needs libarchive and libcrypto, which bring a dozen libraries with them.
if HAVE_SERVIN
pkglibexec_PROGRAMS += servin-image
servin_image_SOURCES = \
	src/servin-image/archive.c src/servin-image/archive.h \
	src/servin-image/attributes.c \
	src/servin-image/blobs.c src/servin-image/blobs.h \
	src/servin-image/confine.c src/servin-image/confine.h \
	src/servin-image/digest.c src/servin-image/digest.h \
	src/servin-image/docker.c \
	src/servin-image/entry.c \
	src/servin-image/inodes.c src/servin-image/inodes.h \
	src/servin-image/load.c src/servin-image/load.h \
	src/servin-image/load-archive.c \
	src/servin-image/main.c \
	src/servin-image/members.c src/servin-image/members.h \
	src/servin-image/oci.c \
	src/servin-image/pack.c src/servin-image/pack.h \
	src/servin-image/platform.c src/servin-image/platform.h \
	src/servin-image/rootfs.c \
	src/servin-image/source.c src/servin-image/source.h \
	src/servin-image/tar-out.c src/servin-image/tar-out.h \
	src/servin-image/tree.c src/servin-image/tree.h \
	src/servin-image/verb-load.c \
	src/servin-image/verb-pack.c \
	src/servin-image/verb-unpack.c \
	src/servin-image/verbs.h \
	src/servin-image/whiteout.c
servin_image_CPPFLAGS = $(AM_CPPFLAGS) $(ARCHIVE_CFLAGS) $(CRYPTO_CFLAGS)
# Not AM_LDFLAGS, which may say -static.
servin_image_LDFLAGS = -Wl,--gc-sections -Wl,-z,relro,-z,now -no-pie
servin_image_LDADD = \
	src/engine/libengine.a libocispec/libocispec.a src/kernel/libkernel.a src/base/libbase.a \
	$(YAJL_LIBS) $(CAP_LIBS) $(ARCHIVE_LIBS) $(CRYPTO_LIBS)
endif
