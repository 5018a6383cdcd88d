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
	tests/unit/test-cmd \
	tests/unit/test-signals \
	tests/unit/test-base \
	tests/unit/test-decode \
	tests/unit/test-encode
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

tests_unit_test_base_SOURCES = tests/unit/test-base.c tests/unit/unit.h
tests_unit_test_base_LDADD = $(unit_libs)
tests_unit_test_base_LDFLAGS = $(unit_ldflags)

tests_unit_test_decode_SOURCES = tests/unit/test-decode.c tests/unit/unit.h
tests_unit_test_decode_LDADD = $(unit_libs)
tests_unit_test_decode_LDFLAGS = $(unit_ldflags)

tests_unit_test_encode_SOURCES = tests/unit/test-encode.c tests/unit/unit.h
tests_unit_test_encode_LDADD = $(unit_libs)
tests_unit_test_encode_LDFLAGS = $(unit_ldflags)

tests_unit_test_cmd_SOURCES = tests/unit/test-cmd.c tests/unit/unit.h
tests_unit_test_cmd_LDADD = $(unit_libs)
tests_unit_test_cmd_LDFLAGS = $(unit_ldflags)

tests_unit_test_signals_SOURCES = tests/unit/test-signals.c tests/unit/unit.h src/ocirun/signals.c
tests_unit_test_signals_LDADD = $(unit_libs)
tests_unit_test_signals_LDFLAGS = $(unit_ldflags)
endif
