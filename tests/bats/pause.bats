#!/usr/bin/env bats
#
# pause, resume: the freezer.

load helpers

# counting: a container whose file grows while it runs.
counting()
{
	shell 'while :; do echo >>/count; sleep 0.02; done'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -s rootfs/count
}

# longer_than SIZE: the file has grown.
longer_than()
{
	(($(stat -c %s rootfs/count) > $1))
}

# stays SIZE: for longer than it would take to grow.
stays()
{
	if WAIT_LIMIT=1 wait_until longer_than "$1" 2>/dev/null; then
		die "it goes on"
	fi
}

@test "pause stops it, resume lets it go on" {
	local size

	counting
	run_ok pause "$ID"
	same "$output" ""
	same "$(status_of "$ID")" paused
	size=$(stat -c %s rootfs/count)
	stays "$size"
	run_ok resume "$ID"
	same "$output" ""
	same "$(status_of "$ID")" running
	wait_until longer_than "$size"
}

@test "paused is paused when pause has returned" {
	running
	for _ in 1 2 3 4 5; do
		run_ok pause "$ID"
		same "$(status_of "$ID")" paused
		run_ok resume "$ID"
		same "$(status_of "$ID")" running
	done
}

@test "state, list and ps work meanwhile" {
	running
	run_ok pause "$ID"
	same "$(ocirun list -f json | jq -r '.[0].status')" paused
	same "$(ocirun ps -f json "$ID")" "[$(pid_of "$ID")]"
	run_status 1 start "$ID"
	has "$output" "cannot start an already running container"
}

@test "pause of a paused, resume of one that runs" {
	running
	run_status 1 resume "$ID"
	same "$output" "ocirun: resume $ID: container not paused"
	run_ok pause "$ID"
	run_status 1 pause "$ID"
	same "$output" "ocirun: pause $ID: container not running"
}

@test "pause and resume of a stopped container" {
	args true
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_status 1 pause "$ID"
	has "$output" "container not running"
	run_status 1 resume "$ID"
	has "$output" "container not paused"
}

@test "exec waits for nobody in a paused container, unless told" {
	running
	run_ok pause "$ID"
	run_status 255 exec "$ID" true
	same "$output" "ocirun: exec $ID: cannot exec in a paused container (use --ignore-paused to override)"
	background ocirun exec --ignore-paused "$ID" true
	run_ok resume "$ID"
	wait_until gone "$background"
	wait "$background"
}

@test "all processes are paused" {
	shell 'sh -c "while :; do echo >>/count; sleep 0.02; done" & wait'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -s rootfs/count
	run_ok pause "$ID"
	local size

	size=$(stat -c %s rootfs/count)
	stays "$size"
}

@test "without a cgroup there is nothing to pause with" {
	running
	run_ok delete --force "$ID"
	args sleep 1000
	config "del(.linux.resources)"
	run_ok --cgroup-manager disabled run --detach --bundle "$BUNDLE" "$ID"
	run_fail "cgroup" pause "$ID"
	same "$(status_of "$ID")" running
	run_ok kill "$ID" KILL
}
