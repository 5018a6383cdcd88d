bin_PROGRAMS += ocirun
ocirun_SOURCES = \
	src/ocirun/cmd-check.c \
	src/ocirun/cmd-checkpoint.c \
	src/ocirun/cmd-create.c \
	src/ocirun/cmd-delete.c \
	src/ocirun/cmd-events.c \
	src/ocirun/cmd-exec.c \
	src/ocirun/cmd-features.c \
	src/ocirun/cmd-help.c \
	src/ocirun/cmd-kill.c \
	src/ocirun/cmd-list.c \
	src/ocirun/cmd-mounts.c \
	src/ocirun/cmd-pause.c \
	src/ocirun/cmd-ps.c \
	src/ocirun/cmd-restore.c \
	src/ocirun/cmd-run.c \
	src/ocirun/criu-opts.h \
	src/ocirun/cmd-spec.c \
	src/ocirun/cmd-start.c \
	src/ocirun/cmd-state.c \
	src/ocirun/cmd-update.c \
	src/ocirun/commands.h \
	src/ocirun/create-opts.h \
	src/ocirun/main.c \
	src/ocirun/manual.c \
	src/ocirun/print.c src/ocirun/print.h \
	src/ocirun/select.c src/ocirun/select.h
ocirun_LDADD = \
	src/runtime/libruntime.a libocispec/libocispec.a src/kernel/libkernel.a \
	src/criu/libcriutalk.a src/systemd/libsystemdtalk.a src/base/libbase.a \
	$(YAJL_LIBS) $(SECCOMP_LIBS) $(CAP_LIBS)
