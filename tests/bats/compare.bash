# shellcheck shell=bash disable=SC2154
#
# What compare.bats and differential.bats share: the probe under several runtimes, made equal.

# v2 keeps a controller as long as somebody else has a cgroup there; then without crun.
setup_file()
{
	if "$SERVIN_SRCDIR/tests/in-v1" true 2>/dev/null; then
		echo crun runc >"$BATS_FILE_TMPDIR/peers"
	else
		echo runc >"$BATS_FILE_TMPDIR/peers"
	fi
}

# as RUNTIME: the probe's lines, in the file $BATS_TEST_TMPDIR/NAME.  Standard input is not
# /dev/null: runc and crun would give that to the container's user, for all of the host.
as()
{
	local name=$1 program=$2 out=$BATS_TEST_TMPDIR/$1

	: >"$BATS_TEST_TMPDIR/nothing"
	"${world[@]}" timeout "$COMMAND_LIMIT" "$program" --root "$STATE.$name" \
		run --bundle "$BUNDLE" "$ID" <"$BATS_TEST_TMPDIR/nothing" \
		>"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" ||
		die "$name: status $?" "$(<"$BATS_TEST_TMPDIR/stderr")"
	equalize <"$BATS_TEST_TMPDIR/stdout" >"$out"
	rm -rf "$STATE.$name"
}

# Without names of this test, and without the way in which a thing is masked or a file system is
# shared.
equalize()
{
	# What make(1) ignores, runc and crun hand on, each in its way; ours is in start.bats.
	sed -E -e "s/$ID/ID/g" -e "s,$BATS_TEST_TMPDIR,TMP,g" -e 's/^\^@//; s/\r$//' \
		-e '/^signals SigIgn/d' \
		-e 's,^(mount [^ ]*) type (dev)?tmpfs root /null .*,\1 is null,' \
		-e 's,^(mount .* type tmpfs .* options ro\,.*) super [^ ]*,\1,' \
		-e 's,^(mount .* type sysfs .*) super [^ ]*,\1,' \
		-e 's,^(mount /sys/fs/cgroup/.*) source [^ ]*,\1,' |
		sort
}

# What the runtime is known for, as one regular expression.
known()
{
	awk -F '\t' -v name="$1" '!/^#/ && ($1 == name || $1 == "both") { print $2 }' \
		"$SERVIN_SRCDIR/tests/bats/compare-known.txt" | paste -s -d '|'
}

# compare_with RUNTIME: ours and theirs, less what is known.
compare_with()
{
	local known

	known=$(known "$1")
	grep -v -E "${known:-^\$}" "$BATS_TEST_TMPDIR/ours" >"$BATS_TEST_TMPDIR/ours.rest"
	grep -v -E "${known:-^\$}" "$BATS_TEST_TMPDIR/$1" >"$BATS_TEST_TMPDIR/$1.rest"
	diff -u --label "$1" --label ocirun "$BATS_TEST_TMPDIR/$1.rest" \
		"$BATS_TEST_TMPDIR/ours.rest" || die "$1 and ocirun differ"
}
