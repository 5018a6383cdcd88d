bin_PROGRAMS += servin
servin_SOURCES = \
	src/servin/cmd-help.c \
	src/servin/commands.h \
	src/servin/main.c \
	src/servin/manual.c \
	src/servin/output.c src/servin/output.h \
	src/servin/template.c src/servin/template.h \
	src/servin/template-functions.c src/servin/template-functions.h \
	src/servin/template-lexer.c src/servin/template-lexer.h \
	src/servin/value.c src/servin/value.h
servin_LDADD = \
	src/engine/libengine.a libocispec/libocispec.a src/kernel/libkernel.a src/base/libbase.a \
	$(YAJL_LIBS) $(CAP_LIBS)
