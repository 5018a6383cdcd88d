# A unit test: its name here, its sources and, if not unit_libs, its libraries below.

# What the schemas of the specification are compared with (tests/bats/ocispec.bats).
check_PROGRAMS += tests/unit/spec-tool
tests_unit_spec_tool_SOURCES = tests/unit/spec-tool.c
tests_unit_spec_tool_LDADD = libocispec/libocispec.a src/base/libbase.a $(YAJL_LIBS)
EXTRA_DIST += tests/unit/schema.jq

if HAVE_CMOCKA
unit_libs = libocispec/libocispec.a src/base/libbase.a $(YAJL_LIBS) $(CMOCKA_LIBS)
# Not AM_LDFLAGS, which may say -static: cmocka has no archive.
unit_ldflags = -no-pie
unit_tests = \
	tests/unit/test-attributes \
	tests/unit/test-base \
	tests/unit/test-bits \
	tests/unit/test-bpfdev \
	tests/unit/test-bundle \
	tests/unit/test-cgroup \
	tests/unit/test-cmd \
	tests/unit/test-criu \
	tests/unit/test-decode \
	tests/unit/test-encode \
	tests/unit/test-engine \
	tests/unit/test-human \
	tests/unit/test-image \
	tests/unit/test-intelrdt \
	tests/unit/test-mount-plan \
	tests/unit/test-reference \
	tests/unit/test-resolve \
	tests/unit/test-resources \
	tests/unit/test-rtnl \
	tests/unit/test-run-opts \
	tests/unit/test-seccomp \
	tests/unit/test-sha256 \
	tests/unit/test-signals \
	tests/unit/test-stats \
	tests/unit/test-store \
	tests/unit/test-sync \
	tests/unit/test-systemd \
	tests/unit/test-template \
	tests/unit/test-usage
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

tests_unit_test_base_SOURCES = tests/unit/test-base.c tests/unit/unit.h
tests_unit_test_base_LDADD = $(unit_libs)
tests_unit_test_base_LDFLAGS = $(unit_ldflags)

tests_unit_test_attributes_SOURCES = tests/unit/test-attributes.c tests/unit/unit.h
tests_unit_test_attributes_LDADD = src/runtime/libruntime.a src/kernel/libkernel.a $(unit_libs) \
	$(CAP_LIBS)
tests_unit_test_attributes_LDFLAGS = $(unit_ldflags)

tests_unit_test_image_SOURCES = tests/unit/test-image.c tests/unit/unit.h \
	src/servin-image/inodes.c src/servin-image/members.c src/servin-image/platform.c
tests_unit_test_image_LDADD = src/engine/libengine.a $(unit_libs)
tests_unit_test_image_LDFLAGS = $(unit_ldflags)

tests_unit_test_bits_SOURCES = tests/unit/test-bits.c tests/unit/unit.h
tests_unit_test_bits_LDADD = $(unit_libs)
tests_unit_test_bits_LDFLAGS = $(unit_ldflags)

tests_unit_test_decode_SOURCES = tests/unit/test-decode.c tests/unit/unit.h
tests_unit_test_decode_LDADD = $(unit_libs)
tests_unit_test_decode_LDFLAGS = $(unit_ldflags)

tests_unit_test_encode_SOURCES = tests/unit/test-encode.c tests/unit/unit.h
tests_unit_test_encode_LDADD = $(unit_libs)
tests_unit_test_encode_LDFLAGS = $(unit_ldflags)

tests_unit_test_cmd_SOURCES = tests/unit/test-cmd.c tests/unit/unit.h
tests_unit_test_cmd_LDADD = $(unit_libs)
tests_unit_test_cmd_LDFLAGS = $(unit_ldflags)

tests_unit_test_criu_SOURCES = tests/unit/test-criu.c tests/unit/unit.h
tests_unit_test_criu_LDADD = src/criu/libcriutalk.a src/kernel/libkernel.a $(unit_libs)
tests_unit_test_criu_LDFLAGS = $(unit_ldflags)

tests_unit_test_signals_SOURCES = tests/unit/test-signals.c tests/unit/unit.h
tests_unit_test_signals_LDADD = $(unit_libs)
tests_unit_test_signals_LDFLAGS = $(unit_ldflags)

tests_unit_test_mount_plan_SOURCES = tests/unit/test-mount-plan.c tests/unit/unit.h
tests_unit_test_mount_plan_LDADD = src/runtime/libruntime.a src/kernel/libkernel.a $(unit_libs) \
	$(CAP_LIBS)
tests_unit_test_mount_plan_LDFLAGS = $(unit_ldflags)

tests_unit_test_intelrdt_SOURCES = tests/unit/test-intelrdt.c tests/unit/unit.h
tests_unit_test_intelrdt_LDADD = src/runtime/libruntime.a src/kernel/libkernel.a $(unit_libs)
tests_unit_test_intelrdt_LDFLAGS = $(unit_ldflags) \
	-Wl,--wrap=mkdirat -Wl,--wrap=unlinkat -Wl,--wrap=write

tests_unit_test_engine_SOURCES = tests/unit/test-engine.c tests/unit/unit.h
tests_unit_test_engine_LDADD = src/engine/libengine.a src/kernel/libkernel.a $(unit_libs) \
	$(CAP_LIBS)
tests_unit_test_engine_LDFLAGS = $(unit_ldflags)

tests_unit_test_store_SOURCES = tests/unit/test-store.c tests/unit/unit.h
tests_unit_test_store_LDADD = src/engine/libengine.a src/kernel/libkernel.a $(unit_libs) \
	$(CAP_LIBS)
tests_unit_test_store_LDFLAGS = $(unit_ldflags)

tests_unit_test_reference_SOURCES = tests/unit/test-reference.c tests/unit/unit.h
tests_unit_test_reference_LDADD = src/engine/libengine.a src/kernel/libkernel.a $(unit_libs) \
	$(CAP_LIBS)
tests_unit_test_reference_LDFLAGS = $(unit_ldflags)

tests_unit_test_resolve_SOURCES = tests/unit/test-resolve.c tests/unit/unit.h
tests_unit_test_resolve_LDADD = src/kernel/libkernel.a $(unit_libs)
tests_unit_test_resolve_LDFLAGS = $(unit_ldflags) -pthread

tests_unit_test_seccomp_SOURCES = tests/unit/test-seccomp.c tests/unit/unit.h
tests_unit_test_seccomp_LDADD = src/runtime/libruntime.a src/kernel/libkernel.a $(unit_libs) \
	$(SECCOMP_LIBS)
tests_unit_test_seccomp_LDFLAGS = $(unit_ldflags)

tests_unit_test_sha256_SOURCES = tests/unit/test-sha256.c tests/unit/unit.h
tests_unit_test_sha256_LDADD = $(unit_libs)
tests_unit_test_sha256_LDFLAGS = $(unit_ldflags)

tests_unit_test_sync_SOURCES = tests/unit/test-sync.c tests/unit/unit.h
tests_unit_test_sync_LDADD = src/runtime/libruntime.a $(unit_libs)
tests_unit_test_sync_LDFLAGS = $(unit_ldflags)

tests_unit_test_systemd_SOURCES = tests/unit/test-systemd.c tests/unit/unit.h
tests_unit_test_systemd_LDADD = src/runtime/libruntime.a src/kernel/libkernel.a \
	src/systemd/libsystemdtalk.a $(unit_libs)
tests_unit_test_systemd_LDFLAGS = $(unit_ldflags)

tests_unit_test_human_SOURCES = tests/unit/test-human.c tests/unit/unit.h \
	src/servin/filter.c src/servin/human.c
tests_unit_test_human_LDADD = $(unit_libs)
tests_unit_test_human_LDFLAGS = $(unit_ldflags)

tests_unit_test_template_SOURCES = tests/unit/test-template.c tests/unit/unit.h \
	src/servin/template.c src/servin/template-functions.c src/servin/template-lexer.c \
	src/servin/template-run.c src/servin/value.c
tests_unit_test_template_LDADD = $(unit_libs)
tests_unit_test_template_LDFLAGS = $(unit_ldflags)

tests_unit_test_usage_SOURCES = tests/unit/test-usage.c tests/unit/unit.h
tests_unit_test_usage_LDADD = src/engine/libengine.a src/kernel/libkernel.a $(unit_libs) \
	$(CAP_LIBS)
tests_unit_test_usage_LDFLAGS = $(unit_ldflags)

tests_unit_test_rtnl_SOURCES = tests/unit/test-rtnl.c tests/unit/unit.h
tests_unit_test_rtnl_LDADD = src/kernel/libkernel.a $(unit_libs)
tests_unit_test_rtnl_LDFLAGS = $(unit_ldflags)

tests_unit_test_bundle_SOURCES = tests/unit/test-bundle.c tests/unit/unit.h
tests_unit_test_bundle_LDADD = src/engine/libengine.a src/kernel/libkernel.a $(unit_libs) \
	$(CAP_LIBS)
tests_unit_test_bundle_LDFLAGS = $(unit_ldflags)

tests_unit_test_run_opts_SOURCES = tests/unit/test-run-opts.c tests/unit/unit.h \
	src/servin/run-devices.c src/servin/run-mounts.c src/servin/run-opts.c \
	src/servin/run-values.c
tests_unit_test_run_opts_LDADD = src/engine/libengine.a src/kernel/libkernel.a $(unit_libs) \
	$(CAP_LIBS)
tests_unit_test_run_opts_LDFLAGS = $(unit_ldflags)

tests_unit_test_bpfdev_SOURCES = tests/unit/test-bpfdev.c tests/unit/unit.h
tests_unit_test_bpfdev_LDADD = src/kernel/libkernel.a $(unit_libs)
tests_unit_test_bpfdev_LDFLAGS = $(unit_ldflags)

tests_unit_test_cgroup_SOURCES = tests/unit/test-cgroup.c tests/unit/unit.h
tests_unit_test_cgroup_LDADD = src/runtime/libruntime.a src/kernel/libkernel.a $(unit_libs)
tests_unit_test_cgroup_LDFLAGS = $(unit_ldflags)

tests_unit_test_resources_SOURCES = tests/unit/test-resources.c tests/unit/unit.h
tests_unit_test_resources_LDADD = src/runtime/libruntime.a src/kernel/libkernel.a $(unit_libs) -lm
tests_unit_test_resources_LDFLAGS = $(unit_ldflags)

tests_unit_test_stats_SOURCES = tests/unit/test-stats.c tests/unit/unit.h
tests_unit_test_stats_LDADD = src/runtime/libruntime.a src/kernel/libkernel.a $(unit_libs)
tests_unit_test_stats_LDFLAGS = $(unit_ldflags)
endif
