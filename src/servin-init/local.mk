# Runs in containers, where no library of ours is: AM_LDFLAGS makes it static where that works.
if HAVE_SERVIN
pkglibexec_PROGRAMS += servin-init
servin_init_SOURCES = src/servin-init/main.c
endif
