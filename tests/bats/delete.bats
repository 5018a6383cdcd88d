#!/usr/bin/env bats
#
# delete: nothing is left.

load helpers

stopped()
{
	args true
	run_ok run --detach --bundle "$BUNDLE" "${1:-$ID}"
	wait_until has_status "${1:-$ID}" stopped
}

# nothing_of ID: no state, no cgroup, no process.
nothing_of()
{
	[[ ! -e $STATE/$1 ]]
	same "$(cgroup_dirs "$1")" ""
	wait_until no_processes
}

# proves: §3.19
@test "a stopped container" {
	stopped
	run_ok delete "$ID"
	same "$output" ""
	nothing_of "$ID"
	run_status 1 state "$ID"
	has "$output" "container does not exist"
}

@test "a created container is killed" {
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok delete "$ID"
	nothing_of "$ID"
}

# proves: §3.19
@test "one that runs, or is paused, is refused and goes on" {
	running
	run_status 1 delete "$ID"
	same "$output" "ocirun: delete $ID: cannot delete container $ID that is not stopped: running"
	same "$(status_of "$ID")" running
	run_ok pause "$ID"
	run_status 1 delete "$ID"
	has "$output" "that is not stopped: paused"
	run_ok resume "$ID"
	same "$(status_of "$ID")" running
}

@test "--force: from every status" {
	local id

	stopped
	new_id created; run_ok create --bundle "$BUNDLE" "$new_id"
	new_id running; running "$new_id"
	new_id paused; running "$new_id"; run_ok pause "$new_id"
	new_id frozen; run_ok create --bundle "$BUNDLE" "$new_id"; run_ok pause "$new_id"
	for id in "$STATE"/*; do
		id=${id##*/}
		run_ok delete --force "$id"
		same "$output" ""
		same "$(cgroup_dirs "$id")" ""
		[[ ! -e $STATE/$id ]]
	done
	wait_until no_processes
}

@test "one that does not exist" {
	run_status 1 delete "$ID"
	has "$output" "container does not exist"
	run_ok delete --force "$ID"
	same "$output" ""
	STATE=$BUNDLE/none run_ok delete --force "$ID"
	run_status 1 delete --force ..
	has "$output" "invalid container ID format"
}

@test "twice" {
	stopped
	run_ok delete "$ID"
	run_status 1 delete "$ID"
	run_ok delete --force "$ID"
}

@test "two at once" {
	local first one=0 two=0

	running
	background ocirun delete --force "$ID"
	first=$background
	background ocirun delete --force "$ID"
	wait "$first" || one=$?
	wait "$background" || two=$?
	same "$one:$two" 0:0
	nothing_of "$ID"
}

@test "--force ends all processes, whatever they do" {
	shell 'trap "" TERM INT HUP
		for i in 1 2 3 4 5 6 7 8; do setsid sleep 1000 & done
		>/ready; while :; do sleep 0.05; done'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -e rootfs/ready
	run_ok exec --detach "$ID" sleep 1001
	run_ok delete --force "$ID"
	nothing_of "$ID"
}

@test "--force without a pid namespace of its own" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'for i in 1 2 3 4; do setsid sleep 1000 & done; >/ready; wait'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -e rootfs/ready
	run_ok delete --force "$ID"
	nothing_of "$ID"
}

@test "delete ends what has outlived init" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	shell 'sleep 1000 & exit 0'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
	nothing_of "$ID"
}

@test "it needs no environment, no bundle and no configuration" {
	running
	mv "$BUNDLE/rootfs" "$BATS_TEST_TMPDIR/rootfs"
	rm -rf "${BUNDLE:?}"/*
	env -i XDG_RUNTIME_DIR= "$OCIRUN" --root "$STATE" delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
	[[ ! -e $STATE/$ID ]]
}

@test "cgroups that the container made below are removed" {
	local dir

	running
	cgroup_dirs "$ID" | while read -r dir; do mkdir -p "$dir/sub/sub"; done
	run_ok delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

# lose_cgroup COMMAND...: a container whose init was moved out of its cgroup, which is gone.
lose_cgroup()
{
	local dir pid

	running
	pid=$(pid_of "$ID")
	cgroup_dirs "$ID" | while read -r dir; do
		echo "$pid" >"${dir%/*}/cgroup.procs"
		rmdir "$dir"
	done
	same "$(cgroup_dirs "$ID")" ""
	same "$(status_of "$ID")" running
	"$@"
}

kill_then_delete()
{
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
}

@test "one whose cgroup others have removed" {
	lose_cgroup run_ok delete --force "$ID"
	lose_cgroup kill_then_delete
	[[ $CGROUP_WORLD == v2 ]] || v2 lose_cgroup run_ok delete --force "$ID"
	nothing_of "$ID"
}

@test "a state directory without a record goes" {
	mkdir "$STATE/$ID"
	run_ok delete --force "$ID"
	[[ ! -e $STATE/$ID ]]
}

@test "what others put into the state goes too, and what links point to stays" {
	stopped
	mkdir -p "$STATE/$ID/a/b"
	echo precious >precious
	ln -s "$BUNDLE/precious" "$STATE/$ID/a/link"
	ln -s "$BUNDLE" "$STATE/$ID/dir"
	run_ok delete "$ID"
	same "$(<precious)" precious
	[[ -e config.json ]]
}

@test "many at once by a regular expression" {
	local a b

	new_id x; a=$new_id; stopped "$a"
	new_id y; b=$new_id; stopped "$b"
	run_ok delete --regex "^$TAG-.*-x\$"
	run_ok list -q
	same "$output" "$b"
}
