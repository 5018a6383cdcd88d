#!/usr/bin/env bats
#
# Cgroups: where they are, what their limits are and do, freezing, and their end.  tests/run-bats
# runs this file in both worlds of cgroups; a controller that the world lacks is a skip.

load helpers

# What is left of a path that a test gave: the runtime removes the container's cgroup alone, for the
# ones above may be others' as well.
teardown()
{
	if [[ -n ${PARENT:-} ]]; then
		local world
		for world in "" v2; do
			[[ $world != v2 || -e $BATS_TEST_TMPDIR/was-in-v2 ]] || continue
			$world delete_containers
			$world remove_parents
		done
	fi
	servin_teardown
}

remove_parents()
{
	find /sys/fs/cgroup -depth -type d -path "*/$TAG-*" -exec rmdir {} + 2>/dev/null
}

# v1|v2 FILE: the file in this world.
in_world()
{
	if [[ $CGROUP_WORLD == v2 ]]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# limit CONTROLLER V1-FILE V2-FILE: what stands there for $ID.
limit()
{
	local file=$2

	[[ $CGROUP_WORLD == v1 ]] || file=$3
	cgroup_value "$ID" "$1" "$file"
}

resources()
{
	config --argjson r "$1" '.linux.resources = $r'
}

path_of()
{
	sed -n -E "s/^$(in_world "[0-9]*:pids" 0:):(.*)/\1/p" "/proc/$1/cgroup"
}

# --- where ------------------------------------------------------------------------------

# bats test_tags=guest
# proves: linux.cgroupsPath
@test "cgroups: without a path it is named after the container" {
	config 'del(.linux.cgroupsPath)'
	running
	local pid hierarchies
	pid=$(pid_of "$ID")
	same "$(path_of "$pid")" "/$ID"
	hierarchies=$(hierarchies | wc -l)
	# every hierarchy that is mounted has it
	same "$(cgroup_dirs "$ID" | wc -l)" "$hierarchies"
	run_ok delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

# proves: linux.cgroupsPath
@test "cgroups: absolute and relative paths" {
	PARENT=$TAG
	config --arg p "/$TAG-a//./b/c/" '.linux.cgroupsPath = $p'
	running
	same "$(path_of "$(pid_of "$ID")")" "/$TAG-a/b/c"
	run_ok delete --force "$ID"
	[[ -z $(find /sys/fs/cgroup -path "*/$TAG-a/b/c") ]]
	config --arg p "$TAG-r/x" '.linux.cgroupsPath = $p'
	running
	same "$(path_of "$(pid_of "$ID")")" "/$TAG-r/x"
	run_ok delete --force "$ID"
	[[ -z $(find /sys/fs/cgroup -path "*/$TAG-r/x") ]]
}

@test "cgroups: paths that are none" {
	config '.linux.cgroupsPath = "/a/../../b"'
	run_fail 'cgroup path "/a/../../b" has ".." in it' run --bundle "$BUNDLE" "$ID"
	config '.linux.cgroupsPath = "/"'
	run_fail 'cgroup path "/" is the root of the hierarchy' run --bundle "$BUNDLE" "$ID"
	config '.linux.cgroupsPath = "./."'
	run_fail 'is the root of the hierarchy' run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

@test "cgroups: what the container sees of them" {
	container_ok 'cat /proc/self/cgroup; grep " /sys/fs/cgroup" /proc/self/mountinfo; mkdir /sys/fs/cgroup/x || true;
		echo $$ >/sys/fs/cgroup/cgroup.procs || true'
	# with a cgroup namespace its own is the root
	has_not "$output" "$ID"
	has "$output" " /sys/fs/cgroup"
	same "$(awk '/ - cgroup/ && $6 ~ /^rw/' <<<"$output")" ""
	has "$output" "Read-only file system"
}

@test "cgroups: without a cgroup namespace only its own part is mounted" {
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
	running
	local pid files
	pid=$(pid_of "$ID")
	has "$(</proc/"$pid"/cgroup)" "/$ID"
	files=$(find "/proc/$pid/root/sys/fs/cgroup" -name cgroup.procs)
	[[ -n $files ]]
	for file in $files; do
		# in the container's pid namespace it is 1; seen from here it is $pid
		same "$(<"$file")" "$pid"
	done
}

# --- limits --------------------------------------------------------------------------------

# proves: linux.resources.memory.limit, linux.resources.memory.reservation
@test "cgroups: memory" {
	needs_controller memory
	resources '{ "memory": { "limit": 67108864, "reservation": 33554432 } }'
	running
	same "$(limit memory memory.limit_in_bytes memory.max)" 67108864
	same "$(limit memory memory.soft_limit_in_bytes memory.low)" 33554432
}

# proves: linux.resources.memory.swap
@test "cgroups: memory and swap" {
	needs_controller memory
	resources '{ "memory": { "limit": 67108864, "swap": 100663296 } }'
	running
	same "$(limit memory memory.memsw.limit_in_bytes memory.swap.max)" "$(in_world 100663296 33554432)"
	run_ok delete --force "$ID"
	resources '{ "memory": { "limit": 67108864, "swap": -1 } }'
	running
	same "$(limit memory memory.memsw.limit_in_bytes memory.swap.max)" "$(in_world 9223372036854771712 max)"
	run_ok delete --force "$ID"
	resources '{ "memory": { "limit": -1 } }'
	running
	same "$(limit memory memory.limit_in_bytes memory.max)" "$(in_world 9223372036854771712 max)"
}

# proves: linux.resources.memory.swappiness, linux.resources.memory.disableOOMKiller
# proves: linux.resources.memory.kernel, linux.resources.memory.kernelTCP
@test "cgroups: memory settings of v1" {
	needs_world v1
	needs_controller memory
	resources '{ "memory": { "limit": 67108864, "swappiness": 7, "disableOOMKiller": true } }'
	running
	same "$(limit memory memory.swappiness)" 7
	has "$(limit memory memory.oom_control)" "oom_kill_disable 1"
}

# proves: linux.resources.memory.checkBeforeUpdate
@test "cgroups: too much memory is the end" {
	needs_controller memory
	resources '{ "memory": { "limit": 16777216, "swap": 16777216 } }'
	args sh -c 'tail /dev/zero'
	try run --bundle "$BUNDLE" "$ID"
	same "$status" 137
}

# proves: linux.resources.cpu.shares, linux.resources.cpu.quota, linux.resources.cpu.period
# proves: linux.resources.cpu.burst, linux.resources.cpu.idle
@test "cgroups: cpu" {
	needs_controller cpu
	resources '{ "cpu": { "shares": 512, "quota": 20000, "period": 50000 } }'
	running
	if [[ $CGROUP_WORLD == v1 ]]; then
		same "$(limit cpu cpu.shares)" 512
		same "$(limit cpu cpu.cfs_quota_us)" 20000
		same "$(limit cpu cpu.cfs_period_us)" 50000
	else
		# 10^((l^2 + 125 l) / 612 - 7/34) for l = 9
		same "$(limit cpu "" cpu.weight)" 59
		same "$(limit cpu "" cpu.max)" "20000 50000"
	fi
	run_ok delete --force "$ID"
	resources '{ "cpu": { "period": 30000 } }'
	running
	same "$(limit cpu cpu.cfs_period_us cpu.max)" "$(in_world 30000 "max 30000")"
	run_ok delete --force "$ID"
	resources '{ "cpu": { "quota": -1, "idle": 1 } }'
	running
	same "$(limit cpu cpu.idle cpu.idle)" 1
	same "$(limit cpu cpu.cfs_quota_us cpu.max)" "$(in_world -1 "max 100000")"
}

# proves: linux.resources.cpu.cpus, linux.resources.cpu.mems
@test "cgroups: cpuset" {
	needs_controller cpuset
	resources '{ "cpu": { "cpus": "0", "mems": "0" } }'
	running
	same "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	same "$(limit cpuset cpuset.mems cpuset.mems)" 0
	has "$(grep Cpus_allowed_list "/proc/$(pid_of "$ID")/status")" $'\t0'
	run_ok delete --force "$ID"
	# in a new one deep down, too
	PARENT=$TAG
	config --arg p "/$TAG-d/e/f" '.linux.cgroupsPath = $p'
	running
	same "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	run_ok delete --force "$ID"
	resources '{ "cpu": { "cpus": "0-100000" } }'
	run_fail "cgroup: cpu.cpus: write" run --bundle "$BUNDLE" "$ID"
	[[ -z $(find /sys/fs/cgroup -path "*$TAG-d/e/f") ]]
}

# proves: linux.resources.pids.limit
@test "cgroups: pids" {
	needs_controller pids
	resources '{ "pids": { "limit": 5 } }'
	running
	same "$(limit pids pids.max pids.max)" 5
	run_ok delete --force "$ID"
	container 'for i in 1 2 3 4 5 6 7 8; do sleep 0.01 & done; wait'
	has "$output" "can't fork"
	for none in -1 -5; do
		resources "{ \"pids\": { \"limit\": $none } }"
		running
		same "$(limit pids pids.max pids.max)" max
		run_ok delete --force "$ID"
	done
	# 0 is a limit: then nothing more can be forked
	resources '{ "pids": { "limit": 0 } }'
	container 'sleep 0 & echo forked'
	has "$output" "can't fork"
}

@test "cgroups: limits hold for exec" {
	needs_controller pids
	resources '{ "pids": { "limit": 5 } }'
	running
	try exec "$ID" sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 0.01 & done; wait'
	has "$output" "can't fork"
}

@test "cgroups: wrong limits, and nothing is left" {
	resources '{ "memory": { "limit": 1000000, "swap": 10 } }'
	run_fail ".linux.resources.memory.swap: is less than memory.limit: it counts memory and swap together" \
		run --bundle "$BUNDLE" "$ID"
	resources '{ "memory": { "swap": 10 } }'
	run_fail ".linux.resources.memory.swap: needs memory.limit beside it" run --bundle "$BUNDLE" "$ID"
	resources '{ "memory": { "limit": "1m" } }'
	run_fail ".linux.resources.memory.limit: must be a whole number" run --bundle "$BUNDLE" "$ID"
	resources '{ "pids": {} }'
	try run --bundle "$BUNDLE" "$ID"
	resources '{ "blockIO": { "weight": 100 } }'
	run_fail ".linux.resources.blockIO: is not supported yet" run --bundle "$BUNDLE" "$ID"
	resources '{ "network": { "classID": 1 } }'
	run_fail ".linux.resources.network: is not supported yet" run --bundle "$BUNDLE" "$ID"
	resources '{ "hugepageLimits": [{ "pageSize": "2MB", "limit": 0 }] }'
	run_fail ".linux.resources.hugepageLimits: is not supported yet" run --bundle "$BUNDLE" "$ID"
	resources '{ "rdma": { "x": { "hcaHandles": 1 } } }'
	run_fail ".linux.resources.rdma: is not supported yet" run --bundle "$BUNDLE" "$ID"
	same "$(cgroup_dirs "$ID")" ""
	state_is_empty
}

# proves: linux.resources.memory.useHierarchy
@test "cgroups: memory.useHierarchy is always on" {
	resources '{ "memory": { "useHierarchy": false } }'
	run_fail ".linux.resources.memory.useHierarchy: cannot be turned off: " run --bundle "$BUNDLE" "$ID"
	same "$(cgroup_dirs "$ID")" ""
	resources '{ "memory": { "useHierarchy": true } }'
	container_ok 'echo well'
	same "$output" well
}

@test "cgroups: what only v1 has" {
	needs_world v2
	resources '{ "memory": { "swappiness": 7 } }'
	run_fail ".linux.resources.memory.swappiness: cgroup v2 has no such setting" run --bundle "$BUNDLE" "$ID"
	resources '{ "memory": { "disableOOMKiller": true } }'
	run_fail ".linux.resources.memory.disableOOMKiller: cgroup v2 has no such setting" run --bundle "$BUNDLE" "$ID"
}

@test "cgroups: a controller that is not there" {
	needs_world v2
	! grep -qw memory /sys/fs/cgroup/cgroup.controllers || skip "memory is there"
	resources '{ "memory": { "limit": 67108864 } }'
	run_fail "this host has no memory controller in /sys/fs/cgroup/$ID/cgroup.controllers" run --bundle "$BUNDLE" "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

@test "cgroups: unified is for v2" {
	needs_world v1
	resources '{ "unified": { "memory.max": "1000000" } }'
	run_fail ".linux.resources.unified: is for cgroup v2, and this host has v1" run --bundle "$BUNDLE" "$ID"
}

# proves: linux.resources.unified
@test "cgroups: unified" {
	needs_world v2
	resources '{ "unified": { "cgroup.max.descendants": "3", "cgroup.max.depth": "2" } }'
	running
	same "$(limit "" "" cgroup.max.descendants)" 3
	same "$(limit "" "" cgroup.max.depth)" 2
	run_ok delete --force "$ID"
	for key in cgroup.procs cgroup.kill cgroup.freeze cgroup.type cgroup.subtree_control; do
		resources "{ \"unified\": { \"$key\": \"1\" } }"
		run_fail ".linux.resources.unified[\"$key\"]: is not for a container's configuration to write" \
			run --bundle "$BUNDLE" "$ID"
	done
	for key in ../memory.max a/b.c plain .hidden; do
		resources "{ \"unified\": { \"$key\": \"1\" } }"
		run_fail ".linux.resources.unified[\"$key\"]: is no name of a file of a cgroup" run --bundle "$BUNDLE" "$ID"
	done
	resources '{ "unified": { "nosuch.max": "1" } }'
	run_fail "this host has no nosuch controller in /sys/fs/cgroup/$ID/cgroup.controllers" run --bundle "$BUNDLE" "$ID"
	resources '{ "unified": { "cgroup.max.depth": "deep" } }'
	run_fail 'unified["cgroup.max.depth"]: write' run --bundle "$BUNDLE" "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

# proves: linux.resources.unified
@test "cgroups: unified of a controller" {
	needs_world v2
	needs_controller hugetlb
	resources '{ "unified": { "hugetlb.2MB.max": "4194304" } }'
	running
	same "$(limit "" "" hugetlb.2MB.max)" 4194304
}

# --- freezing ------------------------------------------------------------------------------------

ticks_of()
{
	stat -c '%s' "$BUNDLE/rootfs/tmp/ticks"
}

more_ticks()
{
	(($(ticks_of) > $1))
}

# bats test_tags=guest
@test "cgroups: a paused container stands still, with all of its processes" {
	config '.process.args = ["sh", "-c", "sh -c \"while :; do echo >>/tmp/ticks; usleep 1000; done\" & wait"]'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until more_ticks 3
	run_ok pause "$ID"
	same "$(status_of "$ID")" paused
	local before
	before=$(ticks_of)
	# the time in which a running one makes more
	for _ in 1 2 3 4 5; do
		sleep 0.02
		same "$(ticks_of)" "$before"
	done
	run_status 255 exec "$ID" true
	has "$output" "cannot exec in a paused container"
	run_ok resume "$ID"
	same "$(status_of "$ID")" running
	wait_until more_ticks "$before"
}

@test "cgroups: a paused container can be deleted by force" {
	running
	run_ok pause "$ID"
	run_ok delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

# --- others' cgroups -----------------------------------------------------------------------------

# hierarchies: the mount points.
hierarchies()
{
	awk '$3 ~ /^cgroup/ && $2 ~ /^.sys.fs.cgroup/ { print $2 }' /proc/mounts
}

@test "cgroups: one that has processes is refused" {
	local dir
	background sleep 1000
	for dir in $(hierarchies); do
		[[ $dir != */cpuset ]] || continue
		mkdir "$dir/$ID"
		echo "$background" >"$dir/$ID/cgroup.procs"
		run_fail "cgroup: container's cgroup is not empty: 1 process(es) found" run --bundle "$BUNDLE" "$ID"
		# and neither it nor its process is touched
		grep -qx "$background" "$dir/$ID/cgroup.procs"
		alive "$background"
		echo "$background" >"$dir/cgroup.procs"
		rmdir "$dir/$ID"
		same "$(cgroup_dirs "$ID")" ""
	done
}

@test "cgroups: one that is frozen is refused" {
	local dir
	for dir in $(hierarchies); do
		mkdir "$dir/$ID"
		if [[ -e $dir/$ID/freezer.state ]]; then
			echo FROZEN >"$dir/$ID/freezer.state"
		elif [[ -e $dir/$ID/cgroup.freeze ]]; then
			echo 1 >"$dir/$ID/cgroup.freeze"
		else
			rmdir "$dir/$ID"
			continue
		fi
		run_fail "cgroup: container's cgroup is frozen" run --bundle "$BUNDLE" "$ID"
		rmdir "$dir/$ID"
	done
	container_ok 'echo well'
	same "$output" well
}

@test "cgroups: one that is empty is taken" {
	local dir
	for dir in $(hierarchies); do
		mkdir "$dir/$ID"
	done
	container_ok 'echo well'
	same "$output" well
}

# --- the end ---------------------------------------------------------------------------------------

# bats test_tags=guest
@test "cgroups: removed with all that was made inside" {
	config '[ "CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE" ] as $c | .process.capabilities = { bounding: $c, permitted: $c, effective: $c }
		| (.mounts[] | select(.type == "cgroup") | .options) -= ["ro"]'
	args sh -c 'for d in /sys/fs/cgroup /sys/fs/cgroup/*; do
			[ -e $d/cgroup.procs ] || continue
			# an empty cpuset of v1 takes no process
			[ ! -e $d/cpuset.cpus ] || [ -e $d/cgroup.controllers ] || continue
			mkdir -p $d/one/deep $d/two; sleep 1000 & echo $! >$d/one/deep/cgroup.procs
		done; touch /tmp/done; exec sleep 1000'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -e "$BUNDLE/rootfs/tmp/done"
	[[ -n $(find /sys/fs/cgroup -path "*/$ID/one/deep") ]]
	run_ok delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
	no_processes
}

@test "cgroups: removed when run ends" {
	container_ok 'sleep 1000 & exit 0'
	same "$(cgroup_dirs "$ID")" ""
	container 'kill -9 $$; exit 3'
	same "$(cgroup_dirs "$ID")" ""
}

# proves: §3.6
@test "cgroups: removed when create fails" {
	config '.mounts += [{ destination: "/x", type: "nosuchfs" }]'
	run_fail "nosuchfs" create --bundle "$BUNDLE" "$ID"
	same "$(cgroup_dirs "$ID")" ""
	state_is_empty
}

@test "cgroups: processes that outlive init without a pid namespace" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	args sh -c 'setsid sleep 1000 & setsid sleep 1001 & exec sleep 0.05'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	[[ -n $(our_processes) ]]
	run_ok delete --force "$ID"
	no_processes
	same "$(cgroup_dirs "$ID")" ""
}

# --- managers -------------------------------------------------------------------------------------------

@test "cgroups: the disabled manager leaves it in ours" {
	resources '{}'
	shell 'exec sleep 1000'
	run_ok --cgroup-manager disabled run --detach --bundle "$BUNDLE" "$ID"
	same "$(path_of "$(pid_of "$ID")")" "$(path_of self)"
	same "$(cgroup_dirs "$ID")" ""
	run_ok --cgroup-manager disabled delete --force "$ID"
}

@test "cgroups: the disabled manager refuses limits" {
	resources '{ "pids": { "limit": 5 } }'
	run_fail ".linux.resources.pids.limit: needs a cgroup, and the container has none" \
		--cgroup-manager disabled run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

@test "cgroups: other managers" {
	run_fail "systemd" --cgroup-manager systemd run --bundle "$BUNDLE" "$ID"
	run_fail "nosuch" --cgroup-manager nosuch run --bundle "$BUNDLE" "$ID"
	state_is_empty
}
