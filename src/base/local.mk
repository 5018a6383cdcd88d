noinst_LIBRARIES += src/base/libbase.a
src_base_libbase_a_SOURCES = \
	src/base/bits.c src/base/bits.h \
	src/base/base64.c src/base/base64.h \
	src/base/clock.c src/base/clock.h \
	src/base/cmd.c src/base/cmd.h \
	src/base/cmd-answer.c src/base/cmd-answer.h \
	src/base/cmd-bash.c \
	src/base/cmd-complete.c \
	src/base/cmd-doc.c \
	src/base/cmd-find.c \
	src/base/cmd-fish.c \
	src/base/cmd-zsh.c \
	src/base/err.c src/base/err.h \
	src/base/file.c src/base/file.h \
	src/base/guess.c src/base/guess.h \
	src/base/log.c src/base/log.h \
	src/base/mem.c src/base/mem.h \
	src/base/packet.c src/base/packet.h \
	src/base/parse.c src/base/parse.h \
	src/base/ptrs.c src/base/ptrs.h \
	src/base/sha256.c src/base/sha256.h \
	src/base/signals.c src/base/signals.h \
	src/base/spawn.c src/base/spawn.h \
	src/base/step.c src/base/step.h \
	src/base/str.c src/base/str.h \
	src/base/strv.c src/base/strv.h \
	src/base/table.c src/base/table.h \
	src/base/tree.c src/base/tree.h \
	src/base/wire.c src/base/wire.h \
	src/base/words.c src/base/words.h
