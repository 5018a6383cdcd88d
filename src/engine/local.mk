noinst_LIBRARIES += src/engine/libengine.a
src_engine_libengine_a_SOURCES = \
	src/engine/bundle.h \
	src/engine/bundle/annotations.c \
	src/engine/bundle/caps.c \
	src/engine/bundle/complete.c \
	src/engine/bundle/devices.c \
	src/engine/bundle/mounts.c \
	src/engine/bundle/namespaces.c \
	src/engine/bundle/parts.h \
	src/engine/bundle/process.c \
	src/engine/bundle/resources.c \
	src/engine/bundle/security.c \
	src/engine/bundle/spec.c \
	src/engine/bundle/user.c \
	src/engine/container.h \
	src/engine/engine.c src/engine/engine.h \
	src/engine/events.h \
	src/engine/helper.h \
	src/engine/image.h \
	src/engine/layer.h \
	src/engine/lock.c src/engine/lock.h \
	src/engine/pairs.c src/engine/pairs.h \
	src/engine/record.c src/engine/record.h \
	src/engine/reference.h \
	src/engine/seccomp-arch.c src/engine/seccomp-arch.h \
	src/engine/seccomp-default.c \
	src/engine/seccomp-profile.c src/engine/seccomp-profile.h \
	src/engine/volume.c src/engine/volume.h
src_engine_libengine_a_CPPFLAGS = $(AM_CPPFLAGS) -DSERVIN_LIBEXECDIR='"$(pkglibexecdir)"'
