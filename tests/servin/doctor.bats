#!/usr/bin/env bats
#
# doctor: what the host lacks, and what to do.

load helpers

# result CHECK [OPTION...]: what doctor finds there.
result()
{
	local check=$1

	shift
	servin "$@" doctor --format json | jq -r --arg check "$check" \
		'select(.Check == $check) | .Result' || :
}

advice()
{
	local check=$1

	shift
	servin "$@" doctor --format json | jq -r --arg check "$check" \
		'select(.Check == $check) | .Advice' || :
}

@test "doctor: a line for each check, and nothing in colour off a terminal" {
	said servin doctor
	for check in kernel namespaces cgroups seccomp overlay runtime "image helper" store; do
		[[ $output =~ (^|$'\n')(ok|warn|fail)\ +$check\ +[^\ ] ]] || die "$check: $output"
	done
	has_not "$output" $'\033'
}

@test "doctor: JSON, an object a line; only what is not well has advice" {
	said servin doctor --format json
	same "$(jq -r 'select(.Result == "ok" and .Advice != "") | .Check' <<<"$output")" ""
	same "$(jq -r 'select(.Result != "ok" and .Advice == "") | .Check' <<<"$output")" ""
	same "$(jq -r .Result <<<"$output" | grep -vxE 'ok|warn|fail' || :)" ""
}

@test "doctor: a runtime that is not there, or is none" {
	same "$(result runtime)" ok
	fails 1 "runtime nix: not found in PATH" servin --runtime nix doctor
	same "$(result runtime --runtime nix)" fail
	has "$(advice runtime --runtime nix)" --runtime
	same "$(result runtime --runtime /bin/false)" fail
}

@test "doctor: a store that cannot be used is told, not made" {
	: >"$BATS_TEST_TMPDIR/file"
	fails 1 "not a directory" "$SERVIN_BUILDDIR/servin" --root "$BATS_TEST_TMPDIR/file/x" doctor
	chmod 777 "$ROOT"
	same "$(result store)" fail
	chmod 711 "$ROOT"
	same "$(result store)" ok
}

@test "doctor: a disk that is nearly full" {
	[[ $(id -u) == 0 ]] || skip "needs root, to mount a small file system"
	mount -t tmpfs -o size=8m,mode=711 none "$ROOT"
	found=$(result store) advised=$(advice store)
	umount "$ROOT"
	same "$found" warn
	has "$advised" prune
}

@test "doctor as a plain user: no subordinate IDs are a warning" {
	[[ $(id -u) == 0 ]] || skip "needs root, to become another user"
	command -v setpriv >/dev/null || skip "needs setpriv"
	local uid=54321 tool=$BATS_TEST_TMPDIR/bin

	mkdir "$tool" "$BATS_TEST_TMPDIR/home"
	cp "$SERVIN_BUILDDIR"/{servin,ocirun,servin-image} "$tool"
	chown "$uid" "$BATS_TEST_TMPDIR/home"
	chmod 711 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.."
	said setpriv --reuid "$uid" --regid "$uid" --clear-groups env HOME="$BATS_TEST_TMPDIR/home" \
		XDG_DATA_HOME= XDG_RUNTIME_DIR="$BATS_TEST_TMPDIR/home" "$tool/servin" doctor \
		--format json
	same "$(jq -r 'select(.Check == "subordinate ids") | .Result' <<<"$output")" warn
	has "$(jq -r 'select(.Check == "subordinate ids") | .Advice' <<<"$output")" "usermod --add-subuids"
	same "$(jq -r 'select(.Check == "store") | .Result' <<<"$output")" ok
}
