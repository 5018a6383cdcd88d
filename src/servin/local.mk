bin_PROGRAMS += servin
servin_SOURCES = \
	src/servin/cmd-help.c \
	src/servin/cmd-history.c \
	src/servin/cmd-image-inspect.c \
	src/servin/cmd-image-prune.c \
	src/servin/cmd-images.c \
	src/servin/cmd-import.c \
	src/servin/cmd-load.c \
	src/servin/cmd-rmi.c \
	src/servin/cmd-save.c \
	src/servin/cmd-tag.c \
	src/servin/commands.h \
	src/servin/confirm.c src/servin/confirm.h \
	src/servin/human.c src/servin/human.h \
	src/servin/images.c src/servin/images.h \
	src/servin/main.c \
	src/servin/manual.c \
	src/servin/output.c src/servin/output.h \
	src/servin/progress.c src/servin/progress.h \
	src/servin/template.c src/servin/template.h \
	src/servin/template-functions.c src/servin/template-functions.h \
	src/servin/template-lexer.c src/servin/template-lexer.h \
	src/servin/value.c src/servin/value.h
servin_LDADD = \
	src/engine/libengine.a libocispec/libocispec.a src/kernel/libkernel.a src/base/libbase.a \
	$(YAJL_LIBS) $(CAP_LIBS)
