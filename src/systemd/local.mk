noinst_LIBRARIES += src/systemd/libsystemdtalk.a
src_systemd_libsystemdtalk_a_SOURCES = \
	src/systemd/helper.c src/systemd/helper.h \
	src/systemd/property.c src/systemd/property.h \
	src/systemd/unit.c src/systemd/unit.h \
	src/systemd/variant.c src/systemd/variant.h
src_systemd_libsystemdtalk_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-DOCIRUN_SYSTEMD='"$(libexecdir)/servin/ocirun-systemd"'
