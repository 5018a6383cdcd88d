noinst_LIBRARIES += src/kernel/libkernel.a
src_kernel_libkernel_a_SOURCES = \
	src/kernel/bpfdev.c src/kernel/bpfdev.h \
	src/kernel/caps.c src/kernel/caps.h \
	src/kernel/cgroupfs.c src/kernel/cgroupfs.h \
	src/kernel/clone.c src/kernel/clone.h \
	src/kernel/keyring.c src/kernel/keyring.h \
	src/kernel/mountfd.c src/kernel/mountfd.h \
	src/kernel/ns.c src/kernel/ns.h \
	src/kernel/pidfd.c src/kernel/pidfd.h \
	src/kernel/procfs.c src/kernel/procfs.h \
	src/kernel/resolve.c src/kernel/resolve.h \
	src/kernel/rlimit.c src/kernel/rlimit.h \
	src/kernel/seal.c src/kernel/seal.h \
	src/kernel/tty.c src/kernel/tty.h \
	src/kernel/version.c src/kernel/version.h
