noinst_LIBRARIES += src/engine/libengine.a
src_engine_libengine_a_SOURCES = \
	src/engine/bundle.h \
	src/engine/container.h \
	src/engine/engine.c src/engine/engine.h \
	src/engine/events.h \
	src/engine/helper.c src/engine/helper.h \
	src/engine/image.h \
	src/engine/layer.h \
	src/engine/lock.c src/engine/lock.h \
	src/engine/record.c src/engine/record.h \
	src/engine/reference.h \
	src/engine/volume.h
src_engine_libengine_a_CPPFLAGS = $(AM_CPPFLAGS) -DSERVIN_LIBEXECDIR='"$(pkglibexecdir)"'
