#!/usr/bin/env bats
#
# kill: exactly the signal that is asked for, to init or to all.

load helpers

LEADERLESS=${LEADERLESS:-$SERVIN_BUILDDIR/tests/probe/leaderless}

# noting: a container that notes each signal in its rootfs.
noting()
{
	shell 'for s in HUP INT USR1 USR2 TERM CONT; do trap "echo $s >>/got" $s; done
		>/ready; while :; do sleep 0.05; done'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -e rootfs/ready
}

# got SIGNAL: the container has noted it, and nothing else.
got()
{
	wait_until test -s rootfs/got
	same "$(<rootfs/got)" "$1"
	rm rootfs/got
}

@test "the default is TERM" {
	noting
	run_ok kill "$ID"
	same "$output" ""
	got TERM
}

# proves: §3.18
@test "names and numbers in all spellings" {
	noting
	for word in USR1 usr1 SIGUSR1 sigusr1 SigUsr1 10; do
		run_ok kill "$ID" "$word"
		got USR1
	done
	run_ok kill "$ID" 12
	got USR2
	run_ok kill "$ID" cont
	got CONT
}

@test "real-time signals" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	for word in RTMIN+3 SIGRTMAX-1 40; do
		new_id
		running "$new_id"
		run_ok kill "$new_id" "$word"
		wait_until has_status "$new_id" stopped
	done
}

@test "no signal" {
	running
	for word in FOO SIGFOO 65 -1 "" 9x; do
		run_status 1 kill "$ID" -- "$word"
	done
	run_status 1 kill "$ID" FOO
	same "$output" "ocirun: kill $ID: unknown signal \"FOO\""
	same "$(status_of "$ID")" running
}

@test "KILL ends it" {
	running
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
}

@test "signal 0 asks whether it is there" {
	running
	run_ok kill "$ID" 0
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_status 1 kill "$ID" 0
	has "$output" "container not running"
}

@test "a created container can be killed" {
	for signal in KILL TERM INT; do
		run_ok create --bundle "$BUNDLE" "$ID"
		run_ok kill "$ID" "$signal"
		wait_until has_status "$ID" stopped
		run_ok delete "$ID"
	done
}

@test "what a created container outlives, its program does not get" {
	shell 'exec sleep 1000'
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok kill "$ID" CONT
	run_ok kill "$ID" WINCH
	same "$(status_of "$ID")" created
	run_ok start "$ID"
	same "$(status_of "$ID")" running
}

# proves: §3.18
@test "one that has stopped: the words engines look for" {
	args true
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	for signal in TERM 9; do
		run_status 1 kill "$ID" "$signal"
		same "$output" "ocirun: kill $ID: container not running"
	done
	run_ok kill --all "$ID" 9
	same "$output" ""
}

@test "a paused one gets it when it goes on" {
	noting
	run_ok pause "$ID"
	run_ok kill "$ID" USR1
	[[ ! -e rootfs/got ]]
	run_ok resume "$ID"
	got USR1
}

@test "init only, unless --all" {
	shell 'trap "echo init >>/got" USR1
		sh -c "trap \"echo other >>/got\" USR1; >/ready; while :; do sleep 0.05; done" &
		while :; do sleep 0.05; done'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -e rootfs/ready
	run_ok kill "$ID" USR1
	got init
	run_ok kill --all "$ID" USR1
	two() { [[ $(wc -l <rootfs/got) == 2 ]]; }
	wait_until two
	same "$(sort rootfs/got)" $'init\nother'
}

@test "--all reaches those of exec" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	running
	run_ok exec --detach "$ID" sleep 1001
	run_ok kill -a "$ID" TERM
	wait_until has_status "$ID" stopped
	wait_until no_processes
}

@test "with the host's pid namespace KILL reaches all" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'sleep 1000 & sleep 1000 & >/ready; wait'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -e rootfs/ready
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	wait_until no_processes
}

@test "--all 9 ends what has outlived init in the host's pid namespace" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'sleep 1000 & exit 0'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	same "$(our_processes | wc -l)" 1
	run_ok kill --all "$ID" 9
	wait_until no_processes
}

needs_leaderless()
{
	[[ -x $LEADERLESS ]] || skip "needs leaderless"
	cp "$LEADERLESS" "$BUNDLE/rootfs/bin/leaderless"
}

# leaderless: a container whose init lives on in its second thread.
leaderless()
{
	running "$ID" leaderless
	wait_until grep -q ') Z ' "/proc/$(pid_of "$ID")/stat"
}

no_members()
{
	[[ -z $(cgroup_dirs "$ID" | while read -r dir; do cat "$dir/cgroup.procs"; done) ]]
}

ends_leaderless()
{
	leaderless
	same "$(status_of "$ID")" running
	run_ok kill "$ID" 0
	run_ok kill "$@" "$ID" KILL
	wait_until has_status "$ID" stopped
	wait_until no_members
	run_ok delete "$ID"

	leaderless
	run_ok pause "$ID"
	same "$(status_of "$ID")" paused
	run_ok kill "$@" "$ID" KILL
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"

	leaderless
	run_ok delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

@test "an init whose first thread has ended lives" {
	local how

	needs_leaderless
	for how in "" --all; do
		ends_leaderless $how
		[[ $CGROUP_WORLD == v2 ]] || v2 ends_leaderless $how
	done
}

outlives_init()
{
	shell 'leaderless & until grep -q "^State:.Z" /proc/$!/status; do sleep 0.05; done'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_ok kill --all "$ID" 9
	wait_until no_members
	run_ok delete "$ID"
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

@test "KILL reaches one whose first thread has ended, and that has outlived init" {
	needs_leaderless
	config '.linux.namespaces |= map(select(.type != "pid"))'
	outlives_init
	[[ $CGROUP_WORLD == v2 ]] || v2 outlives_init
}

@test "many at once by a regular expression" {
	local a b

	new_id x; a=$new_id; running "$a"
	new_id y; b=$new_id; running "$b"
	run_ok kill --regex "^$TAG-.*-x\$" KILL
	wait_until has_status "$a" stopped
	same "$(status_of "$b")" running
}
