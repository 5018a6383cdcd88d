#!/usr/bin/env bats
#
# Killed processes, many at once, a full disk: nothing is lost, and nothing is left.

load helpers

setup()
{
	store_setup
	image
}

monitor_of()
{
	jq .Monitor "$ROOT/containers/$(of "$1" '{{.Id}}')/status.json"
}

# kill_monitor NAME: and it is gone when this returns.
kill_monitor()
{
	local pid

	pid=$(monitor_of "$1")
	kill -KILL "$pid"
	wait_until gone "$pid"
}

gone()
{
	! kill -0 "$1" 2>/dev/null || [[ $(ps -o stat= -p "$1") == Z* ]]
}

# --- the monitor ---------------------------------------------------------------------------------

@test "the monitor is killed: the container goes on, and the next command finds it a new one" {
	local pid

	ok servin run -d --name web box sh -c 'i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done'
	pid=$(of web '{{.State.Pid}}')
	kill_monitor web
	kill -0 "$pid"
	ok servin ls --format '{{.Names}} {{.State}}'
	same "$output" "web running"
	ok servin exec web echo alive
	has "$output" "its monitor was killed; a new one has taken over"
	has "$output" alive
	same "$(of web '{{.State.Pid}}')" "$pid"
	kill -0 "$(monitor_of web)"
	# What was said meanwhile was kept, and what is said now is logged.
	last=$(servin logs --tail 1 web)
	wait_until logged_more web "$last"
	same "$(servin logs web)" "$(seq 0 "$(servin logs web | tail -n 1)")" || :
	ok servin stop -t 0 web
	same "$(of web '{{.State.Status}}')" exited
	same "$(of web '{{.State.ExitCode}}')" 255
	ok servin start web
	ok servin rm -f web
	nothing_left
}

logged_more()
{
	(($(servin logs --tail 1 "$1") > $2))
}

@test "the monitor and then the container are killed: the next command says so" {
	ok servin run -d --name web box sleep 1000
	pid=$(of web '{{.State.Pid}}')
	kill_monitor web
	kill -KILL "$pid"
	wait_until gone "$pid"
	same "$(of web '{{.State.Status}} {{.State.ExitCode}}')" "exited 255"
	ok servin start web
	has "$output" "its monitor was killed, and its end was not seen"
	same "$(of web '{{.State.Status}}')" running
	ok servin rm -f web
	nothing_left
}

@test "one with --rm whose monitor was killed goes with the next command that meets it" {
	ok servin run -d --rm --name web box sleep 1000
	pid=$(of web '{{.State.Pid}}')
	kill_monitor web
	kill -KILL "$pid"
	wait_until gone "$pid"
	said servin stop web
	nothing_left
}

@test "a monitor that gets TERM stops the container" {
	ok servin run -d --name web --restart always box \
		sh -c 'trap "exit 6" TERM; echo ready; while :; do sleep 0.1; done'
	wait_until has_said web ready
	kill -TERM "$(monitor_of web)"
	wait_until is web exited
	same "$(of web '{{.State.ExitCode}}')" 6
}

has_said()
{
	[[ $(servin logs "$1") == *"$2"* ]]
}

@test "a monitor that gets TERM gives a container without a stop timeout all its time" {
	ok servin run -d --name web --stop-timeout -1 box \
		sh -c 'trap "sleep 0.5; exit 6" TERM; echo ready; while :; do sleep 0.1; done'
	wait_until has_said web ready
	kill -TERM "$(monitor_of web)"
	wait_until is web exited
	same "$(of web '{{.State.ExitCode}}')" 6
}

@test "the one who started it is killed: the container goes on, its reader gone" {
	"$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" run --name web box \
		sh -c 'while :; do echo tick; sleep 0.05; done' >"$BATS_TEST_TMPDIR/out" 3>&- &
	client=$!
	wait_until has_said web tick
	kill -KILL "$client"
	wait "$client" || :
	before=$(servin logs web | wc -l)
	wait_until longer_log web "$before"
	same "$(of web '{{.State.Status}}')" running
}

longer_log()
{
	(($(servin logs "$1" | wc -l) > $2))
}

# --- killed anywhere ------------------------------------------------------------------------------

# killed_at CALLS COMMAND...: all of its processes are killed at that call of each.
killed_at()
{
	local at=$1

	shift
	strace -f -qq -o /dev/null -e trace=all -e "inject=all:signal=KILL:when=$at" \
		"$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" "$@" &>/dev/null 3>&- || :
}

all_can_be_removed()
{
	local id

	for id in $(servin ls -a -q); do
		servin rm -f "$id" >/dev/null || return
	done
	nothing_left
}

@test "run, killed at every 37th call: what is left can be removed, and the name is free" {
	local at

	command -v strace >/dev/null || skip "needs strace"
	for ((at = 10; at < 240; at += 37)); do
		killed_at $at run -d --name web box true
		all_can_be_removed || die "killed at call $at"
	done
	ok servin run --rm --name web box echo works
	same "$output" works
	same "$(find "$ROOT/tmp" -mindepth 1)" ""
}

@test "rm -f and stop, killed at every 37th call, can be done again" {
	local at

	command -v strace >/dev/null || skip "needs strace"
	for ((at = 20; at < 200; at += 37)); do
		ok servin run -d --name web box sleep 1000
		killed_at $at stop -t 0 web
		killed_at $at rm -f web
		all_can_be_removed || die "killed at call $at"
	done
}

@test "prune takes away what a runtime has of a container without a record" {
	local id

	id=$(servin run -d --name web box sleep 1000)
	kill_monitor web
	rm -r "$ROOT/containers/$id"
	ok servin container prune -f
	[[ ! -e $STATE/runtime/$id ]]
	same "$(find /sys/fs/cgroup -maxdepth 2 -name "servin-$id")" ""
	ok servin run --rm --name web box true
	rm -rf "${STATE:?}/$id"
}

# --- many at once -----------------------------------------------------------------------------------

@test "twenty at once, and a load beside them" {
	local i pids=()

	for i in {1..20}; do
		servin run --rm --name "c$i" box echo "hello $i" >"$BATS_TEST_TMPDIR/out.$i" 2>&1 3>&- &
		pids+=($!)
	done
	rootfs_tar "$BATS_TEST_TMPDIR/again.tar"
	ok servin load -q -i "$BATS_TEST_TMPDIR/again.tar"
	for i in {1..20}; do
		wait "${pids[i - 1]}" || die "run $i" "$(cat "$BATS_TEST_TMPDIR/out.$i")"
		same "$(cat "$BATS_TEST_TMPDIR/out.$i")" "hello $i"
	done
	nothing_left
}

@test "one name for ten at once: one has it" {
	local i won=0

	for i in {1..10}; do
		servin create --name web box true >"$BATS_TEST_TMPDIR/out.$i" 2>&1 3>&- &
	done
	wait
	for i in {1..10}; do
		if [[ $(cat "$BATS_TEST_TMPDIR/out.$i") =~ ^[0-9a-f]{64}$ ]]; then
			won=$((won + 1))
		else
			has "$(cat "$BATS_TEST_TMPDIR/out.$i")" 'the name "web" is taken'
		fi
	done
	same $won 1
	same "$(servin ls -a -q | wc -l)" 1
}

@test "start and stop of one container by many at once" {
	local i

	ok servin create --name web box sleep 1000
	for i in {1..6}; do
		servin start web &>/dev/null 3>&- &
		servin stop -t 0 web &>/dev/null 3>&- &
	done
	wait
	ok servin start web
	is web running
	ok servin rm -f web
	nothing_left
}

@test "--replace ends what lost its monitor, and its runtime too" {
	local pid

	cp "$SERVIN_BUILDDIR/ocirun" "$BATS_TEST_TMPDIR/runtime"
	ok servin --runtime "$BATS_TEST_TMPDIR/runtime" run -d --name web box sleep 1000
	pid=$(of web '{{.State.Pid}}')
	kill_monitor web
	rm "$BATS_TEST_TMPDIR/runtime"
	ok servin create --replace --name web box true
	wait_until gone "$pid"
}

@test "commit that is told to end: the container goes on" {
	local pid

	ok servin run -d --name web box sh -c 'truncate -s 20G /big; echo made; exec sleep 1000'
	wait_until grep -q made "$ROOT/containers/$(of web '{{.Id}}')/log.json"
	setsid "$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" commit web new &
	pid=$!
	wait_until is web paused
	kill -TERM -- "-$pid"
	status=0
	wait "$pid" || status=$?
	same "$status" 143
	same "$(of web '{{.State.Status}}')" running
}

# --- a full disk ------------------------------------------------------------------------------------

@test "a disk that is full: an error that says so, and nothing is left" {
	local disk=$BATS_TEST_TMPDIR/disk

	[[ $(id -u) == 0 ]] || skip "needs root, to mount"
	mkdir "$disk"
	mount -t tmpfs -o size=6m none "$disk"
	ROOT=$disk/store
	ok servin load -q -i "$BATS_TEST_TMPDIR/box.tar"
	ok servin run --rm box true
	dd if=/dev/zero of="$disk/filler" bs=64k status=none 2>/dev/null || :
	fails 125 "no space left on device" servin run --rm --name web box true
	same "$(ls "$ROOT/containers" "$ROOT/names" "$ROOT/tmp")" "$(printf '%s:\n\n' "$ROOT/containers" \
		"$ROOT/names" "$ROOT/tmp" | sed '$d')"
	rm "$disk/filler"
	ok servin run --rm --name web box echo works
	# Its last monitor may still be on its way out.
	wait_until umount "$disk" 2>/dev/null
	ROOT=$BATS_TEST_TMPDIR/store
}

@test "a disk that is full keeps nobody from ending and removing a container" {
	local disk=$BATS_TEST_TMPDIR/disk line way n=0

	[[ $(id -u) == 0 ]] || skip "needs root, to mount"
	mkdir "$disk"
	mount -t tmpfs -o size=6m none "$disk"
	ROOT=$disk/store
	ok servin load -q -i "$BATS_TEST_TMPDIR/box.tar"
	for line in "stop -t 5" "kill" "rm -f" "stop -t 5" "rm -f"; do
		ok servin run -d --name web --restart always box sleep 1000
		((++n <= 3)) || kill_monitor web
		dd if=/dev/zero of="$disk/filler" bs=64k status=none 2>/dev/null || :
		dd if=/dev/zero of="$disk/filler2" bs=1k status=none 2>/dev/null || :
		read -r -a way <<<"$line"
		ok servin "${way[@]}" web
		same "$(servin ls -q)" ""
		rm "$disk"/filler*
		said servin rm -f web
	done
	same "$(ls "$ROOT/containers")" ""
	wait_until umount "$disk" 2>/dev/null
	ROOT=$BATS_TEST_TMPDIR/store
}

@test "a status that the host's crash left empty: it can be started, and removed" {
	local id

	id=$(servin create --name web box true)
	: >"$ROOT/containers/$id/status.json"
	has "$(servin ls -a)" "Exited (255)"
	ok servin start -a web
	same "$(of web '{{.State.ExitCode}}')" 0
	: >"$ROOT/containers/$id/status.json"
	ok servin rm web
}

@test "a record is on the disk before the container is there, but for one with --rm" {
	command -v strace >/dev/null || skip "needs strace"
	ok strace -f -y -e trace=fsync -o "$BATS_TEST_TMPDIR/calls" \
		"$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" create --name web box true
	has "$(<"$BATS_TEST_TMPDIR/calls")" "container.json.tmp"
	ok strace -f -y -e trace=fsync -o "$BATS_TEST_TMPDIR/calls" \
		"$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" run --rm box true
	has_not "$(<"$BATS_TEST_TMPDIR/calls")" "container.json"
}

@test "a record of a container with --rm that the host's crash left empty: there is none" {
	local id

	id=$(servin create --rm --name web box true)
	: >"$ROOT/containers/$id/container.json"
	same "$(servin ls -a -q)" ""
	fails 1 "no such container: web" servin rm web
	ok servin create --name web box true
	ok servin image prune -f
	same "$(ls "$ROOT/containers")" "$(of web '{{.Id}}')"
}
