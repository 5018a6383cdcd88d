# docs/conformance.md says which test proves what; nothing may be without one.

setup()
{
	source=${SERVIN_SRCDIR:-$BATS_TEST_DIRNAME/../..}
	tool=${SERVIN_BUILDDIR:-$source/build}/tests/unit/spec-tool
	[[ -x $tool ]] || skip "tests/unit/spec-tool is not built"
}

@test "every property and every rule has a test, and docs/conformance.md names it" {
	"$source/tests/conformance/run" check
}
