noinst_LIBRARIES += src/criu/libcriutalk.a
src_criu_libcriutalk_a_SOURCES = \
	src/criu/request.c src/criu/request.h \
	src/criu/talk.c src/criu/talk.h
