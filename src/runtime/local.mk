noinst_LIBRARIES += src/runtime/libruntime.a
src_runtime_libruntime_a_SOURCES = \
	src/runtime/cgroup/blockio.c \
	src/runtime/attributes.c src/runtime/attributes.h \
	src/runtime/annotations.c src/runtime/annotations.h \
	src/runtime/cgroup/cgroup.c src/runtime/cgroup/cgroup.h \
	src/runtime/cgroup/check-resources.c \
	src/runtime/cgroup/cpu.c \
	src/runtime/cgroup/delegate.c \
	src/runtime/cgroup/device-rules.c \
	src/runtime/cgroup/hugepages.c \
	src/runtime/cgroup/kind.h \
	src/runtime/cgroup/limit.c \
	src/runtime/cgroup/lists.c \
	src/runtime/cgroup/members.c \
	src/runtime/cgroup/none.c \
	src/runtime/cgroup/oom.c \
	src/runtime/cgroup/props.c src/runtime/cgroup/props.h \
	src/runtime/cgroup/refusal.c \
	src/runtime/cgroup/stats-lists.c \
	src/runtime/cgroup/stats-parse.c src/runtime/cgroup/stats-parse.h \
	src/runtime/cgroup/stats-read.h \
	src/runtime/cgroup/stats-type.c \
	src/runtime/cgroup/stats.c src/runtime/cgroup/stats.h \
	src/runtime/cgroup/update.c \
	src/runtime/cgroup/props.c \
	src/runtime/cgroup/systemd.c src/runtime/cgroup/systemd.h \
	src/runtime/cgroup/systemd-annotations.c \
	src/runtime/cgroup/systemd-props.c \
	src/runtime/cgroup/v1.c \
	src/runtime/cgroup/v2.c \
	src/runtime/cgroup/weight.c \
	src/runtime/check.c \
	src/runtime/check/attributes.c \
	src/runtime/check/annotations.c \
	src/runtime/check/checker.c src/runtime/check/checker.h \
	src/runtime/check/document.c \
	src/runtime/check/intelrdt.c \
	src/runtime/check/linux.c \
	src/runtime/check/netdevices.c \
	src/runtime/check/process.c \
	src/runtime/check/seccomp.c \
	src/runtime/check/sysctl.c \
	src/runtime/check/userns.c \
	src/runtime/checkpoint.c \
	src/runtime/child.c src/runtime/child.h \
	src/runtime/config.c src/runtime/config.h \
	src/runtime/console.c src/runtime/console.h \
	src/runtime/create-cgroup.c \
	src/runtime/create-parts.h \
	src/runtime/create-plan.c \
	src/runtime/create-record.c \
	src/runtime/create-serve.c \
	src/runtime/create.c src/runtime/create.h \
	src/runtime/criu-options.c src/runtime/criu-options.h \
	src/runtime/criu.c src/runtime/criu.h \
	src/runtime/delete.c src/runtime/delete.h \
	src/runtime/devices.c \
	src/runtime/example.c \
	src/runtime/events.c \
	src/runtime/exec-enter.c \
	src/runtime/exec-entry.h \
	src/runtime/exec-plan.c \
	src/runtime/exec-process.c src/runtime/exec-process.h \
	src/runtime/exec.c \
	src/runtime/external.c src/runtime/external.h \
	src/runtime/features-host.c \
	src/runtime/features.c src/runtime/features.h \
	src/runtime/foreground.c src/runtime/foreground.h \
	src/runtime/gate.c src/runtime/gate.h \
	src/runtime/hook-output.c src/runtime/hook-output.h \
	src/runtime/groups.c src/runtime/groups.h \
	src/runtime/hooks.c src/runtime/hooks.h \
	src/runtime/idmap.c src/runtime/idmap.h \
	src/runtime/init.c src/runtime/init.h \
	src/runtime/intelrdt.c src/runtime/intelrdt.h \
	src/runtime/join.c src/runtime/join.h \
	src/runtime/list.c \
	src/runtime/masks.c \
	src/runtime/members.c src/runtime/members.h \
	src/runtime/mount/cgroups.c \
	src/runtime/mount/copyup.c \
	src/runtime/mount/do.c src/runtime/mount/do.h \
	src/runtime/mount/label.c src/runtime/mount/label.h \
	src/runtime/mount/idmap.c \
	src/runtime/mount/inside.c src/runtime/mount/inside.h \
	src/runtime/mount/options.c src/runtime/mount/options.h \
	src/runtime/mount/plan.c src/runtime/mount/plan.h \
	src/runtime/mount/sources.c src/runtime/mount/sources.h \
	src/runtime/mounts-child.c \
	src/runtime/mounts.c src/runtime/mounts.h \
	src/runtime/netdevices.c src/runtime/netdevices.h \
	src/runtime/notify.c src/runtime/notify.h \
	src/runtime/passage.c src/runtime/passage.h \
	src/runtime/plain.c src/runtime/plain.h \
	src/runtime/process.c src/runtime/process.h \
	src/runtime/rootfs.c src/runtime/rootfs.h \
	src/runtime/restore-prepare.c \
	src/runtime/restore.c src/runtime/restore.h \
	src/runtime/run.c src/runtime/run.h \
	src/runtime/runtime.h \
	src/runtime/schemata.c src/runtime/schemata.h \
	src/runtime/seccomp/cache.c src/runtime/seccomp/cache.h \
	src/runtime/seccomp/compile.c src/runtime/seccomp/compile.h \
	src/runtime/seccomp/enosys.c src/runtime/seccomp/enosys.h \
	src/runtime/seccomp/filter.c src/runtime/seccomp/filter.h \
	src/runtime/seccomp/listener.c src/runtime/seccomp/listener.h \
	src/runtime/seccomp/load.c src/runtime/seccomp/load.h \
	src/runtime/seccomp/profile.c src/runtime/seccomp/profile.h \
	src/runtime/seccomp/words.c src/runtime/seccomp/words.h \
	src/runtime/signal.c \
	src/runtime/start.c src/runtime/start.h \
	src/runtime/state.c src/runtime/state.h \
	src/runtime/sync.c src/runtime/sync.h \
	src/runtime/timens.c src/runtime/timens.h \
	src/runtime/update.c
