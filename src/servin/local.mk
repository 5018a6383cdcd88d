bin_PROGRAMS += servin
servin_SOURCES = \
	src/servin/commands.h \
	src/servin/main.c \
	src/servin/run-mounts.c \
	src/servin/run-opts.c src/servin/run-opts.h \
	src/servin/run-values.c src/servin/run-values.h
servin_LDADD = \
	src/engine/libengine.a libocispec/libocispec.a src/kernel/libkernel.a src/base/libbase.a \
	$(YAJL_LIBS) $(CAP_LIBS)
