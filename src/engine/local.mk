noinst_LIBRARIES += src/engine/libengine.a
src_engine_libengine_a_SOURCES = \
	src/engine/bundle.h \
	src/engine/container.h \
	src/engine/engine.c src/engine/engine.h \
	src/engine/events.h \
	src/engine/helper-run.c src/engine/helper-run.h \
	src/engine/helper.c src/engine/helper.h \
	src/engine/image-add.c src/engine/image-add.h \
	src/engine/image-change.c src/engine/image-change.h \
	src/engine/image-commit.c \
	src/engine/image-index.h \
	src/engine/image-load.c \
	src/engine/image-of.c \
	src/engine/image-save.c \
	src/engine/image-tag.c \
	src/engine/image.c src/engine/image.h \
	src/engine/layer-make.h \
	src/engine/layer.c src/engine/layer.h \
	src/engine/lock.c src/engine/lock.h \
	src/engine/overlay.c \
	src/engine/platform.c src/engine/platform.h \
	src/engine/record.c src/engine/record.h \
	src/engine/reference.c src/engine/reference.h \
	src/engine/source.c src/engine/source.h \
	src/engine/store-blob.c \
	src/engine/store-collect.c \
	src/engine/store-index.c \
	src/engine/store-temp.c \
	src/engine/store.h \
	src/engine/users.c src/engine/users.h \
	src/engine/volume.h
src_engine_libengine_a_CPPFLAGS = $(AM_CPPFLAGS) -DSERVIN_LIBEXECDIR='"$(pkglibexecdir)"'
