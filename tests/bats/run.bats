#!/usr/bin/env bats
#
# run: create, start, wait, delete.

load helpers

# ready: the program has said so in its rootfs.
ready()
{
	wait_until test -e "$BUNDLE/rootfs/ready"
}

# --- the exit status ------------------------------------------------------------

@test "the status of the program becomes ours" {
	for n in 0 1 7 125 255; do
		container "exit $n"
		same "$status" "$n"
		same "$output" ""
	done
}

@test "the end by a signal is 128 and its number" {
	# init is deaf to signals that it sends itself, as pid 1 of its namespace
	config '.linux.namespaces |= map(select(.type != "pid"))'
	for signal in TERM KILL SEGV; do
		container "kill -$signal \$\$"
		same "$status" $((128 + $(kill -l "$signal")))
	done
}

@test "killed from outside" {
	args sleep 1000
	background ocirun run --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	run_ok kill "$ID" KILL
	status=0
	wait "$background" || status=$?
	same "$status" 137
	same "$(<"$background_output")" ""
	same "$(ocirun list -q)" ""
}

@test "an error of ours is 1, with words" {
	args nosuch
	run_status 1 run --bundle "$BUNDLE" "$ID"
	same "$output" "ocirun: run $ID: setup: program: exec: \"nosuch\": executable file not found in \$PATH"
	same "$(ocirun list -q)" ""
}

# --- streams ----------------------------------------------------------------------

@test "standard streams are the program's" {
	shell 'read line; echo "out $line"; echo "err $line" >&2'
	echo hello | ocirun run --bundle "$BUNDLE" "$ID" >out 2>err
	same "$(<out):$(<err)" "out hello:err hello"
}

@test "a great deal through a pipe" {
	shell 'cat | md5sum'
	local sum

	head -c 5000000 /dev/zero >big
	sum=$(ocirun run --bundle "$BUNDLE" "$ID" <big)
	same "${sum%% *}" "$(md5sum <big | cut -d' ' -f1)"
}

# --- afterwards -------------------------------------------------------------------

@test "the container is gone afterwards, with all its processes" {
	container_ok 'sleep 1000 & sleep 1000 & exit 0'
	same "$(ocirun list -q)" ""
	same "$(find "$STATE" -mindepth 1)" ""
	same "$(cgroup_dirs "*$ID*")" ""
	wait_until no_processes
}

@test "without a pid namespace of its own, too" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	container_ok 'sleep 1000 & sleep 1000 & exit 0'
	same "$(cgroup_dirs "*$ID*")" ""
	wait_until no_processes
}

@test "--keep leaves it stopped, for delete" {
	args sh -c 'exit 3'
	run_status 3 run --keep --bundle "$BUNDLE" "$ID"
	same "$(status_of "$ID")" stopped
	same "$(pid_of "$ID")" 0
	run_ok delete "$ID"
}

@test "somebody else may delete it meanwhile" {
	args sleep 1000
	background ocirun run --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	run_ok delete --force "$ID"
	status=0
	wait "$background" || status=$?
	same "$status" 137
	same "$(<"$background_output")" ""
}

# proves: §3.6
@test "a run that fails leaves nothing" {
	config '.linux.namespaces += [{ type: "network", path: "/nosuch" }]
		| .linux.namespaces |= unique_by(.type + (.path // ""))
		| .linux.namespaces |= map(select(.type != "network" or .path))'
	run_fail "/nosuch: no such file or directory" run --pid-file pid --bundle "$BUNDLE" "$ID"
	same "$(find "$STATE" -mindepth 1)" ""
	same "$(cgroup_dirs "*$ID*")" ""
	[[ ! -e pid ]]
}

# --- detached ---------------------------------------------------------------------

@test "--detach returns with the program running" {
	running
	same "$output" ""
	same "$(status_of "$ID")" running
	same "$(our_processes | wc -l)" 1
}

@test "--detach with a pid file" {
	args sleep 1000
	run_ok run -d --pid-file pid --bundle "$BUNDLE" "$ID"
	same "$(<pid)" "$(pid_of "$ID")"
}

@test "--detach: the container stays when it has ended" {
	args true
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
}

@test "the pid file of a run in the foreground is there while it runs" {
	args sleep 1000
	background ocirun run --pid-file "$BUNDLE/pid" --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	same "$(<pid)" "$(pid_of "$ID")"
	run_ok kill "$ID" KILL
}

# --- signals ----------------------------------------------------------------------

@test "signals are handed on" {
	shell 'for s in HUP INT QUIT USR1 USR2 TERM WINCH CONT; do trap "echo $s >>/got" $s; done
		>/ready
		while :; do sleep 0.05; done'
	background ocirun run --bundle "$BUNDLE" "$ID"
	ready
	for signal in HUP INT QUIT USR1 USR2 TERM WINCH CONT; do
		kill -"$signal" "$background"
		wait_until grep -qx "$signal" rootfs/got
	done
	alive "$background"
	kill -KILL "$(pid_of "$ID")"
	status=0
	wait "$background" || status=$?
	same "$status" 137
}

@test "a signal that ends the program ends the run" {
	shell 'trap "exit 42" TERM; >/ready; while :; do sleep 0.05; done'
	background ocirun run --bundle "$BUNDLE" "$ID"
	ready
	kill -TERM "$background"
	status=0
	wait "$background" || status=$?
	same "$status" 42
}

@test "a signal before the program runs is not lost" {
	# It waits in a hook until the signal has been sent.
	cat >hook <<-'END'
		#!/bin/sh
		cat >/dev/null
		: >"$1"
		while [ -e "$1" ]; do sleep 0.02; done
	END
	chmod +x hook
	config --arg h "$BUNDLE/hook" --arg f "$BUNDLE/waiting" \
		'.hooks.createRuntime = [{ path: $h, args: ["hook", $f] }]'
	shell 'trap "exit 42" USR1; while :; do sleep 0.05; done'
	background ocirun run --bundle "$BUNDLE" "$ID"
	wait_until test -e waiting
	kill -USR1 "$background"
	rm waiting
	# Or it has had its signal already, and is over.
	begun() { has_status "$ID" running || gone "$background"; }
	wait_until begun
	# Init is deaf to what it has no handler for: until then the signal is sent again.
	again() { kill -USR1 "$background" 2>/dev/null; gone "$background"; }
	wait_until again
	status=0
	wait "$background" || status=$?
	same "$status" 42
}

@test "the container outlives a run that was killed, and can be deleted" {
	args sleep 1000
	background ocirun run --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	kill -KILL "$background"
	wait_until gone "$background"
	same "$(status_of "$ID")" running
	run_ok delete --force "$ID"
}
