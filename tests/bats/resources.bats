#!/usr/bin/env bats
#
# The limits of a container: each property of .linux.resources takes effect, and a wrong value or one
# that the kernel lacks is named, with nothing left.  tests/run-bats runs this file in both worlds of
# cgroups and where v1 has all controllers; a controller that a world lacks is a skip.

load helpers

teardown()
{
	local loop

	if [[ -e $BATS_TEST_TMPDIR/loop ]]; then
		loop=$(<"$BATS_TEST_TMPDIR/loop")
		echo none >"/sys/block/${loop##*/}/queue/scheduler"
		losetup --detach "$loop"
	fi
	[[ -z ${PARENT:-} ]] || delete_containers
	[[ -z ${PARENT:-} ]] || find /sys/fs/cgroup -depth -type d -name "$PARENT" -exec rmdir {} +
	servin_teardown
}

# wrong RESOURCES WORDS: it is not created, these words say why, and nothing is left.
wrong()
{
	resources "$1"
	run_status 1 create --bundle "$BUNDLE" "$ID"
	has "$output" "$2"
	same "$(cgroup_dirs "$ID")" ""
	state_is_empty
}

# A whole disk's number, as in 254:0.
disk()
{
	cat /sys/block/*/dev | head -n 1
}

# on_disk NAME [MEMBERS]: RESOURCES with one item for that disk in a list of blockIO.
on_disk()
{
	jq -n -c --arg name "$1" --arg disk "$(disk)" --argjson members "$2" \
		'($disk | split(":") | map(tonumber)) as [$major, $minor]
		| { blockIO: { ($name): [{ $major, $minor } + $members] } }'
}

# bfq_disk: sets $bfq to the number of a disk that bfq schedules.
bfq_disk()
{
	local loop

	truncate -s 1M "$BATS_TEST_TMPDIR/disk"
	loop=$(losetup --find --show "$BATS_TEST_TMPDIR/disk" 2>/dev/null) || skip "needs a loop device"
	echo "$loop" >"$BATS_TEST_TMPDIR/loop"
	echo bfq 2>/dev/null >"/sys/block/${loop##*/}/queue/scheduler" || skip "needs the bfq scheduler"
	bfq=$(<"/sys/block/${loop##*/}/dev")
}

# --- memory ------------------------------------------------------------------------------

# proves: linux.resources.memory.limit, linux.resources.memory.reservation
@test "resources: memory" {
	needs_controller memory
	resources '{ "memory": { "limit": 67108864, "reservation": 33554432 } }'
	running
	same "$(limit memory memory.limit_in_bytes memory.max)" 67108864
	same "$(limit memory memory.soft_limit_in_bytes memory.low)" 33554432
}

# bats test_tags=guest
# proves: linux.resources.memory.swap
@test "resources: memory and swap" {
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
	run_ok delete --force "$ID"
	# no swap at all
	resources '{ "memory": { "limit": 67108864, "swap": 67108864 } }'
	running
	same "$(limit memory memory.memsw.limit_in_bytes memory.swap.max)" "$(in_world 67108864 0)"
}

# proves: linux.resources.memory.swappiness, linux.resources.memory.disableOOMKiller
@test "resources: memory settings of v1" {
	needs_world v1
	needs_controller memory
	resources '{ "memory": { "limit": 67108864, "swappiness": 7, "disableOOMKiller": true } }'
	running
	same "$(limit memory memory.swappiness)" 7
	has "$(limit memory memory.oom_control)" "oom_kill_disable 1"
	run_ok delete --force "$ID"
	resources '{ "memory": { "swappiness": 0, "disableOOMKiller": false } }'
	running
	same "$(limit memory memory.swappiness)" 0
	has "$(limit memory memory.oom_control)" "oom_kill_disable 0"
}

# proves: linux.resources.memory.disableOOMKiller
@test "resources: the OOM killer is on when asked for, whatever the cgroup above has" {
	needs_world v1
	needs_controller memory
	PARENT=servin-parent-$TAG
	mkdir "/sys/fs/cgroup/memory/$PARENT"
	echo 1 >"/sys/fs/cgroup/memory/$PARENT/memory.oom_control"
	config --arg p "/$PARENT/$ID" '.linux.cgroupsPath = $p'
	resources '{ "memory": { "disableOOMKiller": false } }'
	running
	has "$(limit memory memory.oom_control)" "oom_kill_disable 0"
}

# proves: linux.resources.memory.kernel, linux.resources.memory.kernelTCP
@test "resources: kernel memory is told to be without effect" {
	needs_controller memory
	resources '{ "memory": { "kernel": 10000000 } }'
	container 'echo well'
	has "$output" "warning: memory.kernel has no effect: Linux has dropped it"
	has "$output" well
	resources '{ "memory": { "kernelTCP": 10002432 } }'
	running
	if [[ $CGROUP_WORLD == v2 ]]; then
		has "$output" "warning: memory.kernelTCP has no effect: Linux has dropped it"
	elif [[ -e /sys/fs/cgroup/memory/memory.kmem.tcp.limit_in_bytes ]]; then
		same "$(limit memory memory.kmem.tcp.limit_in_bytes)" 10002432
	fi
}

# proves: linux.resources.memory.checkBeforeUpdate
@test "resources: a limit below what is in use" {
	needs_controller memory
	needs_cmd dd
	local dir file
	dir=/sys/fs/cgroup$(in_world /memory "")
	mkdir "$dir/$ID"
	[[ $CGROUP_WORLD == v1 ]] || [[ -e $dir/$ID/memory.max ]] || echo +memory >"$dir/cgroup.subtree_control"
	# What a process that is gone wrote to memory is still the cgroup's.
	file=$(mktemp /dev/shm/servin.XXXXXX)
	bash -c 'echo $$ >"$1" && exec dd if=/dev/zero of="$2" bs=1M count=20 status=none' \
		bash "$dir/$ID/cgroup.procs" "$file"
	resources '{ "memory": { "limit": 8388608, "checkBeforeUpdate": true } }'
	try create --bundle "$BUNDLE" "$ID"
	rm "$file"
	[[ ! -d $dir/$ID ]] || rmdir "$dir/$ID"
	same "$status" 1
	has "$output" "cgroup: memory.limit: is below the "
	has "$output" " bytes in use"
	resources '{ "memory": { "limit": 8388608, "checkBeforeUpdate": true } }'
	container_ok 'echo well'
}

# bats test_tags=guest
# proves: linux.resources.memory.limit
@test "resources: too much memory is the end" {
	needs_controller memory
	resources '{ "memory": { "limit": 16777216, "swap": 16777216 } }'
	args sh -c 'tail /dev/zero'
	try run --bundle "$BUNDLE" "$ID"
	same "$status" 137
}

# proves: linux.resources.memory.useHierarchy
@test "resources: memory.useHierarchy is always on" {
	resources '{ "memory": { "useHierarchy": false } }'
	run_fail ".linux.resources.memory.useHierarchy: cannot be turned off: " run --bundle "$BUNDLE" "$ID"
	same "$(cgroup_dirs "$ID")" ""
	resources '{ "memory": { "useHierarchy": true } }'
	container_ok 'echo well'
	same "$output" well
}

# proves: linux.resources.memory.swap, linux.resources.memory.swappiness, §3.8
@test "resources: wrong values of memory" {
	wrong '{ "memory": { "limit": 1000000, "swap": 10 } }' \
		".linux.resources.memory.swap: is less than memory.limit: it counts memory and swap together"
	wrong '{ "memory": { "swap": 10 } }' ".linux.resources.memory.swap: needs memory.limit beside it"
	wrong '{ "memory": { "limit": "1m" } }' ".linux.resources.memory.limit: must be a whole number"
	if [[ $CGROUP_WORLD == v1 ]]; then
		wrong '{ "memory": { "swappiness": 101 } }' \
			".linux.resources.memory.swappiness: must be from 0 to 100"
	else
		wrong '{ "memory": { "swappiness": 7 } }' \
			".linux.resources.memory.swappiness: cgroup v2 has no such setting"
		wrong '{ "memory": { "disableOOMKiller": true } }' \
			".linux.resources.memory.disableOOMKiller: cgroup v2 has no such setting"
	fi
}

# --- cpu ---------------------------------------------------------------------------------

# bats test_tags=guest
# proves: linux.resources.cpu.shares, linux.resources.cpu.quota, linux.resources.cpu.period
# proves: linux.resources.cpu.burst, linux.resources.cpu.idle
@test "resources: cpu" {
	needs_controller cpu
	resources '{ "cpu": { "shares": 512, "quota": 20000, "period": 50000, "burst": 10000 } }'
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
	same "$(limit cpu cpu.cfs_burst_us cpu.max.burst)" 10000
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

# proves: linux.resources.cpu.realtimePeriod, linux.resources.cpu.realtimeRuntime
@test "resources: realtime" {
	needs_world v1
	needs_controller cpu
	[[ -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ]] || skip "needs realtime scheduling of groups"
	# each order of the two, for the one bounds the other
	for pair in "2000000 1500000" "500000 1000"; do
		resources "{ \"cpu\": { \"realtimePeriod\": ${pair% *}, \"realtimeRuntime\": ${pair#* } } }"
		running
		same "$(limit cpu cpu.rt_period_us) $(limit cpu cpu.rt_runtime_us)" "$pair"
		run_ok delete --force "$ID"
	done
}

# proves: linux.resources.cpu.realtimeRuntime
@test "resources: realtime that the cgroup above does not have" {
	needs_world v1
	needs_controller cpu
	[[ -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ]] || skip "needs realtime scheduling of groups"
	PARENT=servin-parent-$TAG
	config --arg p "/$PARENT/$ID" '.linux.cgroupsPath = $p'
	wrong '{ "cpu": { "realtimeRuntime": 1000 } }' \
		"cpu.realtimeRuntime: write \"1000\" to /sys/fs/cgroup/cpu/$PARENT/$ID/cpu.rt_runtime_us: invalid argument; the cgroup above has 0"
}

# proves: linux.resources.cpu.realtimePeriod, linux.resources.cpu.realtimeRuntime
@test "resources: realtime where there is none" {
	if [[ $CGROUP_WORLD == v2 ]]; then
		wrong '{ "cpu": { "realtimeRuntime": 1000 } }' \
			".linux.resources.cpu.realtimeRuntime: cgroup v2 has no such setting"
		wrong '{ "cpu": { "realtimePeriod": 1000 } }' \
			".linux.resources.cpu.realtimePeriod: cgroup v2 has no such setting"
	else
		needs_controller cpu
		[[ ! -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ]] || skip "this kernel has it"
		wrong '{ "cpu": { "realtimeRuntime": 1000 } }' \
			"cpu.realtimeRuntime: this kernel has no realtime scheduling of groups (CONFIG_RT_GROUP_SCHED)"
	fi
}

# proves: linux.resources.cpu.quota, linux.resources.cpu.period, linux.resources.cpu.burst
# proves: linux.resources.cpu.idle, linux.resources.cpu.realtimeRuntime
@test "resources: wrong values of cpu" {
	wrong '{ "cpu": { "period": 10 } }' ".linux.resources.cpu.period: must be from 1000 to 1000000 microseconds"
	wrong '{ "cpu": { "quota": 999 } }' ".linux.resources.cpu.quota: must be at least 1000 microseconds"
	wrong '{ "cpu": { "quota": 5000, "burst": 5001 } }' ".linux.resources.cpu.burst: is above cpu.quota"
	# of two mistakes the first
	wrong '{ "cpu": { "period": 10, "idle": 2 }, "blockIO": { "weight": 1 } }' \
		".linux.resources.cpu.idle: must be 0 or 1"
	wrong '{ "cpu": { "idle": 2 } }' ".linux.resources.cpu.idle: must be 0 or 1"
	if [[ $CGROUP_WORLD == v1 ]]; then
		wrong '{ "cpu": { "shares": 1 } }' ".linux.resources.cpu.shares: must be from 2 to 262144"
		wrong '{ "cpu": { "realtimePeriod": 1000, "realtimeRuntime": 1001 } }' \
			".linux.resources.cpu.realtimeRuntime: is above cpu.realtimePeriod"
	fi
}

# bats test_tags=guest
# proves: linux.resources.cpu.cpus, linux.resources.cpu.mems
@test "resources: cpuset" {
	needs_controller cpuset
	resources '{ "cpu": { "cpus": "0", "mems": "0" } }'
	running
	same "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	same "$(limit cpuset cpuset.mems cpuset.mems)" 0
	has "$(grep Cpus_allowed_list "/proc/$(pid_of "$ID")/status")" $'\t0'
	run_ok delete --force "$ID"
	# in a new one deep down, too
	PARENT=servin-parent-$TAG
	config --arg p "/$PARENT/f" '.linux.cgroupsPath = $p'
	running
	same "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	run_ok delete --force "$ID"
	resources '{ "cpu": { "cpus": "0-100000" } }'
	run_fail "cgroup: cpu.cpus: write" run --bundle "$BUNDLE" "$ID"
	[[ -z $(find /sys/fs/cgroup -path "*$PARENT/f") ]]
}

# --- pids --------------------------------------------------------------------------------

# bats test_tags=guest
# proves: linux.resources.pids.limit
@test "resources: pids" {
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

# proves: linux.resources.pids.limit
@test "resources: limits hold for exec" {
	needs_controller pids
	resources '{ "pids": { "limit": 5 } }'
	running
	try exec "$ID" sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 0.01 & done; wait'
	has "$output" "can't fork"
}

# --- block devices -----------------------------------------------------------------------

# proves: linux.resources.blockIO.weight
@test "resources: blockIO.weight" {
	needs_controller "$(in_world blkio io)"
	resources '{ "blockIO": { "weight": 500 } }'
	try run --detach --bundle "$BUNDLE" "$ID"
	args sleep 1000
	if [[ $status != 0 ]]; then
		has "$output" "blockIO.weight: this kernel has no I/O weights (by bfq or io.cost): there is no "
		skip "needs weights for block devices"
	fi
	run_ok delete --force "$ID"
	running
	if [[ $CGROUP_WORLD == v1 ]]; then
		same "$(limit blkio blkio.bfq.weight)" 500
	elif same "$(limit io "" io.bfq.weight)" "default 500" 2>/dev/null; then
		:
	else
		# 1 + (500 - 10) * 9999 / 990
		same "$(limit io "" io.weight)" "default 4950"
	fi
}

# proves: linux.resources.blockIO.weightDevice
@test "resources: blockIO.weightDevice" {
	local weights
	needs_controller "$(in_world blkio io)"
	bfq_disk
	resources "{ \"blockIO\": { \"weight\": 100, \"weightDevice\": [
		{ \"major\": ${bfq%:*}, \"minor\": ${bfq#*:}, \"weight\": 300 }] } }"
	running
	weights=$(limit "$(in_world blkio io)" blkio.bfq.weight_device io.bfq.weight)
	has "$weights" "$bfq 300"
	has "$weights" "default 100"
}

# proves: linux.resources.blockIO.weightDevice
@test "resources: a weight for a device that has none" {
	needs_controller "$(in_world blkio io)"
	truncate -s 1M "$BATS_TEST_TMPDIR/disk"
	wrong "$(on_disk weightDevice '{ "weight": 300 }')" "blockIO.weightDevice[0]: "
	[[ $output == *"device $(disk) has no I/O weights (by bfq or io.cost)"* ||
		$output == *"this kernel has no I/O weights (by bfq or io.cost): there is no "* ]]
}

# proves: linux.resources.blockIO.throttleReadBpsDevice
# proves: linux.resources.blockIO.throttleWriteBpsDevice
# proves: linux.resources.blockIO.throttleReadIOPSDevice
# proves: linux.resources.blockIO.throttleWriteIOPSDevice
@test "resources: throttled devices" {
	local disk name v1 v2
	needs_controller "$(in_world blkio io)"
	disk=$(disk)
	while read -r name v1 v2; do
		resources "$(on_disk "$name" '{ "rate": 1048576 }')"
		running
		if [[ $CGROUP_WORLD == v1 ]]; then
			same "$(limit blkio "blkio.throttle.$v1")" "$disk 1048576"
		else
			has "$(limit io "" io.max)" "$disk "
			has "$(limit io "" io.max)" "$v2=1048576"
		fi
		run_ok delete --force "$ID"
		# 0 is no limit
		resources "$(on_disk "$name" '{ "rate": 0 }')"
		running
		same "$(limit "$(in_world blkio io)" "blkio.throttle.$v1" io.max)" ""
		run_ok delete --force "$ID"
	done <<-end
		throttleReadBpsDevice read_bps_device rbps
		throttleWriteBpsDevice write_bps_device wbps
		throttleReadIOPSDevice read_iops_device riops
		throttleWriteIOPSDevice write_iops_device wiops
	end
}

# proves: linux.resources.blockIO.leafWeight, linux.resources.blockIO.weightDevice.leafWeight
@test "resources: leaf weights are gone" {
	if [[ $CGROUP_WORLD == v2 ]]; then
		wrong '{ "blockIO": { "leafWeight": 300 } }' \
			".linux.resources.blockIO.leafWeight: cgroup v2 has no such setting"
		wrong "$(on_disk weightDevice '{ "leafWeight": 300 }')" \
			".linux.resources.blockIO.weightDevice[0]: leafWeight: cgroup v2 has no such setting"
	else
		needs_controller blkio
		wrong '{ "blockIO": { "leafWeight": 300 } }' \
			"blockIO.leafWeight: this kernel has no leaf weights, which the CFQ scheduler had until Linux 5.0"
		wrong "$(on_disk weightDevice '{ "leafWeight": 300 }')" \
			"blockIO.weightDevice[0]: this kernel has no leaf weights"
	fi
}

# proves: linux.resources.blockIO, §3.8
@test "resources: wrong values of blockIO" {
	wrong '{ "blockIO": { "weight": 9 } }' ".linux.resources.blockIO.weight: must be from 10 to 1000"
	wrong '{ "blockIO": { "weight": 1001 } }' ".linux.resources.blockIO.weight: must be from 10 to 1000"
	wrong "$(on_disk weightDevice '{}')" ".linux.resources.blockIO.weightDevice[0]: needs weight or leafWeight"
	wrong "$(on_disk weightDevice '{ "weight": 1 }')" \
		".linux.resources.blockIO.weightDevice[0]: weight: must be from 10 to 1000"
	wrong "$(on_disk throttleReadBpsDevice '{}')" \
		".linux.resources.blockIO.throttleReadBpsDevice[0]: needs rate"
	wrong "$(on_disk throttleReadBpsDevice '{ "rate": 1, "major": -1 }')" \
		".linux.resources.blockIO.throttleReadBpsDevice[0]: major -1 is no device number"
	needs_controller "$(in_world blkio io)"
	wrong "$(on_disk throttleWriteIOPSDevice '{ "rate": 1, "major": 4000 }')" \
		"blockIO.throttleWriteIOPSDevice[0]: write \"4000:"
	has "$output" "no such device"
}

# --- huge pages, network, RDMA -----------------------------------------------------------

# proves: linux.resources.hugepageLimits
# bats test_tags=v1
@test "resources: huge pages, used and reserved" {
	needs_controller hugetlb
	[[ -d /sys/kernel/mm/hugepages/hugepages-2048kB ]] || skip "needs huge pages of 2MB"
	resources '{ "hugepageLimits": [{ "pageSize": "2MB", "limit": 4194304 }] }'
	running
	same "$(limit hugetlb hugetlb.2MB.limit_in_bytes hugetlb.2MB.max)" 4194304
	same "$(limit hugetlb hugetlb.2MB.rsvd.limit_in_bytes hugetlb.2MB.rsvd.max)" 4194304
	run_ok delete --force "$ID"
	wrong '{ "hugepageLimits": [{ "pageSize": "2MB", "limit": 0 }, { "pageSize": "2MB", "limit": 1 }] }' \
		".linux.resources.hugepageLimits[1]: pageSize 2MB stands twice in the list"
}

# proves: linux.resources.hugepageLimits
# bats test_tags=v1
@test "resources: huge pages that there are none of" {
	wrong '{ "hugepageLimits": [{ "pageSize": "3MB", "limit": 0 }] }' \
		".linux.resources.hugepageLimits[0]: this kernel has no huge pages of 3MB, but of "
	wrong '{ "hugepageLimits": [{ "pageSize": "big", "limit": 0 }] }' \
		".linux.resources.hugepageLimits[0].pageSize: must be a size such as 2MB"
}

# proves: linux.resources.network.classID
# bats test_tags=v1
@test "resources: network.classID" {
	if [[ $CGROUP_WORLD == v2 ]]; then
		wrong '{ "network": { "classID": 1048577 } }' \
			".linux.resources.network.classID: cgroup v2 has no such setting"
		return
	elif [[ ! -d /sys/fs/cgroup/net_cls ]]; then
		wrong '{ "network": { "classID": 1048577 } }' \
			"network.classID: this host has no net_cls controller in /sys/fs/cgroup"
	fi
	needs_controller net_cls
	resources '{ "network": { "classID": 1048577 } }'
	running
	same "$(limit net_cls net_cls.classid)" 1048577
}

# proves: linux.resources.network.priorities
# bats test_tags=v1
@test "resources: network.priorities" {
	if [[ $CGROUP_WORLD == v2 ]]; then
		wrong '{ "network": { "priorities": [{ "name": "lo", "priority": 7 }] } }' \
			".linux.resources.network.priorities[0]: cgroup v2 has no such setting"
		return
	fi
	wrong '{ "network": { "priorities": [{ "name": "nosuch0", "priority": 7 }] } }' \
		".linux.resources.network.priorities[0]: there is no interface nosuch0"
	wrong '{ "network": { "priorities": [{ "name": "lo 9", "priority": 7 }] } }' \
		".linux.resources.network.priorities[0]: \"lo 9\" is no name of an interface"
	if [[ ! -d /sys/fs/cgroup/net_prio ]]; then
		wrong '{ "network": { "priorities": [{ "name": "lo", "priority": 7 }] } }' \
			"network.priorities[0]: this host has no net_prio controller in /sys/fs/cgroup"
	fi
	needs_controller net_prio
	resources '{ "network": { "priorities": [{ "name": "lo", "priority": 7 }] } }'
	running
	has "$(limit net_prio net_prio.ifpriomap)" "lo 7"
}

# proves: linux.resources.rdma
@test "resources: rdma" {
	local device
	wrong '{ "rdma": { "mlx5": {} } }' '.linux.resources.rdma["mlx5"]: needs hcaHandles or hcaObjects'
	wrong '{ "rdma": { "a b": { "hcaHandles": 1 } } }' '.linux.resources.rdma["a b"]: is no name of a device'
	wrong '{ "rdma": { "nosuch": { "hcaHandles": 3 } } }' 'rdma["nosuch"]: '
	needs_controller rdma
	has "$output" "no such device"
	device=$(find /sys/class/infiniband -mindepth 1 -printf '%f\n' -quit 2>/dev/null || true)
	[[ -n $device ]] || skip "needs an RDMA device"
	resources "{ \"rdma\": { \"$device\": { \"hcaHandles\": 3, \"hcaObjects\": 4294967295 } } }"
	running
	has "$(limit rdma rdma.max rdma.max)" "$device hca_handle=3 hca_object=max"
}

# --- what a host has not -----------------------------------------------------------------

@test "resources: a controller that is not there" {
	needs_world v2
	! grep -qw memory /sys/fs/cgroup/cgroup.controllers || skip "memory is there"
	resources '{ "memory": { "limit": 67108864 } }'
	run_fail "this host has no memory controller in /sys/fs/cgroup/$ID/cgroup.controllers" run --bundle "$BUNDLE" "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

# proves: linux.resources.unified
@test "resources: unified is for v2" {
	needs_world v1
	resources '{ "unified": { "memory.max": "1000000" } }'
	run_fail ".linux.resources.unified: is for cgroup v2, and this host has v1" run --bundle "$BUNDLE" "$ID"
}

# proves: linux.resources.unified
@test "resources: unified" {
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
	wrong '{ "unified": { "cgroup.max.depth": "" } }' \
		'.linux.resources.unified["cgroup.max.depth"]: has no value: the kernel would take none for a 0, or for nothing'
}

# bats test_tags=guest
# proves: linux.resources.unified
@test "resources: unified of a controller" {
	needs_world v2
	needs_controller hugetlb
	resources '{ "unified": { "hugetlb.2MB.max": "4194304" } }'
	running
	same "$(limit "" "" hugetlb.2MB.max)" 4194304
}

# proves: linux.resources.unified
@test "resources: unified with a line for each device" {
	local disk
	needs_world v2
	needs_controller io
	disk=$(disk)
	config --arg v "$disk rbps=1048576"$'\n'"$disk wiops=77" '.linux.resources.unified = { "io.max": $v }'
	running
	has "$(limit "" "" io.max)" "rbps=1048576"
	has "$(limit "" "" io.max)" "wiops=77"
	run_ok delete --force "$ID"
	wrong '{ "unified": { "io.nosuch": "1" } }' 'unified["io.nosuch"]: the io controller of this host has no io.nosuch'
}
