#!/usr/bin/env bats
#
# spec writes a configuration, check reads one.

load helpers

# line_of WORDS: the number of the first line of config.json that has them.
line_of()
{
	grep -n -F -m1 -e "$1" config.json | cut -d: -f1
}

# finds LINE-WORDS PATH REASON: check names config.json, the line that has these words, path and reason.
finds()
{
	run_status 1 check "$BUNDLE"
	has "$output" "$BUNDLE/config.json:$(line_of "$1"): $2: $3"
}

# --- spec -----------------------------------------------------------------------------

@test "spec writes a configuration that check finds right" {
	rm config.json
	run_ok spec
	same "$output" ""
	run_ok check
	same "$output" ".: ok"
	same "$(jq -r '.process.args[0]' config.json)" sh
	same "$(stat -c %a config.json)" 644
}

@test "spec writes one that runs" {
	rm config.json
	run_ok spec
	config '.process.terminal = false | .process.args = ["echo", "ran"]'
	run_ok run "$ID"
	same "$output" ran
}

@test "spec leaves what is there" {
	local before

	before=$(<config.json)
	run_status 1 spec
	same "$output" "ocirun: spec: create config.json: file exists"
	same "$(<config.json)" "$before"
}

@test "spec: where, and under which name" {
	mkdir other
	run_ok spec --bundle other
	run_ok check other
	run_ok spec -b other -f my.json
	same "$(<other/my.json)" "$(<other/config.json)"
	run_fail "no such file or directory" spec --bundle nosuch
}

@test "spec --rootless differs in what a plain user cannot have" {
	run_ok spec --rootless -f rootless.json
	same "$(jq -r '[.linux.namespaces[].type] | index("user") != null' rootless.json)" true
	same "$(jq -r '.linux.uidMappings | length' rootless.json)" 1
}

@test "runc and crun take what spec writes" {
	needs_cmd runc
	rm config.json
	run_ok spec
	config '.process.terminal = false | .process.args = ["echo", "ran"] | .ociVersion = "1.0.2"'
	same "$(runc --root "$BATS_TEST_TMPDIR/runc" run "$ID")" ran
}

# --- check ----------------------------------------------------------------------------------

@test "nothing wrong" {
	run_ok check "$BUNDLE"
	same "$output" "$BUNDLE: ok"
	run_ok check "$BUNDLE/config.json"
	same "$output" "$BUNDLE/config.json: ok"
	run_ok check
}

@test "every mistake at once, each with its line and place" {
	config '.process.cwd = "relative-cwd" | .process.rlimits = [{ type: "RLIMIT_BOGUS", soft: 1, hard: 1 }]
		| .process.env += ["NOEQUALS"] | .hostname = "box"
		| .linux.namespaces |= map(select(.type != "uts"))
		| .linux.maskedPaths += ["not/absolute"]'
	run_status 1 check "$BUNDLE"
	same "${#lines[@]}" 5
	finds relative-cwd .process.cwd "must be an absolute path"
	finds RLIMIT_BOGUS ".process.rlimits[0].type" "is no resource limit of Linux"
	finds NOEQUALS ".process.env[$(jq '.process.env | length - 1' config.json)]" "must be NAME=value"
	finds '"hostname"' .hostname "needs a uts namespace in .linux.namespaces"
	finds not/absolute ".linux.maskedPaths[$(jq '.linux.maskedPaths | length - 1' config.json)]" \
		"must be an absolute path"
}

@test "every mistake of type at once" {
	config '.process.cwd = 1 | .hostname = [] | .root.readonly = "yes" | .mounts[0].destination = {}'
	run_status 1 check "$BUNDLE"
	same "${#lines[@]}" 4
	for path in .process.cwd .hostname .root.readonly ".mounts[0].destination"; do
		has "$output" ": $path: "
	done
}

@test "an unknown property is a warning, and no failure" {
	config '.vendor = 1 | .process.argz = []'
	run_ok check "$BUNDLE"
	has "$output" "$BUNDLE/config.json:$(line_of '"vendor"'): warning: .vendor: "
	has "$output" "$BUNDLE/config.json:$(line_of '"argz"'): warning: .process.argz: "
	same "${lines[2]}" "$BUNDLE: ok"
}

@test "an unknown capability is a warning" {
	config '.process.capabilities.bounding += ["CAP_FOO"]'
	run_ok check "$BUNDLE"
	has "$output" "$BUNDLE/config.json:$(line_of CAP_FOO): warning: .process.capabilities.bounding["
	has "$output" "is no capability that is known here, and is ignored"
}

@test "warnings and mistakes together" {
	config '.vendor = 1 | .process.cwd = "x"'
	run_status 1 check "$BUNDLE"
	has "$output" "warning: .vendor"
	has "$output" ".process.cwd: must be an absolute path"
	has_not "$output" ok
}

@test "no JSON: one line that says where" {
	printf '{\n "ociVersion": "1.0.2",\n}\n' >config.json
	run_status 1 check "$BUNDLE"
	same "${#lines[@]}" 1
	has "$output" "$BUNDLE/config.json:3: "
	: >config.json
	run_status 1 check "$BUNDLE"
	has "$output" "config.json:"
	printf '[]' >config.json
	run_status 1 check "$BUNDLE"
	has "$output" "object"
}

@test "what must be there" {
	config 'del(.ociVersion, .root, .process.cwd)'
	run_status 1 check "$BUNDLE"
	has "$output" "ociVersion"
	has "$output" "cwd"
	config '.ociVersion = "1.0.2" | .process.cwd = "/"'
	run_status 1 check "$BUNDLE"
	has "$output" ".root: is missing"
}

@test "nothing to read" {
	run_status 1 check nosuch
	same "$output" "ocirun: check nosuch: open nosuch: no such file or directory"
	run_status 1 check "$BUNDLE/rootfs"
	has "$output" "config.json: no such file or directory"
}

@test "check makes nothing" {
	run_ok check "$BUNDLE"
	same "$(find "$STATE" -mindepth 1)" ""
	same "$(cgroup_dirs "*check*")" ""
}
