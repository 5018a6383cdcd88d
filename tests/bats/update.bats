#!/usr/bin/env bats
#
# update: other limits for a container that is there.  tests/run-bats runs this file in both worlds
# of cgroups; a controller that the world lacks is a skip.

load helpers

# limit CONTROLLER V1-FILE V2-FILE: what stands there for $ID.
limit()
{
	local file=$2

	[[ $CGROUP_WORLD == v1 ]] || file=$3
	cgroup_value "$ID" "$1" "$file"
}

memory()
{
	limit memory memory.limit_in_bytes memory.max
}

memory_and_swap()
{
	needs_world v1
	limit memory memory.memsw.limit_in_bytes
}

pids()
{
	limit pids pids.max pids.max
}

# kept FILTER: what the state directory knows of the limits, for exec and the next update.
kept()
{
	jq -c ".linux.resources$1" "$STATE/$ID/config.json"
}

resources()
{
	config --argjson r "$1" '.linux.resources = $r'
}

# update_json JSON: by standard input, as containerd, CRI-O and docker do.
update_json()
{
	ocirun update --resources - "$ID" <<<"$1"
}

M=$((1024 * 1024))

# --- each limit ----------------------------------------------------------------------------------

# proves: linux.resources.pids.limit
@test "update: pids" {
	needs_controller pids
	resources '{ "pids": { "limit": 50 } }'
	running
	same "$(pids)" 50
	run_ok update --pids-limit 20 "$ID"
	same "$output" ""
	same "$(pids)" 20
	same "$(kept .pids.limit)" 20
	run_ok update --pids-limit -1 "$ID"
	same "$(pids)" max
	run_ok update --pids-limit 0 "$ID"
	same "$(pids)" 0
}

# proves: linux.resources.memory.limit, linux.resources.memory.reservation
@test "update: memory" {
	needs_controller memory
	resources '{}'
	running
	run_ok update --memory 64m --memory-reservation 32M "$ID"
	same "$(memory)" $((64 * M))
	same "$(limit memory memory.soft_limit_in_bytes memory.low)" $((32 * M))
	run_ok update --memory $((48 * M)) "$ID"
	same "$(memory)" $((48 * M))
	same "$(limit memory memory.soft_limit_in_bytes memory.low)" $((32 * M))
	run_ok update --memory 1g "$ID"
	same "$(memory)" $((1024 * M))
	same "$(kept .memory)" "{\"limit\":$((1024 * M)),\"reservation\":$((32 * M))}"
}

# bats test_tags=guest
# proves: linux.resources.memory.swap
@test "update: memory and swap, both up and both down" {
	needs_controller memory
	resources "{ \"memory\": { \"limit\": $((50 * M)), \"swap\": $((60 * M)) } }"
	running
	if [[ $CGROUP_WORLD == v1 ]]; then
		same "$(memory_and_swap)" $((60 * M))
	fi
	for both in "200 300" "40 45" "100 100" "20 400" "300 400"; do
		run_ok update --memory "${both% *}m" --memory-swap "${both#* }m" "$ID"
		same "$(memory)" $((${both% *} * M))
		if [[ $CGROUP_WORLD == v1 ]]; then
			same "$(memory_and_swap)" $((${both#* } * M))
		else
			same "$(limit memory - memory.swap.max)" $((${both#* } * M - ${both% *} * M))
		fi
	done
}

@test "update: memory without limit leaves none on swap" {
	needs_controller memory
	resources "{ \"memory\": { \"limit\": $((50 * M)), \"swap\": $((60 * M)) } }"
	running
	run_ok update --memory -1 "$ID"
	same "$(kept .memory)" '{"limit":-1,"swap":-1}'
	if [[ $CGROUP_WORLD == v1 ]]; then
		(($(memory) > 1 << 60))
		(($(memory_and_swap) > 1 << 60))
	else
		same "$(memory)" max
		same "$(limit memory - memory.swap.max)" max
	fi
}

@test "update: swap alone is computed from the limit that there is" {
	needs_controller memory
	resources "{ \"memory\": { \"limit\": $((50 * M)), \"swap\": $((60 * M)) } }"
	running
	run_ok update --memory-swap 80m "$ID"
	same "$(memory)" $((50 * M))
	if [[ $CGROUP_WORLD == v1 ]]; then
		same "$(memory_and_swap)" $((80 * M))
	else
		same "$(limit memory - memory.swap.max)" $((30 * M))
	fi
	run_fail ".linux.resources.memory.swap: is less than memory.limit" \
		update --memory-swap 30m "$ID"
	same "$(kept .memory.swap)" $((80 * M))
}

# proves: linux.resources.memory.checkBeforeUpdate
@test "update: a limit below what is in use is refused" {
	needs_controller memory
	resources '{}'
	running "$ID" sh -c 'dd if=/dev/zero of=/tmp/x bs=1M count=20; touch /tmp/done; exec sleep 1000'
	wait_until test -e "$BUNDLE/rootfs/tmp/done"
	local before
	before=$(memory)
	try update --resources - "$ID" <<<'{ "memory": { "limit": 4096, "checkBeforeUpdate": true } }'
	same "$status" 1
	has "$output" "memory.limit: is below the"
	same "$(memory)" "$before"
	same "$(kept .memory)" null
}

@test "update: what is in use cannot be freed by v1" {
	needs_world v1
	needs_controller memory
	resources '{}'
	config '.mounts += [{ destination: "/full", type: "tmpfs", source: "tmpfs" }]'
	running "$ID" sh -c 'dd if=/dev/zero of=/full/x bs=1M count=20; touch /tmp/done; exec sleep 1000'
	wait_until test -e "$BUNDLE/rootfs/tmp/done"
	local before
	before=$(memory):$(memory_and_swap)
	run_fail "is below what is in use and cannot be freed" \
		update --memory 1m --memory-swap 1m "$ID"
	same "$(memory):$(memory_and_swap)" "$before"
}

# proves: linux.resources.memory.disableOOMKiller, linux.resources.memory.swappiness
@test "update: memory settings of v1" {
	needs_world v1
	needs_controller memory
	resources '{ "memory": { "disableOOMKiller": true } }'
	running
	has "$(limit memory memory.oom_control)" "oom_kill_disable 1"
	update_json '{ "memory": { "disableOOMKiller": false, "swappiness": 7 } }'
	has "$(limit memory memory.oom_control)" "oom_kill_disable 0"
	same "$(limit memory memory.swappiness)" 7
	update_json '{ "memory": { "disableOOMKiller": true } }'
	has "$(limit memory memory.oom_control)" "oom_kill_disable 1"
}

# proves: linux.resources.cpu.shares, linux.resources.cpu.quota, linux.resources.cpu.period
@test "update: cpu" {
	needs_controller cpu
	resources '{ "cpu": { "shares": 512, "quota": 50000, "period": 100000 } }'
	running
	run_ok update --cpu-share 1024 "$ID"
	same "$(limit cpu cpu.shares cpu.weight)" "$([[ $CGROUP_WORLD == v1 ]] && echo 1024 || echo 100)"
	run_ok update --cpu-quota 20000 "$ID"
	run_ok update --cpu-period 40000 "$ID"
	if [[ $CGROUP_WORLD == v1 ]]; then
		same "$(limit cpu cpu.cfs_quota_us):$(limit cpu cpu.cfs_period_us)" 20000:40000
	else
		same "$(limit cpu - cpu.max)" "20000 40000"
	fi
	run_ok update --cpu-shares 2 --cpu-quota -1 "$ID"
	if [[ $CGROUP_WORLD == v1 ]]; then
		same "$(limit cpu cpu.cfs_quota_us):$(limit cpu cpu.shares)" -1:2
	else
		same "$(limit cpu - cpu.max):$(limit cpu - cpu.weight)" "max 40000:1"
	fi
	same "$(kept .cpu)" '{"shares":2,"quota":-1,"period":40000}'
}

# proves: linux.resources.cpu.burst
@test "update: cpu burst and quota, both up and both down" {
	needs_controller cpu
	resources '{ "cpu": { "quota": 50000, "burst": 50000 } }'
	running
	for both in 20000 90000 30000; do
		run_ok update --cpu-quota $both --cpu-burst $both "$ID"
		same "$(limit cpu cpu.cfs_burst_us cpu.max.burst)" $both
	done
}

# proves: linux.resources.cpu.idle
@test "update: cpu idle, and no longer" {
	needs_controller cpu
	resources '{ "cpu": { "shares": 512 } }'
	running
	run_ok update --cpu-idle 1 "$ID"
	same "$(limit cpu cpu.idle cpu.idle)" 1
	run_ok update --cpu-idle 0 "$ID"
	same "$(limit cpu cpu.idle cpu.idle)" 0
	same "$(limit cpu cpu.shares cpu.weight)" "$([[ $CGROUP_WORLD == v1 ]] && echo 512 || echo 59)"
}

# proves: linux.resources.cpu.cpus, linux.resources.cpu.mems
@test "update: cpuset" {
	needs_controller cpuset
	resources '{}'
	running
	run_ok update --cpuset-cpus 0 --cpuset-mems 0 "$ID"
	same "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	same "$(kept .cpu)" '{"cpus":"0","mems":"0"}'
	same "$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/"$(pid_of "$ID")"/status)" 0
	run_fail "cpu.cpus: write \"4000\"" update --cpuset-cpus 4000 "$ID"
	same "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	same "$(kept .cpu.cpus)" '"0"'
}

# proves: linux.resources.unified
@test "update: unified" {
	needs_world v2
	resources '{ "unified": { "cgroup.max.depth": "5" } }'
	running
	update_json '{ "unified": { "cgroup.max.descendants": "7" } }'
	same "$(limit - - cgroup.max.descendants):$(limit - - cgroup.max.depth)" 7:5
	same "$(kept .unified)" '{"cgroup.max.depth":"5","cgroup.max.descendants":"7"}'
	try update --resources - "$ID" <<<'{ "unified": { "cgroup.max.depth": "9", "cgroup.max.descendants": "x" } }'
	same "$status" 1
	has "$output" 'unified["cgroup.max.descendants"]: write "x"'
	# what was written before the mistake is put back
	same "$(limit - - cgroup.max.descendants):$(limit - - cgroup.max.depth)" 7:5
	same "$(kept .unified)" '{"cgroup.max.depth":"5","cgroup.max.descendants":"7"}'
}

# disk: major:minor of a disk that can be throttled.
disk()
{
	local dev

	for dev in /sys/block/{vd,sd,nvme}*/dev; do
		[[ ! -e $dev ]] || { cat "$dev"; return; }
	done
}

# rate NAME RATE [MAJOR:MINOR]: one of the lists of blockIO.
rate()
{
	local disk=${3:-$(disk)}

	printf '"%s": [{ "major": %d, "minor": %d, "rate": %d }]' "$1" "${disk%:*}" "${disk#*:}" "$2"
}

# throttled: what is in force, without words for "no limit".
throttled()
{
	if [[ $CGROUP_WORLD == v1 ]]; then
		limit blkio blkio.throttle.read_bps_device
		limit blkio blkio.throttle.write_bps_device
	else
		limit io - io.max | sed 's/ [a-z]*=max//g'
	fi
}

# proves: linux.resources.blockIO.throttleReadBpsDevice
@test "update: throttled devices, one by one" {
	needs_controller "$([[ $CGROUP_WORLD == v1 ]] && echo blkio || echo io)"
	[[ $(disk) ]] || skip "needs a disk"
	resources "{ \"blockIO\": { $(rate throttleReadBpsDevice 1048576) } }"
	running
	local before after
	before=$(throttled)
	has "$before" 1048576
	# refused at the last: what was there is there again, and what was not is not
	try update --resources - "$ID" <<<"{ \"blockIO\": { $(rate throttleReadBpsDevice 4096),
		$(rate throttleWriteBpsDevice 8192), $(rate throttleWriteIOPSDevice 9 4000:1) } }"
	same "$status" 1
	has "$output" "throttleWriteIOPSDevice[0]"
	same "$(throttled)" "$before"
	update_json "{ \"blockIO\": { $(rate throttleWriteBpsDevice 8192) } }"
	after=$(throttled)
	has "$after" 1048576
	has "$after" 8192
	same "$(kept '.blockIO | keys')" '["throttleReadBpsDevice","throttleWriteBpsDevice"]'
	update_json "{ \"blockIO\": { $(rate throttleReadBpsDevice 2097152) } }"
	has "$(throttled)" 2097152
	same "$(kept '.blockIO.throttleReadBpsDevice | length')" 1
}

# --- what comes as JSON ---------------------------------------------------------------------------

@test "update: from a file and from standard input" {
	needs_controller pids
	resources '{}'
	running
	echo '{ "pids": { "limit": 30 } }' >"$BATS_TEST_TMPDIR/r.json"
	run_ok update --resources="$BATS_TEST_TMPDIR/r.json" "$ID"
	same "$(pids)" 30
	run_ok update -r - "$ID" <<<'{"pids":{"limit":31}}'
	same "$(pids)" 31
	try update --resources - "$ID" <<<'{ "pids": { "limit": "x" } }'
	same "$status" 1
	has "$output" "standard input:1: .pids.limit: must be a whole number"
	run_fail "no such file or directory" update --resources /nonexistent/r "$ID"
	same "$(pids)" 31
}

@test "update: a file and single options exclude each other" {
	running
	try update --resources - --pids-limit 5 "$ID" <<<'{}'
	same "$status" 1
	has "$output" "exclude each other"
	run_ok update --resources - "$ID" <<<'{}'
}

# What docker sends for `docker update --cpu-shares 512`: 0 is all that was not said.
@test "update: zeros and empty strings change nothing" {
	needs_controller memory
	needs_controller pids
	resources "{ \"memory\": { \"limit\": $((50 * M)), \"swap\": $((60 * M)) }, \"pids\": { \"limit\": 9 } }"
	running
	update_json '{ "memory": { "limit": 0, "reservation": 0, "kernel": 0, "swap": 0 },
		"cpu": { "shares": 0, "cpus": "", "mems": "" }, "blockIO": { "weight": 0 } }'
	same "$(memory)" $((50 * M))
	same "$(kept .memory)" "{\"limit\":$((50 * M)),\"swap\":$((60 * M))}"
	same "$(kept .pids.limit)" 9
	run_ok update --memory-swap 70m "$ID"
}

@test "update: what it does not name stays as somebody else has set it" {
	needs_controller memory
	needs_controller pids
	resources '{ "pids": { "limit": 50 } }'
	running
	local file
	file=$(find /sys/fs/cgroup -path "*/$ID/pids.max" | head -1)
	echo 60 >"$file"
	run_ok update --memory 50m "$ID"
	same "$(pids)" 60
}

# --- devices --------------------------------------------------------------------------------------

device_rule='{ "allow": true, "type": "c", "major": 10, "minor": 229, "access": "rwm" }'

# may_make: whether the container may make the device 10:229.
may_make()
{
	ocirun exec "$ID" sh -c 'rm -f /tmp/d; mknod /tmp/d c 10 229 && : <>/tmp/d || ! true' 2>&1 |
		grep -q "Operation not permitted" && return 1
	return 0
}

# proves: linux.resources.devices
@test "update: devices" {
	resources "{ \"devices\": [$device_rule] }"
	config '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'
	running
	may_make
	# said again, or not at all, it changes nothing
	update_json "{ \"devices\": [$device_rule] }"
	may_make
	update_json '{}'
	may_make
	same "$(kept '.devices | length')" 1
	update_json '{ "devices": [{ "allow": false }] }'
	if may_make; then
		die "the rule of before still holds"
	fi
	same "$(kept .devices)" '[{"allow":false}]'
	run_ok exec "$ID" sh -c 'echo x >/dev/null'
	update_json "{ \"devices\": [$device_rule] }"
	may_make
}

@test "update: shares of cache need linux.intelRdt from the beginning" {
	running
	run_fail "Intel RDT: the container was created without linux.intelRdt" \
		update --l3-cache-schema "L3:0=1" "$ID"
}

# --- all or nothing -------------------------------------------------------------------------------

@test "update: a wrong value, and nothing has changed" {
	needs_controller pids
	needs_controller memory
	resources '{ "pids": { "limit": 50 } }'
	running
	local before
	before=$(cat "$STATE/$ID/config.json")
	run_fail "--pids-limit: x: not a number" update --pids-limit x "$ID"
	run_fail "--memory: 12q: not a size" update --memory 12q "$ID"
	run_fail "--cpu-period: -5: not a number" update --cpu-period -5 "$ID"
	run_fail ".linux.resources.memory.swap: is less than memory.limit" \
		update --pids-limit 20 --memory 50m --memory-swap 40m "$ID"
	same "$(pids)" 50
	same "$(cat "$STATE/$ID/config.json")" "$before"
}

# bats test_tags=guest
@test "update: what the kernel refuses takes all the rest with it" {
	needs_controller pids
	needs_controller cpu
	resources '{}'
	running
	local quota before
	quota=$(limit cpu cpu.cfs_quota_us cpu.max)
	before=$(cat "$STATE/$ID/config.json")
	# pids are written behind cpu, and no pid_max is as large
	run_fail "pids.limit: write" update --cpu-quota 50000 --pids-limit 999999999999 "$ID"
	same "$(limit cpu cpu.cfs_quota_us cpu.max)" "$quota"
	same "$(pids)" max
	same "$(cat "$STATE/$ID/config.json")" "$before"
}

@test "update: memory and swap are put back in the order that works" {
	needs_world v1
	needs_controller memory
	needs_controller cpu
	resources '{}'
	running
	run_fail "cpu.cpus: write" update --memory 60m --memory-swap 70m --cpuset-cpus 4000 "$ID"
	(($(memory) > 1 << 60))
	(($(memory_and_swap) > 1 << 60))
}

@test "update: when it cannot be kept, it does not hold" {
	needs_controller pids
	resources '{ "pids": { "limit": 50 } }'
	running
	mkdir "$STATE/$ID/config.json.tmp"
	run_fail "config.json" update --pids-limit 20 "$ID"
	rmdir "$STATE/$ID/config.json.tmp"
	same "$(pids)" 50
	run_ok update --pids-limit 20 "$ID"
}

# --- the container ---------------------------------------------------------------------------------

@test "update: created, running, paused and stopped" {
	needs_controller pids
	resources '{}'
	args sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok update --pids-limit 20 "$ID"
	same "$(pids)" 20
	run_ok start "$ID"
	run_ok update --pids-limit 21 "$ID"
	run_ok pause "$ID"
	run_ok update --pids-limit 22 "$ID"
	has_status "$ID" paused
	same "$(pids)" 22
	run_ok resume "$ID"
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_status 1 update --pids-limit 23 "$ID"
	has "$output" "container not running"
	run_fail "container does not exist" update --pids-limit 23 nobody
}

@test "update: what a later exec and delete need of the configuration is kept" {
	needs_controller pids
	config '.hooks.poststop = [{ path: "/bin/touch", args: ["touch", $ARGS.positional[0]] }]
		| .process.env += ["A=b"]' --args -- "$BATS_TEST_TMPDIR/poststop"
	running
	run_ok update --pids-limit 20 "$ID"
	run_ok exec "$ID" sh -c 'echo $A'
	same "$output" b
	run_ok delete --force "$ID"
	[[ -e $BATS_TEST_TMPDIR/poststop ]]
}

@test "update: a container without a cgroup" {
	resources '{}'
	args sleep 1000
	run_ok --cgroup-manager disabled run --detach --bundle "$BUNDLE" "$ID"
	run_fail ".linux.resources.pids.limit: needs a cgroup, and the container has none" \
		update --pids-limit 20 "$ID"
	run_ok --cgroup-manager disabled delete --force "$ID"
}

@test "update: a controller that is not there" {
	needs_world v2
	! grep -qw cpu /sys/fs/cgroup/cgroup.controllers || skip "needs a v2 without the cpu controller"
	running
	run_fail "cpu.shares: this host has no cpu controller" update --cpu-share 200 "$ID"
}

@test "update: two at a time, and both hold" {
	needs_controller pids
	needs_controller memory
	resources '{}'
	running
	for n in 1 2 3 4 5; do
		background ocirun update --pids-limit 2$n "$ID"
		run_ok update --memory 6${n}m "$ID"
		wait "$background"
		same "$(kept .pids.limit):$(kept .memory.limit)" "2$n:$((60 * M + n * M))"
	done
}
