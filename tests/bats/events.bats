#!/usr/bin/env bats
#
# events: what a container uses, and when it is out of memory.  tests/run-bats runs this file in both
# worlds of cgroups; a controller that the world lacks is a skip.

load helpers

resources()
{
	config --argjson r "$1" '.linux.resources = $r'
}

# stats FILTER: of what a container uses now.
stats()
{
	ocirun events --stats "$ID" | jq -c "$1"
}

# lines_of TYPE N: whether the events in the background are so many of a type by now.
lines_of()
{
	[[ $(grep -c "^{\"type\":\"$1\",\"id\":\"$ID\"" "$background_output") -ge $2 ]]
}

# keys FILE: all paths of a document, the same for each element of a list.  Left out is what an older
# runc does not know, and what one container has by chance and another has not.
keys()
{
	jq -r 'del(.. | .psi? // empty) | del(.data.memory.cache, .data.memory.usage.max) |
		.data.blkio = {} | [paths |
		map(if type == "number" then "#" else . end) | join(".")] | unique | .[]' "$1"
}

# told FILE: what stands there, without the warning of a world that has no memory controller.
told()
{
	grep -v "no memory controller" "$1" || true
}

# ends PID: waits for a program in the background, bounded; sets $status.
ends()
{
	wait_until gone "$1"
	status=0
	wait "$1" || status=$?
}

M=$((1024 * 1024))

@test "events: the statistics once" {
	running
	run_ok events --stats "$ID"
	same "${#lines[@]}" 1
	same "$(jq -c 'keys' <<<"$output")" '["data","id","type"]'
	same "$(jq -r '.type + " " + .id' <<<"$output")" "stats $ID"
	same "$(jq -c '.data | keys' <<<"$output")" \
		'["blkio","cpu","cpuset","hugetlb","intel_rdt","memory","network_interfaces","pids"]'
	# what go-runc decodes without asking
	same "$(jq -c '.data.cpu.usage | [.kernel, .user] | map(type)' <<<"$output")" '["number","number"]'
	same "$(jq -c '.data.memory.usage | [.limit, .failcnt] | map(type)' <<<"$output")" '["number","number"]'
}

# proves: linux.resources.pids.limit
@test "events: tasks" {
	needs_controller pids
	resources '{ "pids": { "limit": 50 } }'
	running "$ID" sh -c 'sleep 1000 & sleep 1000 & wait'
	wait_until eval '[[ $(stats .data.pids) == "{\"current\":3,\"limit\":50}" ]]'
	run_ok update --pids-limit -1 "$ID"
	# no limit is no limit
	same "$(stats .data.pids)" '{"current":3}'
}

# bats test_tags=guest
@test "events: memory" {
	needs_controller memory
	resources "{ \"memory\": { \"limit\": $((64 * M)) } }"
	running "$ID" sh -c 'dd if=/dev/zero of=/tmp/x bs=1M count=8 2>/dev/null; touch /tmp/done; exec sleep 1000'
	wait_until test -e "$BUNDLE/rootfs/tmp/done"
	same "$(stats .data.memory.usage.limit)" $((64 * M))
	(($(stats .data.memory.cache) >= 8 * M))
	(($(stats .data.memory.usage.usage) >= 8 * M))
	(($(stats .data.memory.usage.max) >= 8 * M))
	(($(stats '.data.memory.raw | length') > 20))
	# with swap, as v1 counts
	(($(stats '.data.memory.swap.usage >= .data.memory.usage.usage | if . then 1 else 0 end')))
}

@test "events: processor time" {
	needs_controller cpu
	resources '{ "cpu": { "quota": 10000, "period": 100000 } }'
	running "$ID" sh -c 'while :; do :; done'
	wait_until eval '(( $(stats .data.cpu.usage.total) > 20000000 ))'
	wait_until eval '(( $(stats .data.cpu.throttling.throttledPeriods) > 0 ))'
	(($(stats .data.cpu.throttling.throttledTime) > 1000000))
	if [[ $CGROUP_WORLD == v1 ]]; then
		same "$(stats '.data.cpu.usage.percpu | add >= 20000000')" true
		same "$(stats '.data.cpuset.cpus | length')" "$(nproc --all)"
	fi
}

@test "events: the pressure of v2" {
	needs_world v2
	[[ -e /proc/pressure/cpu ]] || skip "needs a kernel with CONFIG_PSI"
	running
	[[ -e /sys/fs/cgroup/$ID/cpu.pressure ]] || skip "needs pressure by cgroup"
	same "$(stats '.data.cpu.psi.some | keys')" '["avg10","avg300","avg60","total"]'
	same "$(stats '.data.cpu.psi.full.avg10 | type')" '"number"'
}

@test "events: the same keys as runc" {
	needs_cmd runc
	[[ $OCIRUN != */runc ]] || skip "needs another runtime"
	local other=$ID-runc dir=$BATS_TEST_TMPDIR
	resources '{ "memory": { "limit": 100000000 }, "pids": { "limit": 100 } }'
	args sh -c 'cat /proc/self/maps /bin/busybox >/dev/null; cat /bin/busybox >/tmp/x; exec sleep 1000'
	runc --root "$dir/runc" run --detach --bundle "$BUNDLE" "$other" >/dev/null 2>&1 3>&- ||
		skip "needs a runc that works here"
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until eval 'runc --root "$dir/runc" events --stats "$other" >"$dir/theirs"
		ocirun events --stats "$ID" >"$dir/ours"
		cmp <(keys "$dir/theirs") <(keys "$dir/ours")' ||
		diff <(keys "$dir/theirs") <(keys "$dir/ours") >&2 || failed=1
	runc --root "$dir/runc" delete --force "$other"
	[[ -z ${failed:-} ]]
}

@test "events: again and again, until the container ends" {
	running
	background ocirun events --interval 50ms "$ID"
	wait_until lines_of stats 3
	run_ok pause "$ID"
	local n
	n=$(grep -c . "$background_output")
	wait_until lines_of stats $((n + 2))
	run_ok resume "$ID"
	run_ok kill "$ID" KILL
	ends "$background"
	same "$status" 0
	same "$(told "$background_output" | jq -r .type | sort -u)" stats
}

@test "events: a created container" {
	args sh -c 'exit 0'
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok events --stats "$ID"
	background ocirun events "$ID"
	run_ok start "$ID"
	ends "$background"
	same "$status" 0
	same "$(told "$background_output")" ""
}

# The container forks what takes all memory; init lives on.
# bats test_tags=guest
@test "events: out of memory" {
	needs_controller memory
	resources "{ \"memory\": { \"limit\": $((16 * M)), \"swap\": $((16 * M)) } }"
	running "$ID" sh -c 'while [ ! -e /tmp/go ]; do sleep 0.02; done
		echo 1000 >/proc/self/oom_score_adj
		tail /dev/zero; touch /tmp/survived; exec sleep 1000'
	# no statistics come in between
	background ocirun events --interval 1h "$ID"
	local events=$background
	wait_until eval 'ls -l /proc/$events/fd | grep -q timerfd'
	touch "$BUNDLE/rootfs/tmp/go"
	wait_until lines_of oom 1
	same "$(head -1 "$background_output")" "{\"type\":\"oom\",\"id\":\"$ID\"}"
	alive "$events"
	run_ok kill "$ID" KILL
	ends "$events"
	same "$status" 0
	# neither the end nor the removal of the cgroup is taken for another one
	same "$(grep -vc '"type":"oom"' "$background_output")" 0
	(($(wc -l <"$background_output") <= 2))
}

@test "events: out of memory is told also when it is the end" {
	needs_controller memory
	resources "{ \"memory\": { \"limit\": $((16 * M)), \"swap\": $((16 * M)) } }"
	running "$ID" sh -c 'while [ ! -e /tmp/go ]; do sleep 0.02; done; exec tail /dev/zero'
	background ocirun events --interval 1h "$ID"
	local events=$background
	wait_until eval 'ls -l /proc/$events/fd | grep -q timerfd'
	touch "$BUNDLE/rootfs/tmp/go"
	ends "$events"
	same "$status" 0
	same "$(head -1 "$background_output")" "{\"type\":\"oom\",\"id\":\"$ID\"}"
}

@test "events: the end of a container is no lack of memory" {
	needs_controller memory
	running
	background ocirun events --interval 1h "$ID"
	local events=$background
	wait_until eval 'ls -l /proc/$events/fd | grep -q timerfd'
	run_ok delete --force "$ID"
	ends "$events"
	same "$status" 0
	same "$(told "$background_output")" ""
}

@test "events: a reader that goes is the end" {
	local reader
	running
	# at once, and not at the next line
	"$OCIRUN" --root "$STATE" events --interval 1h "$ID" 3>&- 2>"$BATS_TEST_TMPDIR/err" > >(exec true) &
	wait_until gone $!
	same "$(told "$BATS_TEST_TMPDIR/err")" ""
	# with SIGPIPE ignored, as programs in Go start others
	(
		trap '' PIPE
		status=0
		"$OCIRUN" --root "$STATE" events --interval 10ms "$ID" 3>&- 2>"$BATS_TEST_TMPDIR/err" || status=$?
		echo $status >"$BATS_TEST_TMPDIR/status"
	) | head -n 1 >/dev/null
	wait_until test -s "$BATS_TEST_TMPDIR/status"
	same "$(<"$BATS_TEST_TMPDIR/status")" 0
	same "$(told "$BATS_TEST_TMPDIR/err")" ""
}

@test "events: without a memory controller it says so" {
	needs_world v2
	! grep -qw memory /sys/fs/cgroup/cgroup.controllers || skip "needs a v2 without the memory controller"
	running
	background ocirun events --interval 20ms "$ID"
	wait_until eval 'grep -q "no memory controller: nothing will tell" "$background_output"'
	wait_until lines_of stats 1
}

@test "events: what cannot be told" {
	run_fail "container does not exist" events --stats nobody
	args true
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_status 1 events --stats "$ID"
	has "$output" "container not running"
	run_status 1 events "$ID"
	has "$output" "container not running"
	run_fail "--interval: must be more than 0" events --interval 0s "$ID"
	run_fail "--interval: 5: not a duration" events --interval 5 "$ID"
}

@test "events: a container without a cgroup" {
	config '.linux.resources = {}'
	args sleep 1000
	run_ok --cgroup-manager disabled run --detach --bundle "$BUNDLE" "$ID"
	run_fail "the container has no cgroup" events --stats "$ID"
	run_ok --cgroup-manager disabled delete --force "$ID"
}
