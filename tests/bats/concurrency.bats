#!/usr/bin/env bats
#
# Commands that meet: two of them on one container, with a random skew, many times; also with one
# of them killed; and a runtime that has no room left.  ROUNDS=100 make check-bats BATS=... tries more.

load helpers

ROUNDS=${ROUNDS:-8}

# skew MS: sleep for up to so many milliseconds.
skew()
{
	sleep "$(printf '0.%03d' $((RANDOM % ($1 + 1))))"
}

# beside SKEW ARGS... -- ARGS...: two commands of the runtime at once.  Sets $first and $second to
# their statuses; $BATS_TEST_TMPDIR/first and second have what they said.
beside()
{
	local ms=$1 begun=$SECONDS pid_first pid_second
	local -a one=()

	shift
	while [[ $1 != -- ]]; do
		one+=("$1")
		shift
	done
	shift
	{ skew "$ms"; ocirun "${one[@]}"; } >"$BATS_TEST_TMPDIR/first" 2>&1 &
	pid_first=$!
	{ skew "$ms"; ocirun "$@"; } >"$BATS_TEST_TMPDIR/second" 2>&1 &
	pid_second=$!
	first=0 second=0
	wait "$pid_first" || first=$?
	wait "$pid_second" || second=$?
	# 124 and 137 are those of timeout(1), but an exec whose program is killed has 137 as well.
	((SECONDS - begun < COMMAND_LIMIT)) ||
		die "${one[*]}, with status $first, or $*, with $second: hangs"
}

# killed MS ARGS...: a command that is killed after up to so many milliseconds, if it still runs.
killed()
{
	local pid

	"$OCIRUN" --root "$STATE" "${@:2}" >"$BATS_TEST_TMPDIR/killed" 2>&1 3>&- &
	pid=$!
	skew "$1"
	kill -KILL "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

said()
{
	echo "first ($first): $(<"$BATS_TEST_TMPDIR/first"); second ($second): $(<"$BATS_TEST_TMPDIR/second")"
}

# clean: delete --force answers 0, twice, and then there is nothing.
clean()
{
	run_ok delete --force "$ID"
	[[ ! -e $STATE/$ID ]] || die "state is left"
	same "$(compgen -G "/sys/fs/cgroup/*/$ID"; compgen -G "/sys/fs/cgroup/$ID")" ""
	run_ok delete --force "$ID"
}

created()
{
	run_ok create --bundle "$BUNDLE" "$ID"
}

ended()
{
	[[ ! -e $STATE/$ID ]] || has_status "$ID" stopped
}

long()
{
	args sleep 1000
}

@test "create and create: exactly one wins" {
	long
	for ((i = 0; i < ROUNDS; i++)); do
		beside 2 create --bundle "$BUNDLE" "$ID" -- create --bundle "$BUNDLE" "$ID"
		(((first == 0) + (second == 0) == 1)) || die "$(said)"
		has "$(said)" "container with given ID already exists: $ID"
		same "$(status_of "$ID")" created
		clean
	done
}

@test "twelve creates: exactly one wins" {
	local pids status wins

	long
	for ((i = 0; i < ROUNDS / 6; i++)); do
		pids=()
		wins=0
		for ((j = 0; j < 12; j++)); do
			ocirun create --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 &
			pids+=($!)
		done
		for pid in "${pids[@]}"; do
			wait "$pid" && wins=$((wins + 1))
		done
		same "$wins" 1
		same "$(status_of "$ID")" created
		clean
	done
}

@test "create and delete --force" {
	long
	for ((i = 0; i < ROUNDS; i++)); do
		beside 10 create --bundle "$BUNDLE" "$ID" -- delete --force "$ID"
		same "$second" 0
		[[ $first != 0 || ! -e $STATE/$ID ]] || same "$(status_of "$ID")" created
		clean
	done
}

@test "start and start: exactly one wins" {
	long
	for ((i = 0; i < ROUNDS; i++)); do
		created
		beside 2 start "$ID" -- start "$ID"
		(((first == 0) + (second == 0) == 1)) || die "$(said)"
		has "$(said)" "cannot start an already running container"
		same "$(status_of "$ID")" running
		clean
	done
}

@test "start and kill: it ends" {
	long
	for ((i = 0; i < ROUNDS; i++)); do
		created
		beside 5 start "$ID" -- kill "$ID" KILL
		same "$second" 0
		wait_until ended
		clean
	done
}

@test "kill and delete --force" {
	for ((i = 0; i < ROUNDS; i++)); do
		running
		beside 5 kill "$ID" KILL -- delete --force "$ID"
		same "$second" 0
		[[ $first == 0 ]] || [[ $(said) =~ (does not exist|not running) ]] || die "$(said)"
		[[ ! -e $STATE/$ID ]] || die "state is left"
		clean
	done
}

@test "delete --force and delete --force" {
	for ((i = 0; i < ROUNDS; i++)); do
		running
		beside 3 delete --force "$ID" -- delete --force "$ID"
		same "$first $second" "0 0"
		clean
	done
}

# Few rounds: a pid namespace ends when its last orphan is reaped, and the init of some machines
# takes seconds for that.
@test "exec and delete --force: no process stays" {
	for ((i = 0; i < ROUNDS / 4; i++)); do
		running
		beside 10 exec --detach "$ID" sleep 1000 -- delete --force "$ID"
		same "$second" 0
		clean
	done
	wait_until no_processes
}

@test "exec and delete --force without a pid namespace" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	for ((i = 0; i < ROUNDS; i++)); do
		running
		beside 10 exec --detach "$ID" sleep 1000 -- delete --force "$ID"
		same "$second" 0
		clean
	done
	wait_until no_processes
}

@test "pause and kill: it ends" {
	for ((i = 0; i < ROUNDS; i++)); do
		running
		beside 5 pause "$ID" -- kill "$ID" KILL
		same "$second" 0
		wait_until ended
		clean
	done
}

@test "pause and delete --force" {
	for ((i = 0; i < ROUNDS; i++)); do
		running
		beside 5 pause "$ID" -- delete --force "$ID"
		same "$second" 0
		clean
	done
}

@test "list, while containers come and go: never fails, never shows half a record" {
	local pid n

	long
	(
		# Until we are told to stop.
		while [[ ! -e $BATS_TEST_TMPDIR/stop ]]; do
			for ((j = 0; j < 3; j++)); do
				ocirun create --bundle "$BUNDLE" "$ID-$j" && ocirun start "$ID-$j"
				ocirun pause "$ID-$j"
				ocirun delete --force "$ID-$j"
			done
		done
	) >/dev/null 2>&1 3>&- &
	pid=$!
	for ((n = 0; n < 5 * ROUNDS; n++)); do
		try list --format json
		[[ $status == 0 ]] || break
		jq -e 'all(.[]; .id and .bundle and .created and (.pid | type == "number")
			and (.status | test("^(creating|created|running|paused|stopped)$")))' \
			<<<"$output" >/dev/null || break
	done
	: >"$BATS_TEST_TMPDIR/stop"
	wait "$pid" || true
	((n == 5 * ROUNDS)) || die "list: status $status after $n" "output: $output"
}

# --- what changes a container that runs -----------------------------------------

# needs_limits: skip where the cgroups have none of those that the updates here are of.
needs_limits()
{
	needs_controller pids
	needs_controller cpu
}

# limits: those that the kernel has, and those that the state directory has.
limits()
{
	echo "$(limit pids pids.max pids.max) $(limit cpu cpu.shares cpu.weight)" \
		"$(jq -r '.linux.resources | "\(.pids.limit) \(.cpu.shares)"' "$STATE/$ID/config.json")"
}

# updates N SHARES: the words of an update.
updates()
{
	echo update --pids-limit "$1" --cpu-share "$2" "$ID"
}

@test "update and update: the limits of one of them, in the kernel and in the record" {
	local few many

	needs_limits
	running
	run_ok $(updates 20 256)
	few=$(limits)
	run_ok $(updates 400 4096)
	many=$(limits)
	[[ $few != "$many" ]]
	for ((i = 0; i < ROUNDS; i++)); do
		beside 3 $(updates 20 256) -- $(updates 400 4096)
		same "$first $second" "0 0"
		[[ $(limits) == "$few" || $(limits) == "$many" ]] || die "mixed: $(limits)" "$(said)"
	done
	clean
}

@test "update and delete --force" {
	needs_limits
	for ((i = 0; i < ROUNDS; i++)); do
		running
		beside 8 $(updates 20 256) -- delete --force "$ID"
		same "$second" 0
		[[ $first == 0 ]] || [[ $(said) =~ (does not exist|not running) ]] || die "$(said)"
		clean
	done
}

@test "update, killed: the next one is whole" {
	local few

	needs_limits
	running
	run_ok $(updates 20 256)
	few=$(limits)
	for ((i = 0; i < ROUNDS; i++)); do
		run_ok $(updates 400 4096)
		killed 6 $(updates 20 256)
		run_ok $(updates 20 256)
		same "$(limits)" "$few"
	done
	clean
}

# two_mounts: `list` names two places to mount at.
two_mounts()
{
	mkdir -p source
	jq -n --arg s "$BUNDLE/source" '["/one", "/two"] | map({ destination: ., type: "bind",
		source: $s, options: ["bind"] })' >list
}

# count_mounted: how many of them are there.
count_mounted()
{
	grep -c ' /\(one\|two\) ' "/proc/$(pid_of "$ID")/mountinfo" || true
}

@test "mounts add and mounts remove: both or none" {
	two_mounts
	running
	for ((i = 0; i < ROUNDS; i++)); do
		beside 5 mounts add "$ID" list -- mounts remove "$ID" list
		same "$first" 0
		same "$(count_mounted)" "$((second == 0 ? 0 : 2))"
		[[ $second == 0 ]] || run_ok mounts remove "$ID" list
	done
	clean
}

@test "mounts add and kill: it ends" {
	two_mounts
	for ((i = 0; i < ROUNDS; i++)); do
		running
		beside 5 mounts add "$ID" list -- kill "$ID" KILL
		same "$second" 0
		wait_until ended
		clean
	done
	wait_until no_processes
}

@test "mounts add and delete --force" {
	two_mounts
	for ((i = 0; i < ROUNDS; i++)); do
		running
		beside 10 mounts add "$ID" list -- delete --force "$ID"
		same "$second" 0
		clean
	done
	wait_until no_processes
}

@test "mounts add, killed: the container can be deleted, and no process stays" {
	two_mounts
	for ((i = 0; i < ROUNDS; i++)); do
		running
		killed 8 mounts add "$ID" list
		clean
	done
	wait_until no_processes
}

filter()
{
	config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["mkdirat", "mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 33 }] }'
}

# Few rounds, as above.
@test "exec behind a filter and delete --force: it had the filter or did not run" {
	filter
	for ((i = 0; i < ROUNDS / 4; i++)); do
		running
		beside 20 exec "$ID" grep Seccomp: /proc/self/status -- delete --force "$ID"
		same "$second" 0
		has_not "$(<"$BATS_TEST_TMPDIR/first")" $'Seccomp:\t0'
		[[ $first != 0 ]] || same "$(<"$BATS_TEST_TMPDIR/first")" $'Seccomp:\t2'
		clean
	done
	wait_until no_processes
}

@test "twelve containers at once with one new filter: it is in the cache once, and whole" {
	local pids=() cache=$STATE/.cache/seccomp

	filter
	args grep Seccomp: /proc/self/status
	for ((j = 0; j < 12; j++)); do
		ocirun run --bundle "$BUNDLE" "$ID-$j" >"$BATS_TEST_TMPDIR/one.$j" 2>&1 &
		pids+=($!)
	done
	for ((j = 0; j < 12; j++)); do
		wait "${pids[j]}" || die "$j: $(<"$BATS_TEST_TMPDIR/one.$j")"
		same "$(<"$BATS_TEST_TMPDIR/one.$j")" $'Seccomp:\t2'
	done
	[[ $OCIRUN == *ocirun ]] || return 0
	same "$(find "$cache" -type f | wc -l)" 1
	has_not "$(find "$cache" -type f)" .tmp
	run_ok --debug run --bundle "$BUNDLE" "$ID"
	has "$output" "from the cache"
}

@test "events and delete --force: it ends" {
	local pid

	for ((i = 0; i < ROUNDS / 2; i++)); do
		running
		background ocirun events --interval 10ms "$ID"
		pid=$background
		skew 40
		run_ok delete --force "$ID"
		wait_until gone "$pid"
		status=0
		wait "$pid" || status=$?
		[[ $status == 0 ]] || [[ $(<"$background_output") =~ (does not exist|not running) ]] ||
			die "events: status $status: $(<"$background_output")"
		clean
	done
}

# --- with SIGKILL ---------------------------------------------------------------

@test "create, killed" {
	long
	for ((i = 0; i < ROUNDS; i++)); do
		killed 12 create --bundle "$BUNDLE" "$ID"
		clean
	done
	wait_until no_processes
	container_ok true
}

@test "create, killed, beside delete --force" {
	long
	for ((i = 0; i < ROUNDS; i++)); do
		killed 12 create --bundle "$BUNDLE" "$ID" &
		skew 10
		run_ok delete --force "$ID"
		wait $!
		clean
	done
	wait_until no_processes
}

@test "run, killed" {
	long
	for ((i = 0; i < ROUNDS; i++)); do
		killed 20 run --bundle "$BUNDLE" "$ID"
		clean
	done
	wait_until no_processes
}

@test "start, killed: the next start or delete works" {
	long
	for ((i = 0; i < ROUNDS; i++)); do
		created
		killed 5 start "$ID"
		[[ $(status_of "$ID") =~ ^(created|running|stopped)$ ]] || die "$(status_of "$ID")"
		[[ $(status_of "$ID") != created ]] || run_ok start "$ID"
		clean
	done
}

@test "exec, killed: its process is gone with the container" {
	for ((i = 0; i < ROUNDS / 4; i++)); do
		running
		killed 10 exec "$ID" sleep 1000
		clean
	done
	wait_until no_processes
}

@test "pause, killed: delete --force works" {
	for ((i = 0; i < ROUNDS; i++)); do
		running
		killed 4 pause "$ID"
		clean
	done
}

@test "delete --force, killed: the next one works" {
	for ((i = 0; i < ROUNDS; i++)); do
		running
		killed 8 delete --force "$ID"
		clean
	done
	wait_until no_processes
}

# --- without room -------------------------------------------------------------------

# nothing_made WHAT: a create that failed left nothing; one that succeeded can be deleted.
nothing_made()
{
	if [[ $status == 0 ]]; then
		run_ok delete --force "$ID"
	else
		((status < 124)) || die "$1: status $status is a hang or a crash" "$output"
		has "$output" "ocirun: "
	fi
	same "$1: $(find "$STATE" -mindepth 1; compgen -G "/sys/fs/cgroup/*/$ID")" "$1: "
}

on_small_disks()
{
	for ((blocks = 1; blocks <= 8; blocks++)); do
		for ((inodes = 2; inodes <= 8; inodes++)); do
			mount -t tmpfs -o "size=$((blocks * 4))k,nr_inodes=$inodes,mode=0700" none "$STATE"
			try create --bundle "$BUNDLE" "$ID"
			nothing_made "$blocks blocks, $inodes inodes"
			umount "$STATE"
		done
	done
}

@test "a full disk under the state: a failure leaves nothing" {
	long
	BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR unshare --mount --propagation private \
		bash -c 'eval "$(<"$0")"; set -e; on_small_disks' \
		<(declare -f; declare -p BUNDLE ID STATE OCIRUN COMMAND_LIMIT BATS_TEST_TMPDIR) 3>&-
}

@test "few descriptors: a failure leaves nothing" {
	long
	for ((n = 3; n <= 40; n++)); do
		status=0
		timeout "$COMMAND_LIMIT" prlimit --nofile="$n:$n" "$OCIRUN" --root "$STATE" create \
			--bundle "$BUNDLE" "$ID" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- || status=$?
		output=$(<"$BATS_TEST_TMPDIR/out")
		# A runtime with shared libraries does not even begin.
		[[ $output != *"shared libraries"* ]] || continue
		nothing_made "$n descriptors"
	done
}
