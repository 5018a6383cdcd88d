# The bench: only that it works; what it measures is for people.

load helpers

# row WORDS NAME: a row of a table, with numbers behind it.
row()
{
	[[ $output =~ \|\ $1\ \|\ $2\ \|\ [0-9] ]] || die "no row for $1, $2:" "$output"
}

@test "the bench of servin measures all its rows" {
	((UID == 0)) || skip "needs root"
	command -v busybox >/dev/null || skip "needs busybox-static"
	command -v jq >/dev/null || skip "needs jq"
	ok "$SERVIN_SRCDIR/tests/bench/servin" --engines '' --rounds 1 --size 5 --files 100 \
		--list 10 --running 2
	row "run --rm true" ocirun
	row "run --rm true" servin
	row "load 5 MB" servin
	row "ls -a, 10" servin
	row 2 "servin's monitor"
}

@test "the bench of servin refuses what it does not know" {
	((UID == 0)) || skip "needs root"
	fails 1 "usage: servin" "$SERVIN_SRCDIR/tests/bench/servin" --round 1
}
