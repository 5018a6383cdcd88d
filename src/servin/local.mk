if HAVE_SERVIN
bin_PROGRAMS += servin
servin_SOURCES = \
	src/servin/archive-out.c src/servin/archive-out.h \
	src/servin/cmd-bundle.c \
	src/servin/cmd-commit.c \
	src/servin/cmd-container-prune.c \
	src/servin/cmd-cp.c \
	src/servin/cmd-diff.c \
	src/servin/cmd-doctor.c \
	src/servin/cmd-events.c \
	src/servin/cmd-exec.c \
	src/servin/cmd-export.c \
	src/servin/cmd-help.c \
	src/servin/cmd-history.c \
	src/servin/cmd-image-inspect.c \
	src/servin/cmd-image-prune.c \
	src/servin/cmd-images.c \
	src/servin/cmd-import.c \
	src/servin/cmd-info.c \
	src/servin/cmd-inspect.c \
	src/servin/cmd-load.c \
	src/servin/cmd-logs.c \
	src/servin/cmd-ls.c \
	src/servin/cmd-port.c \
	src/servin/cmd-rename.c \
	src/servin/cmd-rm.c \
	src/servin/cmd-rmi.c \
	src/servin/cmd-run.c \
	src/servin/cmd-save.c \
	src/servin/cmd-start.c \
	src/servin/cmd-stats.c \
	src/servin/cmd-stop.c \
	src/servin/cmd-system-df.c \
	src/servin/cmd-system-prune.c \
	src/servin/cmd-tag.c \
	src/servin/cmd-top.c \
	src/servin/cmd-update.c \
	src/servin/cmd-version.c \
	src/servin/cmd-volume.c \
	src/servin/cmd-wait.c \
	src/servin/commands.h \
	src/servin/confirm.c src/servin/confirm.h \
	src/servin/container-view.c src/servin/container-view.h \
	src/servin/filter.c src/servin/filter.h \
	src/servin/foreground.c src/servin/foreground.h \
	src/servin/human.c src/servin/human.h \
	src/servin/images.c src/servin/images.h \
	src/servin/ls-filter.c src/servin/ls-filter.h \
	src/servin/ls-row.c src/servin/ls-row.h \
	src/servin/main.c \
	src/servin/make.c src/servin/make.h \
	src/servin/manual.c \
	src/servin/missing.c src/servin/missing.h \
	src/servin/output.c src/servin/output.h \
	src/servin/progress.c src/servin/progress.h \
	src/servin/prune.c src/servin/prune.h \
	src/servin/run-devices.c \
	src/servin/run-mounts.c \
	src/servin/run-opts.c src/servin/run-opts.h \
	src/servin/run-values.c src/servin/run-values.h \
	src/servin/select.c src/servin/select.h \
	src/servin/start-boot.c src/servin/start-boot.h \
	src/servin/template.c src/servin/template.h \
	src/servin/template-functions.c src/servin/template-functions.h \
	src/servin/template-lexer.c src/servin/template-lexer.h \
	src/servin/template-run.c src/servin/template-run.h \
	src/servin/value.c src/servin/value.h
servin_LDADD = \
	src/engine/libengine.a libocispec/libocispec.a src/kernel/libkernel.a src/base/libbase.a \
	$(YAJL_LIBS) $(CAP_LIBS)
endif
