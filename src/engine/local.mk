noinst_LIBRARIES += src/engine/libengine.a
src_engine_libengine_a_SOURCES = \
	src/engine/attach.c src/engine/attach.h \
	src/engine/bundle.h \
	src/engine/bundle/alone.c \
	src/engine/bundle/annotations.c \
	src/engine/bundle/caps.c \
	src/engine/bundle/complete.c \
	src/engine/bundle/devices.c \
	src/engine/bundle/etc.c \
	src/engine/bundle/join.c \
	src/engine/bundle/mounts.c \
	src/engine/bundle/namespaces.c \
	src/engine/bundle/parts.h \
	src/engine/bundle/process.c \
	src/engine/bundle/resources.c \
	src/engine/bundle/security.c \
	src/engine/bundle/spec.c \
	src/engine/bundle/user.c \
	src/engine/bundle/volumes.c \
	src/engine/changes.c src/engine/changes.h \
	src/engine/commit.c src/engine/commit.h \
	src/engine/container.c src/engine/container.h \
	src/engine/container-pause.c \
	src/engine/container-remove.c \
	src/engine/container-root.c \
	src/engine/container-start.c \
	src/engine/container-stop.c \
	src/engine/copy.c src/engine/copy.h \
	src/engine/copy-place.c src/engine/copy-place.h \
	src/engine/disk.c src/engine/disk.h \
	src/engine/doctor.c src/engine/doctor.h \
	src/engine/ending.c src/engine/ending.h \
	src/engine/engine.c src/engine/engine.h \
	src/engine/errand.c src/engine/errand.h \
	src/engine/events.c src/engine/events.h \
	src/engine/exec.c src/engine/exec.h \
	src/engine/explain.c src/engine/explain.h \
	src/engine/frames.h \
	src/engine/helper.c src/engine/helper.h \
	src/engine/helper-run.c src/engine/helper-run.h \
	src/engine/host.c src/engine/host.h \
	src/engine/image.c src/engine/image.h \
	src/engine/image-add.c src/engine/image-add.h \
	src/engine/image-change.c src/engine/image-change.h \
	src/engine/image-commit.c \
	src/engine/image-index.h \
	src/engine/image-load.c \
	src/engine/image-of.c \
	src/engine/image-save.c \
	src/engine/image-tag.c \
	src/engine/inventory.c src/engine/inventory.h \
	src/engine/layer.c src/engine/layer.h \
	src/engine/layer-make.h \
	src/engine/lock.c src/engine/lock.h \
	src/engine/logs.c src/engine/logs.h \
	src/engine/monitor/clients.c src/engine/monitor/clients.h \
	src/engine/monitor/life.c \
	src/engine/monitor/log.c src/engine/monitor/log.h \
	src/engine/monitor/loop.c \
	src/engine/monitor/monitor.h \
	src/engine/monitor/oom.c \
	src/engine/monitor/process.c \
	src/engine/monitor/restart.c \
	src/engine/monitor/root.c \
	src/engine/monitor/streams.c \
	src/engine/names.c src/engine/names.h \
	src/engine/oci.c src/engine/oci.h \
	src/engine/overlay.c \
	src/engine/pairs.c src/engine/pairs.h \
	src/engine/platform.c src/engine/platform.h \
	src/engine/record.c src/engine/record.h \
	src/engine/reference.c src/engine/reference.h \
	src/engine/removal.c src/engine/removal.h \
	src/engine/rootless.c src/engine/rootless.h \
	src/engine/seccomp-arch.c src/engine/seccomp-arch.h \
	src/engine/seccomp-default.c \
	src/engine/seccomp-profile.c src/engine/seccomp-profile.h \
	src/engine/source.c src/engine/source.h \
	src/engine/status.c src/engine/status.h \
	src/engine/store.h \
	src/engine/store-blob.c \
	src/engine/store-collect.c \
	src/engine/store-index.c \
	src/engine/store-temp.c \
	src/engine/tar.c src/engine/tar.h \
	src/engine/update.c src/engine/update.h \
	src/engine/usage.c src/engine/usage.h \
	src/engine/usage-cgroup.c \
	src/engine/users.c src/engine/users.h \
	src/engine/volume.c src/engine/volume.h
src_engine_libengine_a_CPPFLAGS = $(AM_CPPFLAGS) -DSERVIN_LIBEXECDIR='"$(pkglibexecdir)"'
