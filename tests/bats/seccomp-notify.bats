#!/usr/bin/env bats
#
# SCMP_ACT_NOTIFY: somebody outside decides on system calls.

load helpers

SYSC=${SYSC:-$SERVIN_BUILDDIR/tests/probe/sysc}
DECIDE=${DECIDE:-$SERVIN_BUILDDIR/tests/probe/decide}

setup()
{
	servin_setup
	[[ -x $SYSC && -x $DECIDE ]] || skip "needs tests/probe/sysc and tests/probe/decide"
	[[ -z ${OCI_VERSION:-} ]] || config --arg v "$OCI_VERSION" '.ociVersion = $v'
	cp "$SYSC" "$BUNDLE/rootfs/bin/sysc"
	SOCKET=$BATS_TEST_TMPDIR/decide
	config --arg path "$SOCKET" '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		listenerPath: $path, syscalls: [{ names: ["getppid"], action: "SCMP_ACT_NOTIFY" }] }'
}

# decider ERRNO: waits at $SOCKET; what it says is in $decisions.
decider()
{
	rm -f "$SOCKET"
	background "$DECIDE" "$SOCKET" "$1"
	decisions=$background_output
	wait_until test -S "$SOCKET"
}

# decided WORDS: what it has said, when it is over, has these words.
decided()
{
	wait_until grep -q '^over' "$decisions"
	has "$(<"$decisions")" "$1"
}

# message: the JSON that it got.
message()
{
	sed -n 's/^message //p' "$decisions"
}

# proves: linux.seccomp.listenerPath, linux.seccomp.syscalls.action
@test "notify: who listens decides, with no_new_privs and without" {
	for nnp in true false; do
		config ".process.noNewPrivileges = $nnp"
		decider 71
		args sysc getppid getuid
		run_ok run --bundle "$BUNDLE" "$ID"
		same "$output" $'getppid 71\ngetuid 0'
		decided "call "
		decider 0
		run_ok run --bundle "$BUNDLE" "$ID"
		same "$output" $'getppid 0\ngetuid 0'
	done
}

# proves: linux.seccomp.listenerMetadata
@test "notify: one message with one descriptor, which says whose it is" {
	decider 71
	config '.linux.seccomp.listenerMetadata = "a \"word\"" | .annotations = { "com.example.x": "y" }'
	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok start "$ID"
	wait_until grep -q '^end' "$decisions"
	has "$(<"$decisions")" $'\nfds 1\nend'
	same "$(message | jq -r '.fds | join(" ")')" seccompFd
	same "$(message | jq -r .metadata)" 'a "word"'
	same "$(message | jq -r .pid)" "$(pid_of "$ID")"
	same "$(message | jq -r .state.id)" "$ID"
	same "$(message | jq -r .state.pid)" "$(pid_of "$ID")"
	same "$(message | jq -r .state.bundle)" "$BUNDLE"
	same "$(message | jq -r '.state.annotations["com.example.x"]')" y
	has "$(message | jq -r .ociVersion)" 1.
	[[ $OCIRUN != *ocirun ]] || same "$(message | jq -r .state.status)" created
	# without metadata there is no property
	run_ok delete --force "$ID"
	decider 71
	config 'del(.linux.seccomp.listenerMetadata)'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until grep -q '^end' "$decisions"
	has "$(message | jq -r '.metadata // "none"')" none
}

# proves: linux.seccomp.listenerPath
@test "notify: exec hands over a listener of its own" {
	decider 0
	for nnp in true false; do
		config ".process.noNewPrivileges = $nnp | .linux.seccomp.listenerMetadata = \"m\""
		new_id
		decider 0
		running "$new_id"
		decider 72
		run_ok exec --user 1000:1000 "$new_id" sysc getppid
		same "$output" "getppid 72"
		decided "call "
		same "$(message | jq -r .state.pid)" "$(pid_of "$new_id")"
		same "$(message | jq -r .state.status)" running
		same "$(message | jq -r .metadata)" m
		[[ $(message | jq .pid) != $(pid_of "$new_id") ]]
		jq -n '{ user: { uid: 0, gid: 0 }, cwd: "/", env: ["PATH=/bin"], args: ["sysc", "getppid"] }' \
			>process.json
		decider 73
		run_ok exec --process process.json "$new_id"
		same "$output" "getppid 73"
	done
}

@test "notify: even of execve" {
	config '.linux.seccomp.syscalls[0].names = ["execve"]'
	decider 0
	args sysc getuid
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" "getuid 0"
	decided "call "
	decider 71
	run_fail "exec: \"/bin/sysc\": " run --bundle "$BUNDLE" "$ID"
	same "$(ocirun list -q)" ""
}

@test "notify: WAIT_KILLABLE_RECV and TSYNC" {
	needs_cmd strace
	config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_TSYNC"]'
	decider 71
	args sysc getppid
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" "getppid 71"
	config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]'
	try check .
	has_not "$output" "is not known to this kernel" || skip "needs Linux 5.19"
	decider 71
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" "getppid 71"
}

@test "notify: nobody listens: an error, and nothing is left" {
	args sysc getppid
	run_status 1 run --bundle "$BUNDLE" "$ID"
	has "$output" "seccomp listener: connect to $SOCKET: no such file or directory"
	same "$(ocirun list -q)" ""
	run_ok create --bundle "$BUNDLE" "$ID"
	local pid

	pid=$(pid_of "$ID")
	run_status 1 start "$ID"
	has "$output" "seccomp listener: connect to $SOCKET"
	same "$(ocirun list -q)" ""
	wait_until gone "$pid"
	# and for exec
	decider 0
	running
	wait_until grep -q '^end' "$decisions"
	rm "$SOCKET"
	run_status 255 exec "$ID" sysc getppid
	has "$output" "seccomp listener: connect to $SOCKET"
	has_status "$ID" running
}

# One that goes away before it took the listener: the call waits for nobody.
@test "notify: who listens ends, and the calls are as if they did not exist" {
	decider 0
	shell 'cat /proc/self/status >/dev/null; read x </tmp/go; sysc getppid'
	mkfifo rootfs/tmp/go
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until grep -q '^end' "$decisions"
	kill -KILL "$background"
	wait "$background" || true
	echo >rootfs/tmp/go
	wait_until has_status "$ID" stopped
	reread_output
	has "$output" "getppid 38"
}

# proves: linux.seccomp.listenerPath
@test "notify: what is wrong is said" {
	local at=.linux.seccomp

	cp config.json good.json
	refused "del($at.listenerPath)" "$at.listenerPath: is missing, for there is a rule with SCMP_ACT_NOTIFY"
	refused "$at.syscalls[0].names = [\"sendmsg\"]" "$at.syscalls: must allow sendmsg, by which"
	refused "$at.syscalls[0].names = [\"recvmsg\"]" "$at.syscalls: must allow recvmsg, by which"
	refused "$at.defaultAction = \"SCMP_ACT_ERRNO\"" "$at.syscalls: must allow sendmsg, by which"
	refused "$at.syscalls[0].errnoRet = 1" "$at.syscalls[0].errnoRet: is for SCMP_ACT_ERRNO"
}

refused()
{
	config "$1"
	run_status 1 run --bundle "$BUNDLE" "$ID"
	has "$output" ": $2"
	same "$(ls "$STATE")" ""
	cp good.json config.json
}

@test "notify: a listenerPath that no rule uses is left alone" {
	config 'del(.linux.seccomp.syscalls)'
	args sysc getppid
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" "getppid 0"
}

@test "notify: crun's annotation and variable name the socket" {
	[[ $OCIRUN != *runc ]] || skip "runc does not have them"
	config --arg path "$SOCKET" 'del(.linux.seccomp.listenerPath)
		| .annotations["run.oci.seccomp.receiver"] = $path'
	args sysc getppid
	decider 71
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" "getppid 71"
	config 'del(.annotations)'
	decider 72
	RUN_OCI_SECCOMP_RECEIVER=$SOCKET run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" "getppid 72"
	[[ $OCIRUN == *ocirun ]] || return 0
	# start and exec are called without it
	args sleep 1000
	decider 0
	RUN_OCI_SECCOMP_RECEIVER=$SOCKET run_ok create --bundle "$BUNDLE" "$ID"
	run_ok start "$ID"
	decider 73
	run_ok exec "$ID" sysc getppid
	same "$output" "getppid 73"
}
