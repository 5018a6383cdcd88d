if HAVE_SERVIN
bin_PROGRAMS += servin
servin_SOURCES = \
	src/servin/commands.h \
	src/servin/main.c
servin_LDADD = \
	src/engine/libengine.a libocispec/libocispec.a src/kernel/libkernel.a src/base/libbase.a \
	$(YAJL_LIBS) $(CAP_LIBS)
endif
