# The only program that needs libsystemd, which has no archive: a dynamic one.
if HAVE_SYSTEMD
servinlibexecdir = $(libexecdir)/servin
servinlibexec_PROGRAMS = ocirun-systemd
ocirun_systemd_SOURCES = \
	src/ocirun-systemd/bus.c src/ocirun-systemd/bus.h \
	src/ocirun-systemd/main.c \
	src/ocirun-systemd/manager.c src/ocirun-systemd/manager.h \
	src/ocirun-systemd/message.c src/ocirun-systemd/message.h
ocirun_systemd_CPPFLAGS = $(AM_CPPFLAGS) $(SYSTEMD_CFLAGS)
# Not AM_LDFLAGS, which may say -static.
ocirun_systemd_LDFLAGS = -Wl,--gc-sections -Wl,-z,relro,-z,now -no-pie
ocirun_systemd_LDADD = src/systemd/libsystemdtalk.a src/base/libbase.a $(SYSTEMD_LIBS)
endif
