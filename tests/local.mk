# make check		unit tests and the style check, then every bats suite
# make check-bats BATS=tests/bats/kill.bats
# make check-fault FAULT='--every 10'
# make check-engines ENGINES='--short'
# make check-vm VM='--short'
# make bench BENCH='--rounds 50 --rows run,exec'
# make bench-engines BENCH='--rounds 20'
# make bench-servin BENCH='--rounds 20 --rows run,load'

include tests/unit/local.mk

# What runs inside a container, or beside it in a test: static, for a rootfs has no libraries, and
# without sanitizers.
HELPERCFLAGS = -std=gnu17 -O2 -Wall -Wextra -fno-pie
HELPERLDFLAGS = -static

check_PROGRAMS += tests/probe/decide tests/probe/leaderless tests/probe/lock tests/probe/probe \
	tests/probe/reaper tests/probe/recvfd tests/probe/swap tests/probe/sysc tests/probe/thief
tests_probe_decide_SOURCES = tests/probe/decide.c
tests_probe_decide_CFLAGS = $(HELPERCFLAGS)
tests_probe_decide_LDFLAGS = $(HELPERLDFLAGS)
tests_probe_leaderless_SOURCES = tests/probe/leaderless.c
tests_probe_leaderless_CFLAGS = $(HELPERCFLAGS) -pthread
tests_probe_leaderless_LDFLAGS = $(HELPERLDFLAGS) -pthread
tests_probe_lock_SOURCES = tests/probe/lock.c
tests_probe_lock_CFLAGS = $(HELPERCFLAGS)
tests_probe_lock_LDFLAGS = $(HELPERLDFLAGS)
tests_probe_probe_SOURCES = tests/probe/probe.c
tests_probe_probe_CFLAGS = $(HELPERCFLAGS)
tests_probe_probe_LDFLAGS = $(HELPERLDFLAGS)
tests_probe_reaper_SOURCES = tests/probe/reaper.c
tests_probe_reaper_CFLAGS = $(HELPERCFLAGS)
tests_probe_reaper_LDFLAGS = $(HELPERLDFLAGS)
tests_probe_recvfd_SOURCES = tests/probe/recvfd.c
tests_probe_recvfd_CFLAGS = $(HELPERCFLAGS)
tests_probe_recvfd_LDFLAGS = $(HELPERLDFLAGS)
tests_probe_swap_SOURCES = tests/probe/swap.c
tests_probe_swap_CFLAGS = $(HELPERCFLAGS)
tests_probe_swap_LDFLAGS = $(HELPERLDFLAGS)
tests_probe_sysc_SOURCES = tests/probe/sysc.c
tests_probe_sysc_CFLAGS = $(HELPERCFLAGS) -fno-stack-protector -fcf-protection=none
tests_probe_sysc_LDFLAGS = $(HELPERLDFLAGS) -nostdlib -nostartfiles
tests_probe_thief_SOURCES = tests/probe/thief.c
tests_probe_thief_CFLAGS = $(HELPERCFLAGS)
tests_probe_thief_LDFLAGS = $(HELPERLDFLAGS)

check_PROGRAMS += tests/probe/ask-systemd
tests_probe_ask_systemd_SOURCES = tests/probe/ask-systemd.c
tests_probe_ask_systemd_LDADD = src/systemd/libsystemdtalk.a src/base/libbase.a

check_PROGRAMS += tests/fault/decider tests/fault/walk tests/fault/view
tests_fault_decider_SOURCES = tests/fault/decider.c
tests_fault_decider_CFLAGS = $(HELPERCFLAGS)
tests_fault_decider_LDFLAGS = $(HELPERLDFLAGS)
tests_fault_walk_SOURCES = tests/fault/walk.c tests/fault/condition.c tests/fault/inject.c \
	tests/fault/judge.c tests/fault/look.c tests/fault/rows.c tests/fault/world.c \
	tests/fault/fault.h tests/fault/walk.h
tests_fault_walk_CFLAGS = $(HELPERCFLAGS)
tests_fault_walk_LDFLAGS = -no-pie
tests_fault_walk_LDADD = $(SECCOMP_LIBS)
tests_fault_view_SOURCES = tests/fault/view.c
tests_fault_view_CFLAGS = $(HELPERCFLAGS)
tests_fault_view_LDFLAGS = $(HELPERLDFLAGS)

bench_programs = tests/bench/bench tests/bench/filter tests/bench/floor tests/bench/true
check_PROGRAMS += tests/bench/took
EXTRA_PROGRAMS = $(bench_programs)
CLEANFILES += $(bench_programs)
tests_bench_bench_SOURCES = tests/bench/bench.c
tests_bench_bench_CFLAGS = $(HELPERCFLAGS)
tests_bench_bench_LDFLAGS = $(HELPERLDFLAGS)
tests_bench_filter_SOURCES = tests/bench/filter.c
tests_bench_filter_CFLAGS = $(HELPERCFLAGS)
tests_bench_filter_LDFLAGS = -no-pie
tests_bench_filter_LDADD = $(SECCOMP_LIBS)
tests_bench_floor_SOURCES = tests/bench/floor.c
tests_bench_floor_CFLAGS = $(HELPERCFLAGS)
tests_bench_floor_LDFLAGS = $(HELPERLDFLAGS)
tests_bench_took_SOURCES = tests/bench/took.c
tests_bench_took_CFLAGS = $(HELPERCFLAGS)
tests_bench_took_LDFLAGS = $(HELPERLDFLAGS)
tests_bench_true_SOURCES = tests/bench/true.c
tests_bench_true_CFLAGS = $(HELPERCFLAGS) -fno-stack-protector -fcf-protection=none
tests_bench_true_LDFLAGS = $(HELPERLDFLAGS) -nostdlib -nostartfiles

# TAP, so that contrib/check can count the tests and not only the programs.
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; SERVIN_SRCDIR='$(abs_top_srcdir)'; \
	export CMOCKA_MESSAGE_OUTPUT SERVIN_SRCDIR;
TESTS += tests/style/check

tests_environment = OCIRUN='$(abs_top_builddir)/ocirun' SERVIN_SRCDIR='$(abs_top_srcdir)' \
	SERVIN_BUILDDIR='$(abs_top_builddir)' OCIRUN_LIBEXEC='$(libexecdir)/servin'

check-local: check-bats

# BATS: files, or `none`.
check-bats: all-am $(check_PROGRAMS)
	$(AM_V_GEN)$(tests_environment) $(srcdir)/tests/run-bats $(BATS)

bench: all-am $(bench_programs)
	$(AM_V_GEN)$(tests_environment) $(srcdir)/tests/bench/run $(BENCH)

# Under engines; BENCH: options of tests/bench/engines.
bench-engines: all-am $(check_PROGRAMS)
	$(AM_V_GEN)$(tests_environment) $(srcdir)/tests/bench/engines $(BENCH)

# servin beside podman and docker; BENCH: options of tests/bench/servin.
bench-servin: all-am $(check_PROGRAMS)
	$(AM_V_GEN)$(tests_environment) $(srcdir)/tests/bench/servin $(BENCH)

# The whole fault walk, in both worlds of cgroups; FAULT: options of tests/fault/walk.
check-fault: all-am $(check_PROGRAMS)
	$(AM_V_GEN)$(tests_environment) $(srcdir)/tests/fault/run $(FAULT)

# The bats suites in a guest with systemd and cgroup v2; VM: options and files of tests/vm/run.
check-vm: all-am $(check_PROGRAMS)
	$(AM_V_GEN)$(tests_environment) $(srcdir)/tests/vm/run $(VM)

# Under podman, containerd, docker and buildah; ENGINES: options and files of tests/engines/run.
check-engines: all-am $(check_PROGRAMS)
	$(AM_V_GEN)$(tests_environment) $(srcdir)/tests/engines/run $(ENGINES)

bench-vm: all-am $(bench_programs)
	$(AM_V_GEN)BENCH='$(BENCH)' $(tests_environment) $(srcdir)/tests/vm/run --bench

.PHONY: check-bats check-engines check-fault check-vm bench bench-engines bench-servin \
	bench-vm

clean-local: clean-bats
clean-bats:
	rm -rf tests/bats-logs tests/criu.d tests/criu.d.lock tests/engines/table*.md \
		tests/engines/world.log tests/vm/image tests/vm/bb.tar tests/vm/build.log
.PHONY: clean-bats

EXTRA_DIST += tests/README.md tests/in-v1 tests/in-v2 tests/run-bats tests/count tests/without-v2 \
	tests/style/check tests/bench/common.bash tests/bench/engines tests/bench/run \
	tests/bench/servin tests/fault/run tests/bats/README.md \
	tests/bats/helpers.bash \
	tests/bats/attributes.bash tests/bats/compare.bash tests/bats/compare-known.txt \
	tests/bats/differential-known.tsv \
	tests/conformance/run tests/conformance/peers.tsv docs/conformance.md \
	$(srcdir)/tests/bats/*.bats
EXTRA_DIST += tests/servin/craft.py tests/servin/helpers.bash tests/servin/save-images \
	tests/servin/talk $(srcdir)/tests/servin/*.bats
EXTRA_DIST += tests/criu tests/engines/README.md tests/engines/cri.proto tests/engines/image \
	tests/engines/known.tsv tests/engines/run tests/engines/table tests/engines/world \
	$(srcdir)/tests/engines/*.bash $(srcdir)/tests/engines/*.bats
EXTRA_DIST += tests/vm/build tests/vm/in-vm tests/vm/run $(srcdir)/tests/vm/*.bats \
	tests/bench/filter.jq tests/bench/podman.jq tests/bench/seccomp.jq
